package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// oldest is the first server version that has all we use, as
// server_version_num counts.
const oldest = 140000

// Connections a program holds at most, and how long idle ones are kept.
const (
	maxConnections = 24
	maxIdle        = 6
	idleTime       = 5 * time.Minute
)

// Open connects to the Postgres at url (postgres://… or key=value pairs). Its
// sessions are in UTC, have no statement timeout and are named overheard. Its
// errors name user, host and database, never the password.
func Open(ctx context.Context, lg *slog.Logger, url string) (*sqlx.DB, error) {
	cfg, err := sessionConfig(url)
	if err != nil {
		return nil, err
	}
	connector, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxIdle)
	db.SetConnMaxIdleTime(idleTime)
	var number int
	var version string
	err = db.QueryRowxContext(ctx, `select cast(current_setting('server_version_num') as integer), current_setting('server_version')`).Scan(&number, &version)
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("connect to Postgres as %s: %w%s", target(cfg), err, connectRemedy(err))
	}
	if number < oldest {
		db.Close()
		return nil, fmt.Errorf("use Postgres as %s: it is version %s, and 14 or newer is needed", target(cfg), version)
	}
	lg.Debug("opened database", "database", target(cfg), "version", version)
	return db, nil
}

// sessionConfig parses url and sets what every session of ours has.
func sessionConfig(rawURL string) (pq.Config, error) {
	if err := checkURL(rawURL); err != nil {
		return pq.Config{}, err
	}
	cfg, err := pq.NewConfig(rawURL)
	if err != nil {
		// What pq says may quote the URL with its password.
		return pq.Config{}, errors.New("database URL: not understood; want postgres://user:password@host:port/database?sslmode=…")
	}
	if !strings.Contains(rawURL, "sslmode") && cfg.SSLMode == "" {
		cfg.SSLMode = pq.SSLModePrefer // as psql does
	}
	if cfg.ApplicationName == "" || cfg.ApplicationName == "pqgo" {
		cfg.ApplicationName = "overheard"
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 15 * time.Second
	}
	if cfg.Runtime == nil {
		cfg.Runtime = map[string]string{}
	}
	cfg.Runtime["timezone"] = "UTC"
	for _, name := range []string{"statement_timeout", "idle_in_transaction_session_timeout"} {
		if _, set := cfg.Runtime[name]; !set {
			cfg.Runtime[name] = "0"
		}
	}
	return cfg, nil
}

// checkURL refuses what pq would quietly read as something else.
func checkURL(raw string) error {
	if scheme, _, ok := strings.Cut(raw, "://"); ok {
		if scheme != "postgres" && scheme != "postgresql" {
			return fmt.Errorf("database URL: scheme %q is not postgres", scheme)
		}
		if _, err := url.Parse(raw); err != nil {
			var e *url.Error
			if errors.As(err, &e) {
				err = e.Err // without the URL itself
			}
			if strings.Contains(err.Error(), "port") || strings.Contains(err.Error(), "userinfo") {
				err = errors.New("user, password or port hold a character that must be written as %XX")
			}
			return fmt.Errorf("database URL: %w", err)
		}
		return nil
	}
	if !strings.Contains(raw, "=") {
		return errors.New("database URL: want postgres://user:password@host:port/database")
	}
	return nil
}

// target names a database in messages.
func target(cfg pq.Config) string {
	if strings.HasPrefix(cfg.Host, "/") {
		return fmt.Sprintf("%s to database %s at socket %s", cfg.User, cfg.Database, cfg.Host)
	}
	return fmt.Sprintf("%s to database %s at %s:%d", cfg.User, cfg.Database, cfg.Host, cfg.Port)
}

// connectRemedy adds what to do to the usual reasons.
func connectRemedy(err error) string {
	switch code := sqlState(err); {
	case code == "28P01" || code == "28000":
		return " (check user and password of the database URL)"
	case code == "3D000":
		return " (create the database first: createdb)"
	case IsUnavailable(err):
		return " (is the server running, and are host and port right?)"
	}
	return ""
}
