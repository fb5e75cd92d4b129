package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/overheard-news/overheard/jobs"
	"github.com/overheard-news/overheard/jobs/notify"
)

// Validate returns every fault, each beginning with where the value was said;
// origins maps a key to that place and may be nil.
func (c Config) Validate(origins map[string]string) []string {
	v := &validation{origins: origins}
	c.validateGeneral(v)
	c.validateCrawl(v)
	c.validateSchedule(v)
	for _, fault := range c.Retention.terms().Faults() {
		v.fault("retention."+fault.Setting, "%s", fault.Problem)
	}
	v.listen("console.listen", c.Console.Listen)
	c.validateAlerts(v)
	return v.faults
}

func (c Config) validateGeneral(v *validation) {
	if c.DataDir == "" {
		v.fault("data_dir", "no data folder: neither HOME nor XDG_DATA_HOME is set (set --data-dir or OVERHEARD_DATA_DIR)")
	}
	if c.DatabaseURL != "" {
		v.url("database_url", c.DatabaseURL, "postgres", "postgresql")
	}
	if c.PGBinDir != "" {
		v.folder("pg_bindir", c.PGBinDir)
	}
	if _, port, err := net.SplitHostPort(c.PGListen); c.PGListen != "" && (err != nil || port == "") {
		v.fault("pg_listen", "%q is not host:port (127.0.0.1:5433, say; all addresses: 0.0.0.0:5433)", c.PGListen)
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		v.fault("log_level", "%q is not debug, info, warn or error", c.LogLevel)
	}
	v.timeZone("time_zone", c.TimeZone)
}

func (c Config) validateCrawl(v *validation) {
	crawl := c.Crawl
	v.contact("crawl.user_agent_contact", crawl.UserAgentContact)
	if crawl.ProxyURL != "" {
		v.url("crawl.proxy_url", crawl.ProxyURL, "http", "https", "socks5")
	}
	if crawl.OutletsDir != "" {
		v.folder("crawl.outlets_dir", crawl.OutletsDir)
	}
	if crawl.HostGap < 0 {
		v.fault("crawl.host_gap", "%s is negative (0s means no gap)", crawl.HostGap)
	}
	v.positive("crawl.max_crawl_delay", int64(crawl.MaxCrawlDelay))
	v.positive("crawl.host_concurrency", int64(crawl.HostConcurrency))
	if crawl.HostDailyBudget < 0 {
		v.fault("crawl.host_daily_budget", "%d is negative (0 means no budget)", crawl.HostDailyBudget)
	}
	v.positive("crawl.concurrency", int64(crawl.Concurrency))
	v.positive("crawl.max_in_flight", int64(crawl.MaxInFlight))
	v.positive("crawl.request_timeout", int64(crawl.RequestTimeout))
	v.positive("crawl.fetch_timeout", int64(crawl.FetchTimeout))
	v.positive("crawl.max_wire_bytes", crawl.MaxWireBytes)
	v.positive("crawl.max_body_bytes", crawl.MaxBodyBytes)
	v.positive("crawl.max_age", int64(crawl.MaxAge))
	v.positive("crawl.outlet_deadline", int64(crawl.OutletDeadline))
	v.positive("crawl.max_attempts", int64(crawl.MaxAttempts))
	v.positive("crawl.max_urls_per_outlet", int64(crawl.MaxURLsPerOutlet))
	v.positive("crawl.robots_ttl", int64(crawl.RobotsTTL))
	v.positive("crawl.max_redirects", int64(crawl.MaxRedirects))
	v.positive("crawl.extract_timeout", int64(crawl.ExtractTimeout))
	if c.Archive.Retention < 0 {
		v.fault("archive.retention", "%s is negative (0s keeps pages for ever)", c.Archive.Retention)
	}
	v.positive("archive.max_file_bytes", c.Archive.MaxFileBytes)
}

func (c Config) validateSchedule(v *validation) {
	if zone := v.timeZone("schedule.time_zone", c.Schedule.TimeZone); zone != nil {
		v.cronSpec("schedule.nightly", c.Schedule.Nightly, zone)
		v.cronSpec("schedule.collect", c.Schedule.Collect, zone)
		v.cronSpec("schedule.recheck", c.Schedule.Recheck, zone)
	}
	if c.Schedule.CatchUpNights < 0 {
		v.fault("schedule.catch_up_nights", "%d is negative (0 means make up none)", c.Schedule.CatchUpNights)
	}
	v.positive("jobs.nightly_deadline", int64(c.Jobs.NightlyDeadline))
	v.positive("jobs.collect_deadline", int64(c.Jobs.CollectDeadline))
	v.positive("jobs.recheck_deadline", int64(c.Jobs.RecheckDeadline))
	v.positive("jobs.build_deadline", int64(c.Jobs.BuildDeadline))
	v.positive("jobs.night_workers", int64(c.Jobs.NightWorkers))
	v.positive("jobs.backfill_workers", int64(c.Jobs.BackfillWorkers))
	v.positive("jobs.backfill_reserved", int64(c.Jobs.BackfillReserved))
	if c.Jobs.RescueAfter < 5*time.Second {
		v.fault("jobs.rescue_after", "%s is too short: a process gives a sign of life every second, and may be late", c.Jobs.RescueAfter)
	}
	if c.Jobs.DrainTimeout < 0 {
		v.fault("jobs.drain_timeout", "%s is negative (0s means stop at once)", c.Jobs.DrainTimeout)
	}
}

func (c Config) validateAlerts(v *validation) {
	alerts := c.Alerts
	for _, said := range [][2]string{{"alerts.webhook_url", alerts.WebhookURL}, {"alerts.heartbeat_url", alerts.HeartbeatURL}} {
		if key, address := said[0], said[1]; address != "" {
			v.url(key, address, "https", "http")
		}
	}
	if alerts.SMTPURL != "" {
		if err := notify.CheckSMTPURL(alerts.SMTPURL); err != nil {
			v.fault("alerts.smtp_url", "%v", err)
		}
	}
	for _, said := range [][2]string{{"alerts.email_from", alerts.EmailFrom}, {"alerts.email_to", alerts.EmailTo}} {
		key, text := said[0], said[1]
		list, err := mail.ParseAddressList(text)
		switch {
		case text == "" && alerts.SMTPURL != "":
			v.fault(key, "is missing: alerts.smtp_url asks for mail")
		case text != "" && err != nil:
			v.fault(key, "%q is no mail address (%v)", text, err)
		case key == "alerts.email_from" && len(list) > 1:
			v.fault(key, "names %d senders, and a mail has one", len(list))
		case text != "" && alerts.SMTPURL == "":
			v.fault(key, "is said, but alerts.smtp_url names no server")
		}
	}
	if _, err := timeOfDay(alerts.NightDeadline); err != nil {
		v.fault("alerts.night_deadline", "%v", err)
	}
	if _, port, err := net.SplitHostPort(c.Metrics.Listen); c.Metrics.Listen != "" && (err != nil || !isPort(port)) {
		v.fault("metrics.listen", "%q is not host:port (127.0.0.1:9480, say; all addresses: 0.0.0.0:9480)", c.Metrics.Listen)
	}
}

func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// timeOfDay reads HH:MM as the time since midnight; -1 for none.
func timeOfDay(text string) (time.Duration, error) {
	if text == "" {
		return -1, nil
	}
	at, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, fmt.Errorf("%q is not a time of day such as 06:00", text)
	}
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, nil
}

// validation collects faults, so that a user mends them in one go.
type validation struct {
	origins map[string]string
	faults  []string
}

func (v *validation) fault(key, format string, args ...any) {
	origin := v.origins[key]
	if origin == "" {
		origin = "default"
	}
	v.faults = append(v.faults, fmt.Sprintf("%s: %s: %s", origin, key, fmt.Sprintf(format, args...)))
}

func (v *validation) positive(key string, value int64) {
	if value <= 0 {
		v.fault(key, "must be more than zero")
	}
}

// url never quotes the value: it may hold a password, and so may the text of
// the parser's error.
func (v *validation) url(key, raw string, schemes ...string) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" {
		v.fault(key, "not a URL (write %s://host...)", schemes[0])
		return
	}
	for _, scheme := range schemes {
		if u.Scheme == scheme {
			if u.Host == "" && scheme != "postgres" && scheme != "postgresql" {
				v.fault(key, "the URL names no host")
			}
			return
		}
	}
	v.fault(key, "scheme %q is not %s", u.Scheme, strings.Join(schemes, ", "))
}

func (v *validation) folder(key, path string) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		v.fault(key, "%v", err)
	case !info.IsDir():
		v.fault(key, "%s is not a folder", path)
	}
}

func (v *validation) timeZone(key, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		v.fault(key, "%q is not an IANA time zone, such as UTC or Asia/Shanghai", name)
		return nil
	}
	return zone
}

// contact must be something a host's owner can follow, in one printable line,
// for it goes into a header.
func (v *validation) contact(key, text string) {
	if u, err := url.Parse(text); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return
	}
	if address, err := mail.ParseAddress(text); err == nil && address.Address == text {
		return
	}
	v.fault(key, "%q is neither a web address nor a mail address", text)
}

// cronSpec refuses what cannot be read and what never comes, such as 30 February.
func (v *validation) cronSpec(key, spec string, zone *time.Location) {
	if err := jobs.ValidateSpec(spec, zone); err != nil {
		v.fault(key, "%v", err)
	}
}

// listen holds the console to this machine: it has no login, so whoever reaches
// it reads everything.
func (v *validation) listen(key, address string) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		v.fault(key, "%q is not host:port, such as 127.0.0.1:8480", address)
		return
	}
	if number, err := strconv.ParseUint(port, 10, 16); err != nil {
		v.fault(key, "port %q is not a number up to 65535", port)
	} else if number == 0 {
		return // a free port, for tests
	}
	if host == "localhost" {
		return
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		v.fault(key, "%q is not loopback: the console has no login yet, so it may listen on 127.0.0.1, ::1 or localhost only (reach it through an SSH tunnel)", host)
	}
}

// absolute makes a folder independent of where the program stands later.
func absolute(path string) string {
	if path == "" {
		return ""
	}
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}
