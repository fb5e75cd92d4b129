package watch

import "context"

func (w *Watcher) patternsChanged(context.Context, *look) (findings, error) {
	return findings{}, nil
}
