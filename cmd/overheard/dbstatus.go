package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// databaseStatus is what db status prints with --json.
type databaseStatus struct {
	IsPrivate     bool             `json:"is_private"`
	URL           string           `json:"url"` // without passwords; empty if not running
	IsRunning     bool             `json:"is_running"`
	IsReady       bool             `json:"is_ready"`
	ServerVersion string           `json:"server_version"`
	DataDir       string           `json:"data_dir,omitempty"`
	LogFile       string           `json:"log_file,omitempty"`
	ProcessID     int              `json:"process_id,omitempty"`
	OwnerID       int              `json:"owner_process_id,omitempty"`
	UserIDs       []int            `json:"user_process_ids,omitempty"`
	SizeBytes     int64            `json:"size_bytes"`
	Migrations    []migrationEntry `json:"migrations"`
}

type migrationEntry struct {
	Name      string     `json:"name"`
	AppliedAt *time.Time `json:"applied_at"` // null: still to be applied
}

func newDBStatusCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Tell where the database is, whether it runs, and its migrations",
		Long: `Tells which database is used, whether it runs and for whom, its version and size,
and which migrations are applied. Starts nothing and changes nothing. A private
Postgres that does not run is no fault: commands start it when they need it.`,
		Example: "overheard db status --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			status, err := app.inspectDatabase(cmd.Context())
			if err != nil {
				return err
			}
			if app.isJSON {
				return app.printJSON(status)
			}
			app.printDatabaseStatus(status)
			return nil
		},
	}
}

func (a *app) inspectDatabase(ctx context.Context) (databaseStatus, error) {
	status := databaseStatus{Migrations: []migrationEntry{}}
	address := a.config.DatabaseURL
	if address == "" {
		server, err := warehouse.InspectServer(a.config.DataDir)
		if err != nil {
			return status, err
		}
		status.IsPrivate, status.IsRunning, status.IsReady = true, server.Running, server.Ready
		status.DataDir, status.LogFile = server.Folder, server.LogFile
		status.ProcessID, status.OwnerID, status.UserIDs = server.PID, server.OwnerPID, server.Users
		if server.ClusterVersion > 0 {
			status.ServerVersion = strconv.Itoa(server.ClusterVersion)
		}
		if !server.Ready {
			return status, nil
		}
		address = server.URL
	}
	status.URL = redactURL(address)
	db, err := warehouse.Open(ctx, a.log, address)
	if err != nil {
		return status, err
	}
	defer db.Close()
	status.IsRunning, status.IsReady = true, true
	return status, status.ask(ctx, db)
}

// ask fills in what only the server itself can tell.
func (s *databaseStatus) ask(ctx context.Context, db *sqlx.DB) error {
	if err := db.GetContext(ctx, &s.ServerVersion, `select current_setting('server_version')`); err != nil {
		return fmt.Errorf("ask the server's version: %w", err)
	}
	if err := db.GetContext(ctx, &s.SizeBytes, `select pg_database_size(current_database())`); err != nil {
		return fmt.Errorf("ask the size of the database: %w", err)
	}
	migrations, err := warehouse.MigrationStatus(ctx, db)
	if err != nil {
		return err
	}
	for _, m := range migrations {
		entry := migrationEntry{Name: m.Name}
		if !m.AppliedAt.IsZero() {
			at := m.AppliedAt.UTC()
			entry.AppliedAt = &at
		}
		s.Migrations = append(s.Migrations, entry)
	}
	return nil
}

func (a *app) printDatabaseStatus(s databaseStatus) {
	kind, state := "configured Postgres", "running"
	if s.IsPrivate {
		kind = "private Postgres"
	}
	switch {
	case !s.IsRunning && s.ServerVersion == "":
		state = "not created yet; the first command that needs it does so"
	case !s.IsRunning:
		state = "not running; commands start it when they need it"
	case !s.IsReady:
		state = "starting or stopping"
	}
	rows := [][]string{{"Database", kind}, {"State", state}}
	add := func(name, value string) {
		if value != "" && value != "0" && value != "[]" {
			rows = append(rows, []string{name, value})
		}
	}
	add("URL", s.URL)
	add("Version", s.ServerVersion)
	if s.SizeBytes > 0 {
		add("Size", fmt.Sprintf("%.1f MiB", float64(s.SizeBytes)/(1<<20)))
	}
	add("Folder", s.DataDir)
	add("Log", s.LogFile)
	add("Process", strconv.Itoa(s.ProcessID))
	add("Owner", strconv.Itoa(s.OwnerID))
	add("Users", fmt.Sprint(s.UserIDs))
	writeColumns(a.stdout, nil, rows)
	if len(s.Migrations) == 0 {
		return
	}
	fmt.Fprintln(a.stdout)
	var lines [][]string
	for _, m := range s.Migrations {
		applied := "pending"
		if m.AppliedAt != nil {
			applied = m.AppliedAt.Format("2006-01-02 15:04:05Z")
		}
		lines = append(lines, []string{m.Name, applied})
	}
	writeColumns(a.stdout, []string{"MIGRATION", "APPLIED"}, lines)
}
