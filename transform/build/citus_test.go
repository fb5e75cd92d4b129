package build

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// citusURL names the environment variable with the address of a database on the
// coordinator of a Citus cluster. The suite makes databases of its own there and on
// the workers that this one knows, as the same user, and drops them; it touches
// nothing else.
const citusURL = "OVERHEARD_CITUS_URL"

// TestCitusGivesTheSameMarts builds and publishes one press on plain Postgres and on
// a cluster, and compares every table of the two, row by row. On the cluster the
// press is there before the database is distributed, as where one has grown.
func TestCitusGivesTheSameMarts(t *testing.T) {
	address := os.Getenv(citusURL)
	if address == "" {
		t.Skipf("%s is not set: what is the same on Citus was not tried", citusURL)
	}
	lg := slog.New(slog.DiscardHandler)
	given, err := os.ReadFile(filepath.Join("testdata", "index.sql"))
	if err != nil {
		t.Fatal(err)
	}
	plain := newDB(t, string(given))
	spread := newCitusDB(t, address)
	if _, err := warehouse.Migrate(t.Context(), lg, spread); err != nil {
		t.Fatal(err)
	}
	if err := warehouse.EnsureMonths(t.Context(), spread, date("2026-11-01")); err != nil {
		t.Fatal(err)
	}
	run(t, spread, readText(t, filepath.Join("testdata", "helpers.sql")))
	run(t, spread, string(given))
	ran, err := warehouse.Distribute(t.Context(), lg, spread)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d statements distributed the database", len(ran))
	// A month that begins afterwards is spread, too.
	if err := warehouse.EnsureMonths(t.Context(), spread, date("2026-12-01")); err != nil {
		t.Fatal(err)
	}

	var want, got map[string]string
	for _, side := range []struct {
		name  string
		db    *sqlx.DB
		found *map[string]string
	}{{"plain", plain, &want}, {"citus", spread, &got}} {
		started := time.Now()
		b := newBuilder(t, side.db)
		for _, night := range indexNights {
			mustBuild(t, b, night)
			mustPublish(t, b, night, publishedAt)
		}
		*side.found = digests(t, b, "")
		t.Logf("%s: %d nights built and published in %.1f s", side.name, len(indexNights), time.Since(started).Seconds())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tables differ (-plain +citus):\n%s", diff)
	}
	t.Logf("%d tables compared", len(want))
}

// newCitusDB makes a database on every node and joins them.
func newCitusDB(t *testing.T, address string) *sqlx.DB {
	t.Helper()
	admin := openURL(t, address)
	var nodes []struct {
		Host string
		Port int
	}
	if err := admin.Select(&nodes, `select nodename as host, nodeport as port from pg_dist_node where groupid > 0 and isactive order by nodeid`); err != nil {
		t.Fatalf("ask the coordinator of %s for its workers: %v", citusURL, err)
	}
	name := fmt.Sprintf("overheard_citus_%d_%x", os.Getpid(), time.Now().UnixNano()&0xffffff)
	var db *sqlx.DB
	hosts := []string{""}
	for _, n := range nodes {
		hosts = append(hosts, fmt.Sprintf("%s:%d", n.Host, n.Port))
	}
	var nodeDBs []*sqlx.DB
	for _, host := range hosts {
		at, err := url.Parse(address)
		if err != nil {
			t.Fatalf("%s: not a URL", citusURL)
		}
		if host != "" {
			at.Host = host
		}
		server := openURL(t, at.String())
		// Citus would make it on the other nodes, too, where it is set to.
		for _, s := range []string{"set citus.enable_create_database_propagation to off", "create database " + name + " template template0"} {
			server.SetMaxOpenConns(1)
			if _, err := server.Exec(s); err != nil {
				t.Fatalf("%s: %v", s, err)
			}
		}
		at.Path = "/" + name
		node := openURL(t, at.String())
		if _, err := node.Exec(`create extension citus`); err != nil {
			t.Fatal(err)
		}
		nodeDBs = append(nodeDBs, node)
	}
	db = nodeDBs[0]
	// Registered last, run first: sessions end before their databases are dropped.
	t.Cleanup(func() {
		for _, node := range nodeDBs {
			node.Close()
		}
		for _, host := range hosts {
			at, _ := url.Parse(address)
			if host != "" {
				at.Host = host
			}
			server, err := warehouse.Open(context.Background(), slog.New(slog.DiscardHandler), at.String())
			if err != nil {
				t.Log(err)
				continue
			}
			server.SetMaxOpenConns(1)
			for _, s := range []string{"set citus.enable_create_database_propagation to off", "drop database if exists " + name + " with (force)"} {
				if _, err := server.Exec(s); err != nil {
					t.Logf("%s: %v", s, err)
				}
			}
			server.Close()
		}
	})
	for _, n := range nodes {
		if _, err := db.Exec(`select citus_add_node($1, $2)`, n.Host, n.Port); err != nil {
			t.Fatalf("add %s:%d to the cluster: %v", n.Host, n.Port, err)
		}
	}
	return db
}

func openURL(t *testing.T, address string) *sqlx.DB {
	t.Helper()
	db, err := warehouse.Open(t.Context(), slog.New(slog.DiscardHandler), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
