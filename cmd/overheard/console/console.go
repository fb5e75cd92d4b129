// Package console is the web pages of Overheard: the ranking with its nights, a
// company over time, the health of outlets, the open alerts, and the runs. They
// only read, need no JavaScript and no file from elsewhere.
//
//	err := console.Serve(ctx, lg, db, "127.0.0.1:8480")
//
// routes.go has the pages and their addresses, read.go the queries on the result
// tables, chart.go the lines, pages/ the templates. There is no login: the
// console serves this machine only, and checks the Host header so that a web
// page elsewhere cannot read it through the browser (DNS rebinding).
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
// running requests end.
func Serve(ctx context.Context, lg *slog.Logger, db *sqlx.DB, address string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen for the console on %s: %w (console.listen names another address)", address, err)
	}
	return serve(ctx, lg, db, listener)
}

func serve(ctx context.Context, lg *slog.Logger, db *sqlx.DB, listener net.Listener) error {
	handler, err := New(lg, db)
	if err != nil {
		listener.Close()
		return err
	}
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
	lg.Info("the console is open", "url", "http://"+listener.Addr().String()+"/")
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		stop()
		return fmt.Errorf("serve the console on %s: %w", listener.Addr(), err)
	}
	if err := <-stopped; err != nil {
		return fmt.Errorf("close the console: %w", err)
	}
	return nil
}
