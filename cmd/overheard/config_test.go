package main

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// load reads a configuration as an ordinary user with a home.
func load(t *testing.T, env []string, args ...string) (Config, error) {
	t.Helper()
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	for _, name := range []string{"config", "database-url", "data-dir", "outlets-dir", "log-level"} {
		flags.String(name, "", "")
	}
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	config, _, err := loadConfig(newEnvironment(append([]string{"HOME=/home/me"}, env...)), 1000, flags)
	return config, err
}

func TestSourcesInTheirOrder(t *testing.T) {
	t.Parallel()
	file := writeFile(t, "settings.yaml", "database_url: postgres://file/db\ncrawl:\n  proxy_url: http://file:1\n  host_gap: 2s\n")
	tests := []struct {
		name string
		env  []string
		args []string
		got  func(Config) any
		want any
	}{
		{"a default", nil, nil, func(c Config) any { return c.Crawl.HostGap }, 5 * time.Second},
		{"the file beats the default", nil, []string{"--config", file}, func(c Config) any { return c.Crawl.HostGap }, 2 * time.Second},
		{"the file can be a variable", []string{"OVERHEARD_CONFIG=" + file}, nil, func(c Config) any { return c.Crawl.HostGap }, 2 * time.Second},
		{"a variable beats the file", []string{"OVERHEARD_CRAWL_HOST_GAP=3s"}, []string{"--config", file}, func(c Config) any { return c.Crawl.HostGap }, 3 * time.Second},
		{"an empty variable says nothing", []string{"OVERHEARD_CRAWL_HOST_GAP="}, []string{"--config", file}, func(c Config) any { return c.Crawl.HostGap }, 2 * time.Second},
		{"DATABASE_URL beats the file", []string{"DATABASE_URL=postgres://env/db"}, []string{"--config", file}, func(c Config) any { return c.DatabaseURL }, "postgres://env/db"},
		{"our variable beats DATABASE_URL", []string{"DATABASE_URL=postgres://env/db", "OVERHEARD_DATABASE_URL=postgres://ours/db"}, nil, func(c Config) any { return c.DatabaseURL }, "postgres://ours/db"},
		{"a flag beats all", []string{"DATABASE_URL=postgres://env/db"}, []string{"--config", file, "--database-url", "postgres://flag/db"}, func(c Config) any { return c.DatabaseURL }, "postgres://flag/db"},
		{"a flag can empty a setting", []string{"DATABASE_URL=postgres://env/db"}, []string{"--database-url", ""}, func(c Config) any { return c.DatabaseURL }, ""},
		{"HTTP_PROXY is honoured", []string{"HTTP_PROXY=http://env:1"}, nil, func(c Config) any { return c.Crawl.ProxyURL }, "http://env:1"},
		{"the file beats HTTP_PROXY", []string{"HTTP_PROXY=http://env:1"}, []string{"--config", file}, func(c Config) any { return c.Crawl.ProxyURL }, "http://file:1"},
		{"our variable beats both", []string{"HTTP_PROXY=http://env:1", "OVERHEARD_CRAWL_PROXY_URL=http://ours:1"}, []string{"--config", file}, func(c Config) any { return c.Crawl.ProxyURL }, "http://ours:1"},
		{"the data folder of a user", nil, nil, func(c Config) any { return c.DataDir }, "/home/me/.local/share/overheard"},
		{"the data folder by XDG", []string{"XDG_DATA_HOME=/data"}, nil, func(c Config) any { return c.DataDir }, "/data/overheard"},
		{"bytes with a unit", []string{"OVERHEARD_CRAWL_MAX_BODY_BYTES=3MiB"}, nil, func(c Config) any { return c.Crawl.MaxBodyBytes }, int64(3 << 20)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config, err := load(t, test.env, test.args...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, test.got(config)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestDataFolderOfRoot(t *testing.T) {
	t.Parallel()
	if got := defaultConfig(environment{"HOME": "/root"}, 0).DataDir; got != "/var/lib/overheard" {
		t.Errorf("data folder %q", got)
	}
}

func TestFaultsAreToldTogetherWithTheirPlace(t *testing.T) {
	t.Parallel()
	file := writeFile(t, "settings.yaml", `log_level: loud
proxy_url: http://localhost:1
crawl:
  host_gab: 5s
  host_gap: 5
  max_redirects: [3]
  concurrency: 0
  concurrency: 64
schedule:
  nightly: 0 0 30 2 *
  collect: every now and then
  time_zone: Mars/Phobos
console: {listen: "0.0.0.0:8480"}
`)
	_, err := load(t, []string{"OVERHEARD_CRAWL_PROXY=x", "OVERHEARD_CRAWL_MAX_ATTEMPTS=many", "OVERHEARD_TIME_ZONE=Local"}, "--config", file)
	var faults configError
	if !errors.As(err, &faults) {
		t.Fatalf("error %v", err)
	}
	for i, fault := range faults {
		faults[i] = strings.ReplaceAll(fault, file, "settings.yaml")
	}
	want := configError{
		`settings.yaml:2: unknown setting "proxy_url" (did you mean "crawl.proxy_url"?)`,
		`settings.yaml:4: unknown setting "crawl.host_gab" (did you mean "crawl.host_gap"?)`,
		`settings.yaml:5: crawl.host_gap: "5" is not a duration; write a number with its unit, such as 5s, 2m or 168h`,
		`settings.yaml:6: crawl.max_redirects needs one value (hops)`,
		`settings.yaml:8: crawl.concurrency is said twice (first on line 7; keep one)`,
		`variable OVERHEARD_CRAWL_MAX_ATTEMPTS: crawl.max_attempts: "many" is not a whole number`,
		`variable OVERHEARD_CRAWL_PROXY: no such setting (did you mean "OVERHEARD_CRAWL_PROXY_URL"?)`,
		`settings.yaml:1: log_level: "loud" is not debug, info, warn or error`,
		`variable OVERHEARD_TIME_ZONE: time_zone: "Local" is not an IANA time zone, such as UTC or Asia/Shanghai`,
		`settings.yaml:7: crawl.concurrency: must be more than zero`,
		`settings.yaml:12: schedule.time_zone: "Mars/Phobos" is not an IANA time zone, such as UTC or Asia/Shanghai`,
		`settings.yaml:13: console.listen: "0.0.0.0" is not loopback: the console has no login yet, so it may listen on 127.0.0.1, ::1 or localhost only (reach it through an SSH tunnel)`,
	}
	if diff := cmp.Diff(want, faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestBadValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, variable, says string
	}{
		{"a spec that never fires", "OVERHEARD_SCHEDULE_NIGHTLY=0 0 30 2 *", "never fires"},
		{"a spec that is none", "OVERHEARD_SCHEDULE_COLLECT=often", `cron spec "often"`},
		{"a contact that is none", "OVERHEARD_CRAWL_USER_AGENT_CONTACT=me", "neither a web address nor a mail address"},
		{"a contact of two lines", "OVERHEARD_CRAWL_USER_AGENT_CONTACT=me@example.com\r\nX: y", "neither a web address nor a mail address"},
		{"a proxy without a host", "OVERHEARD_CRAWL_PROXY_URL=http:///x", "names no host"},
		{"a proxy of another kind", "OVERHEARD_CRAWL_PROXY_URL=ftp://host", `scheme "ftp"`},
		{"a database by keywords", "DATABASE_URL=host=/tmp dbname=x", "not a URL"},
		{"outlets in no folder", "OVERHEARD_CRAWL_OUTLETS_DIR=/no/such", "/no/such"},
		{"a negative gap", "OVERHEARD_CRAWL_HOST_GAP=-1s", "negative"},
		{"too many bytes", "OVERHEARD_CRAWL_MAX_BODY_BYTES=99999999999GiB", "not a number of bytes"},
		{"a listen address without a port", "OVERHEARD_CONSOLE_LISTEN=localhost", "not host:port"},
		{"a listen port that is none", "OVERHEARD_CONSOLE_LISTEN=127.0.0.1:http", "not a number up to 65535"},
		{"a webhook of another kind", "OVERHEARD_ALERTS_WEBHOOK_URL=slack://hooks/T0/s3cret", `scheme "slack" is not https, http`},
		{"a heartbeat without a host", "OVERHEARD_ALERTS_HEARTBEAT_URL=https:///s3cret", "names no host"},
		{"a mail server of another kind", "OVERHEARD_ALERTS_SMTP_URL=imap://ada:s3cret@host", "neither smtp nor smtps"},
		{"mail without a receiver", "OVERHEARD_ALERTS_SMTP_URL=smtp://host", "alerts.email_to: is missing"},
		{"mail without a sender", "OVERHEARD_ALERTS_SMTP_URL=smtp://host", "alerts.email_from: is missing"},
		{"mail without a server", "OVERHEARD_ALERTS_EMAIL_TO=ada@example.com", "names no server"},
		{"a receiver that is none", "OVERHEARD_ALERTS_EMAIL_TO=ada@example.com, bob", "no mail address"},
		{"two senders", "OVERHEARD_ALERTS_EMAIL_FROM=ada@example.com, bob@example.com", "2 senders"},
		{"a deadline that is none", "OVERHEARD_ALERTS_NIGHT_DEADLINE=6 am", `"6 am" is not a time of day`},
		{"a deadline of one digit", "OVERHEARD_ALERTS_NIGHT_DEADLINE=6:00", "not a time of day"},
		{"a deadline after the day", "OVERHEARD_ALERTS_NIGHT_DEADLINE=24:00", "not a time of day"},
		{"metrics without a port", "OVERHEARD_METRICS_LISTEN=0.0.0.0", "not host:port"},
		{"a bool that is none", "OVERHEARD_CRAWL_TRUST_CHANNEL_DATES=maybe", "not true or false"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, []string{test.variable})
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v does not say %q", err, test.says)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	config := Config{
		DatabaseURL: "postgres://ada:s3cret@host/db?sslpassword=s3cret",
		Crawl:       CrawlConfig{ProxyURL: "http://ada:s3cret@proxy:1"},
		Alerts: AlertsConfig{
			WebhookURL: "https://hooks.slack.example/services/T0/s3cret?key=s3cret", SMTPURL: "smtp://ada:s3cret@mail.example:587",
			HeartbeatURL: "https://ada:s3cret@ping.example/s3cret",
		},
	}
	secret := 0
	for _, s := range settings() {
		if !s.isSecret {
			continue
		}
		secret++
		if text := s.text(&config); strings.Contains(text, "s3cret") || !strings.Contains(text, "://") {
			t.Errorf("%s is shown as %s", s.key, text)
		}
	}
	if secret != 5 {
		t.Errorf("%d secret settings, the test knows 5", secret)
	}
}

func TestEmptyAndBrokenFiles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, says string
	}{
		{"an empty file", "", ""},
		{"only comments", "# nothing\n", ""},
		{"an empty section", "crawl:\n", ""},
		{"a list", "- a\n", ":1: expected settings as name: value"},
		{"broken YAML", "crawl: {\n", "settings.yaml: line 1: "},
		{"two documents", "log_level: info\n---\nlog_level: warn\n", "more than one YAML document"},
		{"a section with a value", "crawl: fast\n", ":1: expected settings"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, nil, "--config", writeFile(t, "settings.yaml", test.text))
			switch {
			case test.says == "" && err != nil:
				t.Errorf("error %v", err)
			case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
				t.Errorf("error %v does not say %q", err, test.says)
			}
		})
	}
}

// TestEveryFieldIsASetting: a field that is in no table could not be set, and a
// field twice would be set by the wrong name.
func TestEveryFieldIsASetting(t *testing.T) {
	t.Parallel()
	var config Config
	known := map[any]string{}
	for _, s := range settings() {
		field := s.field(&config)
		if other := known[field]; other != "" {
			t.Errorf("%s and %s are one field", other, s.key)
		}
		known[field] = s.key
		if s.usage == "" || s.unit == "" {
			t.Errorf("%s has no usage or unit", s.key)
		}
	}
	for _, field := range fields(reflect.ValueOf(&config).Elem()) {
		if known[field.Addr().Interface()] == "" {
			t.Errorf("a field of type %s is in no setting", field.Type())
		}
	}
}

// fields lists the plain fields of a struct of structs.
func fields(value reflect.Value) []reflect.Value {
	if value.Kind() != reflect.Struct {
		return []reflect.Value{value}
	}
	var out []reflect.Value
	for i := range value.NumField() {
		out = append(out, fields(value.Field(i))...)
	}
	return out
}

// TestDefaultsRoundTrip: what help prints as a default must read back as it.
func TestDefaultsRoundTrip(t *testing.T) {
	t.Parallel()
	defaults := defaultConfig(environment{"HOME": "/home/me"}, 1000)
	var read Config
	for _, s := range settings() {
		if text := s.text(&defaults); text != "" {
			if err := s.parse(&read, text); err != nil {
				t.Errorf("%s: %v", s.key, err)
			}
		}
	}
	if diff := cmp.Diff(defaults, read); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if faults := defaults.Validate(nil); len(faults) > 0 {
		t.Errorf("the defaults have faults: %v", faults)
	}
}
