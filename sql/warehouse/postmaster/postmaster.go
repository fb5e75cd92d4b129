// Package postmaster runs a private Postgres for the program, over the
// binaries of the distribution: no container, no service, no configuration.
//
//	server, err := postmaster.Start(ctx, lg, "/var/lib/overheard")
//	defer server.Stop(context.Background())
//	db, err := warehouse.Open(ctx, lg, server.URL())
//
// Package warehouse passes all of this on; use it from there.
//
// # Owner and joiners
//
// The first program that starts the server on a data folder owns it. Others
// that come while it runs join: they use the same server and only register
// (a locked file under users/). The owner's Stop waits until they are gone,
// then shuts down in order. If the owner is killed, the kernel sends Postgres
// a SIGINT, on which it drops all sessions and shuts down (guard.go sees that
// this does not take long); joiners lose their connections (see warehouse.IsUnavailable) and the next to start owns a new
// server. If Postgres itself dies, its owner starts it again.
//
// # Where to look
//
// layout.go names the files. start.go is the way from a folder to a server,
// supervise.go the life of the process, stop.go the end; account.go tells as
// whom it runs, binaries.go which Postgres, conf.go with which settings.
//
// Everything a killed program leaves is usable by the next: locks are
// flock(2), a cluster comes into being by one rename, and Postgres recovers
// from its log.
package postmaster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"sync"
)

// Names which a client of the private server must know.
const (
	Superuser  = "overheard" // role of the program
	Database   = "overheard"
	port       = 5432
	socketName = ".s.PGSQL.5432"
)

// Server is a running private Postgres, owned or joined.
type Server struct {
	lg        *slog.Logger
	layout    layout
	url       string
	userFile  *os.File    // joiner: registration
	ownerFile *os.File    // owner: lock
	process   *supervised // owner
	stopOnce  sync.Once
	stopErr   error
}

// URL is what to give to warehouse.Open. It names no password: who may enter
// the socket folder may connect.
func (s *Server) URL() string { return s.url }

// IsOwner tells whether this process runs the server.
func (s *Server) IsOwner() bool { return s.process != nil }

// Option changes how the server is started; see the functions With….
type Option func(*settings)

type settings struct {
	binDir string
	listen string // host:port
	extra  [][2]string
	noSync bool
}

// WithBinDir uses the Postgres programs in dir and no others. Empty: search.
func WithBinDir(dir string) Option { return func(s *settings) { s.binDir = dir } }

// WithTCP also listens on a host:port, for BI tools that cannot use a unix
// socket. Over TCP only roles with a password get in, never the superuser.
// Without effect when joining.
func WithTCP(address string) Option { return func(s *settings) { s.listen = address } }

// WithSetting sets one parameter of postgresql.conf. Without effect when
// joining.
func WithSetting(name, value string) Option {
	return func(s *settings) { s.extra = append(s.extra, [2]string{name, value}) }
}

// WithoutSync never waits for the disk: for tests, whose data may be lost.
func WithoutSync() Option {
	return func(s *settings) {
		s.noSync = true
		for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
			WithSetting(name, "off")(s)
		}
	}
}

// clientURL addresses database as role over the socket in dir.
func clientURL(dir string, port int, role, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(role), Path: "/" + database}
	q := url.Values{"host": {dir}, "sslmode": {"disable"}}
	if port != 5432 {
		q.Set("port", strconv.Itoa(port))
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// Start starts the server of dataDir, or joins the one that runs there. ctx
// bounds the start, not the life of the server.
func Start(ctx context.Context, lg *slog.Logger, dataDir string, options ...Option) (*Server, error) {
	if !supported {
		return nil, errors.New("a private Postgres needs Linux: give the URL of a database (--database-url, DATABASE_URL)")
	}
	var set settings
	for _, o := range options {
		o(&set)
	}
	l, err := makeLayout(dataDir)
	if err != nil {
		return nil, err
	}
	s, err := start(ctx, lg, l, set)
	if err != nil {
		return nil, fmt.Errorf("start Postgres in %s: %w", l.root, err)
	}
	return s, nil
}
