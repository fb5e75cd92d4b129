package watch_test

import (
	"testing"
	"time"
)

// night is what a build made of a night of an outlet; expected below 0: not known.
func (x *world) night(outlet string, at time.Time, articles, expected int) {
	x.t.Helper()
	x.exec(`
		insert into intermediate.int_outlet_nights_counted
			(night, outlet_id, article_count, expected_count, state, channel_count, readable_channel_count)
		values (cast(cast($2 as timestamptz) as date), $1, $3, nullif(cast($4 as integer), -1), 'up', 1, 1)`, outlet, at, articles, expected)
}

func TestANightBelowItsExpectation(t *testing.T) {
	t.Parallel()
	lastNight := start.AddDate(0, 0, -1)
	tests := []struct {
		name               string
		articles, expected int
		want               []string
	}{
		{"nothing of a hundred", 0, 100, []string{"below_expectation times fail"}},
		{"29 of a hundred", 29, 100, []string{"below_expectation times fail"}},
		{"30 of a hundred", 30, 100, nil},
		{"nothing of three", 0, 3, []string{"below_expectation times fail"}},
		{"nothing, and nothing is known", 0, -1, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := newWorld(t, paper("times"))
			x.every("times", time.Hour, 48*time.Hour, start)
			x.poll(poll{outlet: "times", state: "ok"})
			x.night("times", lastNight, tt.articles, tt.expected)
			x.want("alerts", x.watch(), tt.want...)
		})
	}
}

// TestAnExpectationIsRemembered: nights on which an outlet is down are left out of
// what is expected of it, until nothing is; its alert must not close for that.
func TestAnExpectationIsRemembered(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.night("times", start.AddDate(0, 0, -1), 10, 100)
	x.want("below", x.watch(), "below_expectation times fail")
	x.now = start.AddDate(0, 0, 1).Add(-11 * time.Hour)
	x.want("before the next night is built", x.watch(), "below_expectation times fail")
	x.night("times", start, 10, -1)
	x.want("after a night without an expectation", x.watch(), "below_expectation times fail")
	x.night("times", start.AddDate(0, 0, 1), 60, -1)
	x.now = start.AddDate(0, 0, 2)
	x.want("after a night that met it", x.watch())
}
