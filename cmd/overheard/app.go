package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/overheard-news/overheard/jobs/metrics"
	"github.com/overheard-news/overheard/jobs/queue"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/postmaster"
)

// app is what the commands share. Streams and environment come from run; config
// and log are ready once a command's RunE is called.
type app struct {
	stdin      io.Reader
	stdout     io.Writer
	stderr     *sharedWriter
	isTerminal bool // stderr is one: bars and short times are welcome
	env        environment
	config     Config
	log        *slog.Logger
	metrics    *metrics.Recorder // of commands that work; nil counts nothing
	isJSON     bool              // --json: one JSON value on stdout, nothing else there
	isStarted  bool              // a command began to work: from here errors are not usage
}

func newApp(env []string, stdin io.Reader, stdout, stderr io.Writer) *app {
	variables := newEnvironment(env)
	a := &app{
		stdin:      stdin,
		stdout:     stdout,
		stderr:     &sharedWriter{target: stderr},
		isTerminal: isTerminal(stderr) && variables["TERM"] != "dumb",
		env:        variables,
	}
	a.log = newLogger(a.stderr, slog.LevelInfo, a.isTerminal)
	return a
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// prepare loads the configuration before any command that needs one.
func (a *app) prepare(cmd *cobra.Command) error {
	config, origins, err := loadConfig(a.env, os.Geteuid(), cmd.Flags())
	if err != nil {
		return err
	}
	config.DataDir = absolute(config.DataDir)
	config.Crawl.OutletsDir = absolute(config.Crawl.OutletsDir)
	config.Archive.Dir = absolute(config.Archive.Dir)
	a.config = config
	var level slog.Level
	if err := level.UnmarshalText([]byte(config.LogLevel)); err != nil {
		return badUsage(err)
	}
	a.log = newLogger(a.stderr, level, a.isTerminal)
	for _, s := range settings() {
		origin := origins[s.key]
		if origin == "" {
			origin = "default"
		}
		a.log.Debug("setting", "key", s.key, "value", s.text(&config), "origin", origin)
	}
	return nil
}

// serverStopTimeout bounds the wait for other users of the private Postgres; a
// second interrupt ends the wait at once.
const serverStopTimeout = 10 * time.Minute

// database opens the configured Postgres, or starts the private one, and brings
// its schema up to date. The caller defers close, which works after the context
// has ended and reports what it could not do in the log.
func (a *app) database(ctx context.Context) (db *sqlx.DB, close func(), err error) {
	url, stop, err := a.databaseURL(ctx)
	if err != nil {
		return nil, nil, err
	}
	db, closeDB, err := a.openAndMigrate(ctx, url)
	if err != nil {
		stop()
		return nil, nil, err
	}
	return db, func() { closeDB(); stop() }, nil
}

// openAndMigrate opens the database at url and brings its schema up to date.
func (a *app) openAndMigrate(ctx context.Context, url string) (db *sqlx.DB, close func(), err error) {
	db, err = warehouse.Open(ctx, a.log, url)
	if err != nil {
		return nil, nil, err
	}
	close = func() {
		if err := db.Close(); err != nil {
			a.log.Warn("close the database", "error", err)
		}
	}
	applied, err := warehouse.Migrate(ctx, a.log, db)
	if err != nil {
		close()
		return nil, nil, err
	}
	if err := queue.Migrate(ctx, a.log, url); err != nil {
		close()
		return nil, nil, err
	}
	if len(applied) > 0 {
		a.log.Debug("database schema brought up to date", "applied", applied)
	}
	return db, close, nil
}

// databaseURL is where the database is: the one configured, or the private one,
// running when this returns. stop gives the private one back.
func (a *app) databaseURL(ctx context.Context) (url string, stop func(), err error) {
	if a.config.DatabaseURL != "" {
		return a.config.DatabaseURL, func() {}, nil
	}
	return a.startServer(ctx, a.config.DataDir, postmaster.WithTCP(a.config.PGListen))
}

// startServer starts the private Postgres in a folder, or joins the one that
// another process of ours already runs there.
func (a *app) startServer(ctx context.Context, dataDir string, options ...warehouse.ServerOption) (url string, stop func(), err error) {
	options = append(options, postmaster.WithBinDir(a.config.PGBinDir))
	server, err := warehouse.StartServer(ctx, a.log, dataDir, options...)
	if err != nil {
		return "", nil, err
	}
	stop = func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), serverStopTimeout)
		defer cancel()
		if err := server.Stop(ctx); err != nil {
			a.log.Warn("stop the private Postgres", "data_dir", dataDir, "error", err)
		}
	}
	return server.URL(), stop, nil
}

// progress is how a long command shows its work; call its Close before printing
// results.
func (a *app) progress() *progress {
	return newProgress(a.stderr, a.isTerminal, a.isJSON, a.env["NO_COLOR"] != "")
}

// printJSON writes one JSON value on stdout, for programs.
func (a *app) printJSON(value any) error {
	encoder := json.NewEncoder(a.stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
