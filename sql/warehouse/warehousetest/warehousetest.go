// Package warehousetest gives every test a Postgres database of its own.
//
//	db := warehousetest.NewDB(t)
//
// The first call in a test binary starts a private server in a temporary
// folder and migrates a template; each call clones that, in some tens of
// milliseconds, and drops the clone when its test ends. Tests may run in
// parallel. The server and its folder go with the process, however it ends.
//
// OVERHEARD_TEST_DATABASE_URL names a server to use instead; its user must be
// allowed to create databases and roles. A test fails, it never skips, where
// no database can be had.
package warehousetest

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// NewDB returns a fresh database with the whole schema.
func NewDB(t testing.TB) *sqlx.DB {
	t.Helper()
	s := need(t)
	if err := s.template(); err != nil {
		t.Fatalf("migrate the template of test databases: %v", err)
	}
	return s.create(t, s.templateName)
}

// NewEmptyDB returns a fresh database without any schema of ours.
func NewEmptyDB(t testing.TB) *sqlx.DB {
	t.Helper()
	return need(t).create(t, "template0")
}

// URL addresses the database of db, as another role if role is not empty.
func URL(t testing.TB, db *sqlx.DB, role string) string {
	t.Helper()
	var name string
	if err := db.Get(&name, `select current_database()`); err != nil {
		t.Fatalf("ask for the name of the test database: %v", err)
	}
	return need(t).url(name, role)
}

// server is the one server of this test binary.
type server struct {
	base         *url.URL
	sweeper      io.Closer // nil for a server that is not ours
	admin        *sqlx.DB
	prefix       string
	templateName string
	template     func() error
	count        atomic.Int64
}

// theServer starts the server once, whoever asks first.
var theServer = sync.OnceValues(newServer)

func need(t testing.TB) *server {
	t.Helper()
	s, err := theServer()
	if err != nil {
		t.Fatalf("this test needs a database: %v", err)
	}
	return s
}

const startLimit = 2 * time.Minute

func newServer() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	raw := os.Getenv("OVERHEARD_TEST_DATABASE_URL")
	var sweeper io.Closer
	if raw == "" {
		var err error
		if raw, sweeper, err = startPrivate(ctx); err != nil {
			return nil, err
		}
	}
	base, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("OVERHEARD_TEST_DATABASE_URL: not a URL")
	}
	admin, err := warehouse.Open(ctx, quiet(), raw)
	if err != nil {
		return nil, err
	}
	admin.SetMaxOpenConns(4)
	s := &server{base: base, sweeper: sweeper, admin: admin, prefix: fmt.Sprintf("overheard_test_%d_%x", os.Getpid(), time.Now().UnixNano()&0xffffff)}
	s.templateName = s.prefix + "_template"
	s.template = sync.OnceValue(s.makeTemplate)
	return s, nil
}

func (s *server) makeTemplate() error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	if _, err := s.admin.ExecContext(ctx, `create database `+s.templateName+` template template0`); err != nil {
		return err
	}
	db, err := warehouse.Open(ctx, quiet(), s.url(s.templateName, ""))
	if err != nil {
		return err
	}
	defer db.Close() // a template must have no sessions
	_, err = warehouse.Migrate(ctx, quiet(), db)
	return err
}

func (s *server) create(t testing.TB, template string) *sqlx.DB {
	t.Helper()
	name := fmt.Sprintf("%s_%d", s.prefix, s.count.Add(1))
	if _, err := s.admin.Exec(`create database ` + name + ` template ` + template); err != nil {
		t.Fatalf("create test database: %v", err)
	}
	db, err := warehouse.Open(context.Background(), quiet(), s.url(name, ""))
	if err != nil {
		t.Fatalf("open test database: %v", err)
	}
	db.SetMaxOpenConns(10)
	t.Cleanup(func() {
		db.Close()
		if _, err := s.admin.Exec(`drop database if exists ` + name + ` with (force)`); err != nil {
			t.Logf("drop test database %s: %v", name, err)
		}
	})
	return db
}

func (s *server) url(database, role string) string {
	u := *s.base
	u.Path = "/" + database
	if role != "" {
		u.User = url.User(role)
	}
	return u.String()
}
