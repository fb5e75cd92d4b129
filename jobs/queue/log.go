package queue

import (
	"context"
	"log/slog"
)

// quiet passes on what River logs two levels lower: it tells of each start and
// stop, and four times a second of a database that is away, which we tell once.
func quiet(lg *slog.Logger) *slog.Logger { return slog.New(lower{lg.Handler()}) }

// lower is a handler to which every record is less urgent.
type lower struct{ slog.Handler }

const drop = slog.LevelWarn - slog.LevelDebug

// Enabled asks for the level it will have.
func (l lower) Enabled(ctx context.Context, level slog.Level) bool {
	return l.Handler.Enabled(ctx, level-drop)
}

// Handle writes the record with its lower level.
func (l lower) Handle(ctx context.Context, r slog.Record) error {
	r.Level -= drop
	return l.Handler.Handle(ctx, r)
}

// WithAttrs keeps the level low.
func (l lower) WithAttrs(attrs []slog.Attr) slog.Handler { return lower{l.Handler.WithAttrs(attrs)} }

// WithGroup keeps the level low.
func (l lower) WithGroup(name string) slog.Handler { return lower{l.Handler.WithGroup(name)} }
