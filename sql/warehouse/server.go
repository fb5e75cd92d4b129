package warehouse

import (
	"context"
	"log/slog"

	"github.com/overheard-news/overheard/sql/warehouse/postmaster"
)

// Server is a private Postgres that this program started or joined.
type Server = postmaster.Server

// ServerOption changes how a private server is started; see the functions
// With… of package postmaster.
type ServerOption = postmaster.Option

// ServerStatus is what can be told of a private server from outside.
type ServerStatus = postmaster.Status

// StartServer starts the private server of dataDir, or joins the one that
// runs there; see package postmaster.
func StartServer(ctx context.Context, lg *slog.Logger, dataDir string, options ...ServerOption) (*Server, error) {
	return postmaster.Start(ctx, lg, dataDir, options...)
}

// InspectServer tells whether a private server runs on dataDir, without
// starting or joining one.
func InspectServer(dataDir string) (ServerStatus, error) {
	return postmaster.Inspect(dataDir)
}
