package collect

import (
	"testing"
	"time"
)

func TestPausesOfAHost(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	p := pauses{}
	for i, step := range []struct {
		host  string
		after time.Duration // since the step before
		wait  time.Duration
		want  bool
	}{
		{"a", 0, time.Minute, true},
		{"a", 10 * time.Second, 50 * time.Second, true}, // another page, the same pause
		{"a", 0, 50 * time.Second, true},
		{"b", 0, patience, true},
		{"b", 0, patience + time.Second, false},
		{"c", 0, 0, false}, // nothing was said of how long
		{"d", 0, time.Hour, false},
		{"a", 50 * time.Second, 30 * time.Second, true}, // the next pause: a minute and a half in all
		{"a", 30 * time.Second, 31 * time.Second, false},
		{"a", 0, 30 * time.Second, true},
		{"a", 30 * time.Second, time.Second, false},
	} {
		now = now.Add(step.after)
		if got := p.allow(step.host, step.wait, now); got != step.want {
			t.Errorf("step %d: %v", i, got)
		}
	}
}
