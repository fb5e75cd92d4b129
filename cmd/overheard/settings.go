package main

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// setting is one field of Config as the world names it: the key in the file,
// from which the variable is made, and the flag where it has one.
type setting struct {
	key      string
	unit     string            // what a value is: duration, bytes, count, URL ...
	flag     string            // without dashes; empty: none
	usage    string            // one line for help, no full stop
	field    func(*Config) any // pointer to the field
	isSecret bool              // a URL that may carry a password
	isToken  bool              // a URL that is a password whole: who knows its path may use it
	also     []string          // other variables honoured, weaker than our own
	isWeak   bool              // also is a habit of the machine and weaker than the file
}

// variable is the name of the setting in the environment.
func (s setting) variable() string {
	return "OVERHEARD_" + strings.ToUpper(strings.ReplaceAll(s.key, ".", "_"))
}

// settings is the table everything else is made of: flags, variables, keys of
// the file, help, and the debug line at start.
func settings() []setting {
	return []setting{
		{key: "data_dir", unit: "folder", flag: "data-dir", usage: "folder of the private Postgres and of all files the program keeps",
			field: func(c *Config) any { return &c.DataDir }},
		{key: "database_url", unit: "URL", flag: "database-url", usage: "Postgres 14 or later to use; empty: a private one under the data folder",
			field: func(c *Config) any { return &c.DatabaseURL }, isSecret: true, also: []string{"DATABASE_URL"}},
		{key: "pg_bindir", unit: "folder", usage: "folder of the Postgres programs; empty: searched in /usr/lib/postgresql and PATH",
			field: func(c *Config) any { return &c.PGBinDir }, also: []string{"PG_BINDIR"}},
		{key: "pg_listen", unit: "host:port", usage: "where the private Postgres also listens, for BI tools; empty: its socket only",
			field: func(c *Config) any { return &c.PGListen }},
		{key: "log_level", unit: "word", flag: "log-level", usage: "least level logged: debug, info, warn or error",
			field: func(c *Config) any { return &c.LogLevel }},
		{key: "time_zone", unit: "IANA zone", usage: "zone in which an article's time falls on a night",
			field: func(c *Config) any { return &c.TimeZone }},

		{key: "crawl.user_agent_contact", unit: "URL or address", usage: "where a host can write to, shown in the user agent",
			field: func(c *Config) any { return &c.Crawl.UserAgentContact }},
		{key: "crawl.proxy_url", unit: "URL", usage: "forward proxy for all fetching; empty: none",
			field: func(c *Config) any { return &c.Crawl.ProxyURL }, isSecret: true, also: []string{"HTTP_PROXY", "http_proxy"}, isWeak: true},
		{key: "crawl.allow_private_networks", unit: "bool", usage: "allow fetching from loopback and private addresses",
			field: func(c *Config) any { return &c.Crawl.AllowPrivateNetworks }},
		{key: "crawl.trust_channel_dates", unit: "bool", usage: "let the date in a feed or sitemap win over the page's own",
			field: func(c *Config) any { return &c.Crawl.TrustChannelDates }},
		{key: "crawl.outlets_dir", unit: "folder", flag: "outlets-dir", usage: "folder of outlet YAML files that replaces the built-in registry",
			field: func(c *Config) any { return &c.Crawl.OutletsDir }},
		{key: "crawl.host_gap", unit: "duration", usage: "least time between two requests to one host",
			field: func(c *Config) any { return &c.Crawl.HostGap }},
		{key: "crawl.max_crawl_delay", unit: "duration", usage: "longest crawl-delay of a robots.txt that is waited for",
			field: func(c *Config) any { return &c.Crawl.MaxCrawlDelay }},
		{key: "crawl.host_concurrency", unit: "requests", usage: "requests to one host at a time",
			field: func(c *Config) any { return &c.Crawl.HostConcurrency }},
		{key: "crawl.host_daily_budget", unit: "requests", usage: "requests to one host in a UTC day; 0: no budget",
			field: func(c *Config) any { return &c.Crawl.HostDailyBudget }},
		{key: "crawl.concurrency", unit: "outlets", usage: "outlets whose channels are polled at a time; pages are bounded by crawl.max_in_flight",
			field: func(c *Config) any { return &c.Crawl.Concurrency }},
		{key: "crawl.max_in_flight", unit: "requests", usage: "requests under way at a time, all hosts together",
			field: func(c *Config) any { return &c.Crawl.MaxInFlight }},
		{key: "crawl.request_timeout", unit: "duration", usage: "longest time for one request",
			field: func(c *Config) any { return &c.Crawl.RequestTimeout }},
		{key: "crawl.fetch_timeout", unit: "duration", usage: "longest time for a whole fetch, its redirects and the turns they wait for included",
			field: func(c *Config) any { return &c.Crawl.FetchTimeout }},
		{key: "crawl.max_wire_bytes", unit: "bytes", usage: "largest answer as sent, compressed; a sitemap may have 50MiB",
			field: func(c *Config) any { return &c.Crawl.MaxWireBytes }},
		{key: "crawl.max_body_bytes", unit: "bytes", usage: "largest answer once unpacked; a sitemap may have 50MiB",
			field: func(c *Config) any { return &c.Crawl.MaxBodyBytes }},
		{key: "crawl.max_redirects", unit: "hops", usage: "redirects followed for one address",
			field: func(c *Config) any { return &c.Crawl.MaxRedirects }},
		{key: "crawl.max_age", unit: "duration", usage: "oldest article that is taken, by its publication",
			field: func(c *Config) any { return &c.Crawl.MaxAge }},
		{key: "crawl.outlet_deadline", unit: "duration", usage: "longest time for one outlet in one run; the rest waits for the next",
			field: func(c *Config) any { return &c.Crawl.OutletDeadline }},
		{key: "crawl.max_attempts", unit: "fetches", usage: "fetches of one address before it counts as failed",
			field: func(c *Config) any { return &c.Crawl.MaxAttempts }},
		{key: "crawl.max_urls_per_outlet", unit: "fetches", usage: "articles fetched from one outlet in one run; the rest waits for the next",
			field: func(c *Config) any { return &c.Crawl.MaxURLsPerOutlet }},
		{key: "crawl.robots_ttl", unit: "duration", usage: "how long a robots.txt is believed",
			field: func(c *Config) any { return &c.Crawl.RobotsTTL }},
		{key: "crawl.extract_timeout", unit: "duration", usage: "longest time for reading one page once it is here; then it is left behind",
			field: func(c *Config) any { return &c.Crawl.ExtractTimeout }},

		{key: "archive.enabled", unit: "bool", usage: "keep every page fetched, so that it can be read again without the network",
			field: func(c *Config) any { return &c.Archive.Enabled }},
		{key: "archive.dir", unit: "folder", usage: "where pages are kept, as WARC files; empty: archive under the data folder",
			field: func(c *Config) any { return &c.Archive.Dir }},
		{key: "archive.retention", unit: "duration", usage: "how long pages are kept; 0: for ever",
			field: func(c *Config) any { return &c.Archive.Retention }},
		{key: "archive.max_file_bytes", unit: "bytes", usage: "largest file of the archive; a new one is begun each day, too",
			field: func(c *Config) any { return &c.Archive.MaxFileBytes }},

		{key: "retention.state_nights", unit: "nights", usage: "nights that can be built again: how long their tables are kept; 0: all",
			field: func(c *Config) any { return &c.Retention.StateNights }},
		{key: "retention.text_nights", unit: "nights", usage: "nights whose texts are kept; 0: all",
			field: func(c *Config) any { return &c.Retention.TextNights }},
		{key: "retention.url_nights", unit: "nights", usage: "nights for which settled addresses are known; 0: all",
			field: func(c *Config) any { return &c.Retention.URLNights }},
		{key: "retention.attempt_nights", unit: "nights", usage: "nights for which each try at an address is kept; 0: all",
			field: func(c *Config) any { return &c.Retention.AttemptNights }},

		{key: "schedule.time_zone", unit: "IANA zone", usage: "zone in which the cron specs are read",
			field: func(c *Config) any { return &c.Schedule.TimeZone }},
		{key: "schedule.nightly", unit: "cron spec", usage: "when a finished night is closed, built and published",
			field: func(c *Config) any { return &c.Schedule.Nightly }},
		{key: "schedule.collect", unit: "cron spec", usage: "when the channels that are due are read",
			field: func(c *Config) any { return &c.Schedule.Collect }},
		{key: "schedule.recheck", unit: "cron spec", usage: "when counted articles are read again that were fetched a day or a week ago",
			field: func(c *Config) any { return &c.Schedule.Recheck }},
		{key: "schedule.catch_up_nights", unit: "nights", usage: "missed nights made up at most, counted back from the last finished one",
			field: func(c *Config) any { return &c.Schedule.CatchUpNights }},

		{key: "jobs.nightly_deadline", unit: "duration", usage: "longest time for one nightly run",
			field: func(c *Config) any { return &c.Jobs.NightlyDeadline }},
		{key: "jobs.collect_deadline", unit: "duration", usage: "longest time for one collect run",
			field: func(c *Config) any { return &c.Jobs.CollectDeadline }},
		{key: "jobs.recheck_deadline", unit: "duration", usage: "longest time for one recheck run",
			field: func(c *Config) any { return &c.Jobs.RecheckDeadline }},
		{key: "jobs.build_deadline", unit: "duration", usage: "longest time for one build, and for one publish",
			field: func(c *Config) any { return &c.Jobs.BuildDeadline }},
		{key: "jobs.drain_timeout", unit: "duration", usage: "how long serve lets running work end once it is told to stop",
			field: func(c *Config) any { return &c.Jobs.DrainTimeout }},
		{key: "jobs.night_workers", unit: "jobs", usage: "nights, collects, rechecks and rebuilds one process does at a time",
			field: func(c *Config) any { return &c.Jobs.NightWorkers }},
		{key: "jobs.backfill_workers", unit: "jobs", usage: "outlet nights of backfills one process does at a time",
			field: func(c *Config) any { return &c.Jobs.BackfillWorkers }},
		{key: "jobs.backfill_reserved", unit: "jobs", usage: "outlet nights of a backfill that go on during a night or a collect",
			field: func(c *Config) any { return &c.Jobs.BackfillReserved }},
		{key: "jobs.rescue_after", unit: "duration", usage: "silence of a process after which others take over its work",
			field: func(c *Config) any { return &c.Jobs.RescueAfter }},

		{key: "console.listen", unit: "host:port", usage: "address of the web console; loopback only",
			field: func(c *Config) any { return &c.Console.Listen }},

		{key: "alerts.webhook_url", unit: "URL", usage: "webhook for alerts, Slack's JSON; may be private, redirects not followed; empty: none",
			field: func(c *Config) any { return &c.Alerts.WebhookURL }, isSecret: true, isToken: true},
		{key: "alerts.smtp_url", unit: "URL", usage: "mail server for alerts, smtp://user:password@host:587 or smtps://; empty: no mail",
			field: func(c *Config) any { return &c.Alerts.SMTPURL }, isSecret: true},
		{key: "alerts.email_from", unit: "mail address", usage: "sender of alerts by mail",
			field: func(c *Config) any { return &c.Alerts.EmailFrom }},
		{key: "alerts.email_to", unit: "mail addresses", usage: "receivers of alerts by mail, separated by commas",
			field: func(c *Config) any { return &c.Alerts.EmailTo }},
		{key: "alerts.night_deadline", unit: "HH:MM", usage: "time of day, in schedule.time_zone, by which a night must be published; empty: none",
			field: func(c *Config) any { return &c.Alerts.NightDeadline }},
		{key: "alerts.heartbeat_url", unit: "URL", usage: "asked with GET after each published night, for a watchdog elsewhere; empty: none",
			field: func(c *Config) any { return &c.Alerts.HeartbeatURL }, isSecret: true, isToken: true},

		{key: "metrics.listen", unit: "host:port", usage: "address of /metrics for Prometheus, no login; empty: the console's only",
			field: func(c *Config) any { return &c.Metrics.Listen }},
	}
}

// parse sets the field of c from the words of a file, a variable or a flag.
func (s setting) parse(c *Config, text string) error {
	switch field := s.field(c).(type) {
	case *string:
		*field = text
	case *bool:
		value, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is not true or false", text)
		}
		*field = value
	case *int:
		value, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", text)
		}
		*field = value
	case *int64:
		value, err := parseBytes(text)
		if err != nil {
			return err
		}
		*field = value
	case *time.Duration:
		value, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%q is not a duration; write a number with its unit, such as 5s, 2m or 168h", text)
		}
		*field = value
	default:
		return fmt.Errorf("setting %s has no reader for %T", s.key, field)
	}
	return nil
}

// parseBytes reads a number of bytes, with KiB, MiB or GiB if wished.
func parseBytes(text string) (int64, error) {
	number, shift := text, 0
	for i, suffix := range []string{"KiB", "MiB", "GiB"} {
		if rest, found := strings.CutSuffix(text, suffix); found {
			number, shift = strings.TrimSpace(rest), 10*(i+1)
		}
	}
	value, err := strconv.ParseInt(number, 10, 64)
	if err != nil || value > 1<<62>>shift || value < 0 {
		return 0, fmt.Errorf("%q is not a number of bytes; write it plain or with KiB, MiB or GiB", text)
	}
	return value << shift, nil
}

// text is the value of the setting as a person may read it: no passwords.
func (s setting) text(c *Config) string {
	switch field := s.field(c).(type) {
	case *string:
		if s.isToken {
			return redactPath(*field)
		}
		if s.isSecret {
			return redactURL(*field)
		}
		return *field
	case *bool:
		return strconv.FormatBool(*field)
	case *int:
		return strconv.Itoa(*field)
	case *int64:
		return formatBytes(*field)
	case *time.Duration:
		return formatDuration(*field)
	default:
		return "?"
	}
}

func formatBytes(n int64) string {
	for i, suffix := range []string{"GiB", "MiB", "KiB"} {
		if shift := 30 - 10*i; n != 0 && n%(1<<shift) == 0 {
			return strconv.FormatInt(n>>shift, 10) + suffix
		}
	}
	return strconv.FormatInt(n, 10)
}

// formatDuration leaves out the zero tail of time.Duration: 168h, not 168h0m0s.
func formatDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// redactPath shows of a URL where it leads, and nothing that opens the door there.
func redactPath(raw string) string {
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return "(hidden: not a URL)"
	}
	return u.Scheme + "://" + u.Host + "/(hidden)"
}

// redactURL hides the passwords of a URL: in its user part and in its query,
// where libpq reads them too. What cannot be parsed is not shown at all.
func redactURL(raw string) string {
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" {
		return "(hidden: not a URL)"
	}
	query := u.Query()
	for _, name := range []string{"password", "sslpassword"} {
		if query.Has(name) {
			query.Set(name, "xxxxx")
			u.RawQuery = query.Encode()
		}
	}
	return u.Redacted()
}
