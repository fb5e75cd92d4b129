package main

import (
	"io"
	"log/slog"
	"sync"
)

// newLogger writes one line an event to stderr: the time of day on a terminal,
// where a person looks, the full time with date and zone elsewhere.
func newLogger(w io.Writer, level slog.Level, isTerminal bool) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if isTerminal {
		options.ReplaceAttr = func(groups []string, attr slog.Attr) slog.Attr {
			if attr.Key == slog.TimeKey && len(groups) == 0 {
				return slog.String(slog.TimeKey, attr.Value.Time().Format("15:04:05"))
			}
			return attr
		}
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// sharedWriter is stderr, used by the log and by the bars at the same time:
// while bars are shown, lines go through them so that they stand above.
type sharedWriter struct {
	mu     sync.Mutex
	target io.Writer
}

func (w *sharedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.target.Write(p)
}

// redirect sends what follows to target and returns the former one.
func (w *sharedWriter) redirect(target io.Writer) io.Writer {
	w.mu.Lock()
	defer w.mu.Unlock()
	former := w.target
	w.target = target
	return former
}
