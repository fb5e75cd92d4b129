// Package console is the web pages of Overheard: the ranking with its nights, a
// company over time, the health of outlets, the open alerts, the runs, and the
// backfills. They only read, need no JavaScript and no file from elsewhere.
//
//	err := console.Serve(ctx, lg, db, "127.0.0.1:8480", metrics)
//
// routes.go has the pages and their addresses, read.go the queries on the result
// tables, work.go and backfill.go those on runs and backfills, chart.go the lines,
// pages/ the templates. There is no login: the console serves this machine only, and
// checks the Host header so that a web page elsewhere cannot read it through the
// browser (DNS rebinding). For the same reason /metrics may stand here as well;
// ServeMetrics puts it alone on an address that others reach, for it tells counts
// and nothing that was read.
package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"
)

// Limits of the server. A page is a few queries; whoever needs longer is stuck.
const (
	readTimeout     = 10 * time.Second
	answerTimeout   = 20 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 5 * time.Second
	maxHeaderBytes  = 64 << 10
)

// Serve serves the console on a loopback address until ctx ends, then lets
// running requests end. metrics answers /metrics; nil: nothing does.
func Serve(ctx context.Context, lg *slog.Logger, db *sqlx.DB, address string, metrics http.Handler) error {
	handler, err := New(lg, db, metrics)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen for the console on %s: %w (console.listen names another address)", address, err)
	}
	lg.Info("the console is open", "url", "http://"+listener.Addr().String()+"/")
	return serve(ctx, lg, listener, handler, "console")
}

// ServeMetrics serves /metrics alone, for whoever reaches the address.
func ServeMetrics(ctx context.Context, lg *slog.Logger, address string, metrics http.Handler) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen for metrics on %s: %w (metrics.listen names another address)", address, err)
	}
	lg.Info("metrics are open", "url", "http://"+listener.Addr().String()+"/metrics")
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	return serve(ctx, lg, listener, mux, "metrics")
}

func serve(ctx context.Context, lg *slog.Logger, listener net.Listener, handler http.Handler, what string) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      answerTimeout + readTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(lg.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		err := server.Shutdown(grace)
		if err != nil {
			err = errors.Join(err, server.Close())
		}
		stopped <- err
	})
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		stop()
		return fmt.Errorf("serve the %s on %s: %w", what, listener.Addr(), err)
	}
	if err := <-stopped; err != nil {
		return fmt.Errorf("close the %s: %w", what, err)
	}
	return nil
}
