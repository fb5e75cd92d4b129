package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"time"
)

// Config is every setting of the program. Units, flags, variables and the
// meaning of each field stand once, in the table of settings.go.
type Config struct {
	DataDir     string
	DatabaseURL string
	PGBinDir    string
	PGListen    string
	LogLevel    string
	TimeZone    string

	Crawl     CrawlConfig
	Archive   ArchiveConfig
	Retention RetentionConfig
	Schedule  ScheduleConfig
	Jobs      JobsConfig
	Console   ConsoleConfig
	Alerts    AlertsConfig
	Metrics   MetricsConfig
}

// CrawlConfig is how the crawler behaves towards hosts and pages.
type CrawlConfig struct {
	UserAgentContact     string
	ProxyURL             string
	AllowPrivateNetworks bool
	TrustChannelDates    bool
	OutletsDir           string
	HostGap              time.Duration
	MaxCrawlDelay        time.Duration
	HostConcurrency      int
	HostDailyBudget      int
	Concurrency          int
	MaxInFlight          int
	RequestTimeout       time.Duration
	FetchTimeout         time.Duration
	MaxWireBytes         int64
	MaxBodyBytes         int64
	MaxRedirects         int
	MaxAge               time.Duration
	OutletDeadline       time.Duration
	MaxAttempts          int
	MaxURLsPerOutlet     int
	RobotsTTL            time.Duration
	ExtractTimeout       time.Duration
}

// ArchiveConfig is where fetched pages are kept, and for how long.
type ArchiveConfig struct {
	Enabled      bool
	Dir          string
	Retention    time.Duration
	MaxFileBytes int64
}

// RetentionConfig is how many nights are kept of what no reader sees; 0: for ever.
type RetentionConfig struct {
	StateNights   int
	TextNights    int
	URLNights     int
	AttemptNights int
}

// ScheduleConfig says when jobs run; the specs are read in TimeZone.
type ScheduleConfig struct {
	TimeZone      string
	Nightly       string
	Collect       string
	Recheck       string
	CatchUpNights int
}

// JobsConfig bounds how long a job may take.
type JobsConfig struct {
	NightlyDeadline time.Duration
	CollectDeadline time.Duration
	RecheckDeadline time.Duration
	BuildDeadline   time.Duration
	DrainTimeout    time.Duration

	NightWorkers     int
	BackfillWorkers  int
	BackfillReserved int
	RescueAfter      time.Duration
}

// ConsoleConfig is the web console.
type ConsoleConfig struct {
	Listen string
}

// AlertsConfig says who is told of alerts, and what is late.
type AlertsConfig struct {
	WebhookURL    string
	SMTPURL       string
	EmailFrom     string
	EmailTo       string
	NightDeadline string
	HeartbeatURL  string
}

// MetricsConfig is the endpoint for Prometheus.
type MetricsConfig struct {
	Listen string
}

// defaultConfig is what holds where nothing is said. The data folder depends on
// who runs the program, so the environment and the user id come in.
func defaultConfig(env environment, userID int) Config {
	return Config{
		DataDir:  defaultDataDir(env, userID),
		LogLevel: "info",
		TimeZone: "UTC",
		Crawl: CrawlConfig{
			UserAgentContact: "https://github.com/overheard-news/overheard",
			HostGap:          5 * time.Second,
			MaxCrawlDelay:    60 * time.Second,
			HostConcurrency:  1,
			HostDailyBudget:  5000,
			Concurrency:      256,
			MaxInFlight:      64,
			RequestTimeout:   30 * time.Second,
			FetchTimeout:     2 * time.Minute,
			MaxWireBytes:     8 << 20,
			MaxBodyBytes:     16 << 20,
			MaxRedirects:     5,
			MaxAge:           168 * time.Hour,
			OutletDeadline:   30 * time.Minute,
			MaxAttempts:      6,
			MaxURLsPerOutlet: 2000,
			RobotsTTL:        24 * time.Hour,
			ExtractTimeout:   time.Minute,
		},
		Archive: ArchiveConfig{
			Enabled:      true,
			Retention:    720 * time.Hour,
			MaxFileBytes: 1 << 30,
		},
		Retention: RetentionConfig{
			StateNights:   100,
			URLNights:     400,
			AttemptNights: 100,
		},
		Schedule: ScheduleConfig{
			TimeZone:      "UTC",
			Nightly:       "30 2 * * *",
			Collect:       "*/15 * * * *",
			Recheck:       "20 * * * *",
			CatchUpNights: 7,
		},
		Jobs: JobsConfig{
			NightlyDeadline: 3 * time.Hour,
			CollectDeadline: time.Hour,
			RecheckDeadline: 50 * time.Minute,
			BuildDeadline:   time.Hour,
			DrainTimeout:    5 * time.Minute,

			NightWorkers:     4, // a night, a collect, a recheck and a rebuild beside each other
			BackfillWorkers:  4,
			BackfillReserved: 1,
			RescueAfter:      time.Minute,
		},
		Console: ConsoleConfig{Listen: "127.0.0.1:8480"},
		Alerts:  AlertsConfig{NightDeadline: "06:00"},
	}
}

// defaultDataDir is /var/lib/overheard for root, which has no desktop session,
// and the user's data folder otherwise; empty if the user has no home, which
// Validate reports.
func defaultDataDir(env environment, userID int) string {
	if userID == 0 {
		return "/var/lib/overheard"
	}
	if base := env["XDG_DATA_HOME"]; filepath.IsAbs(base) {
		return filepath.Join(base, "overheard")
	}
	if home := env["HOME"]; filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "share", "overheard")
	}
	return ""
}

// ArchiveDir is the folder of the archive.
func (c Config) ArchiveDir() string {
	return cmp.Or(c.Archive.Dir, filepath.Join(c.DataDir, "archive"))
}

// UserAgent is what hosts see: who we are, which version, whom to write to.
func (c Config) UserAgent() string {
	return fmt.Sprintf("overheard/%s (+%s)", buildVersion().Version, c.Crawl.UserAgentContact)
}
