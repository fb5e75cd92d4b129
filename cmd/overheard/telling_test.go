package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/notify"
)

// listener keeps what is sent to it: a webhook and a watchdog in one.
type listener struct {
	*httptest.Server
	mu   sync.Mutex
	told []string // method, path and body
}

func newListener(t *testing.T) *listener {
	t.Helper()
	l := &listener{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.told = append(l.told, r.Method+" "+r.URL.Path+" "+string(body))
		if strings.HasPrefix(r.URL.Path, "/broken") {
			http.Error(w, "no", http.StatusForbidden)
		}
	}))
	t.Cleanup(l.Close)
	return l
}

// count is how many requests contained a text.
func (l *listener) count(text string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, said := range l.told {
		if strings.Contains(said, text) {
			n++
		}
	}
	return n
}

func TestAlertsTestTellsWhichWaysWork(t *testing.T) {
	t.Parallel()
	l := newListener(t)
	tests := []struct {
		name, path string
		code       int
		says       string
	}{
		{"a webhook that takes it", "/hook/s3cret", exitDone, "taken"},
		{"a webhook that refuses it", "/broken/s3cret", exitFailed, "it answered 403 Forbidden: no"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := call(t, []string{"OVERHEARD_DATA_DIR=" + t.TempDir(), "OVERHEARD_ALERTS_WEBHOOK_URL=" + l.URL + test.path}, "--log-level", "debug", "alerts", "test")
			if got.code != test.code || !strings.Contains(got.stdout, "webhook") || !strings.Contains(got.stdout, test.says) {
				t.Errorf("exit code %d, want %d and %q:\n%s%s", got.code, test.code, test.says, got.stdout, got.stderr)
			}
			if strings.Contains(got.stdout+got.stderr, "s3cret") {
				t.Errorf("the secret is told:\n%s%s", got.stdout, got.stderr)
			}
			if n := l.count("POST " + test.path); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
	got := call(t, []string{"OVERHEARD_DATA_DIR=" + t.TempDir()}, "alerts", "test", "--json")
	var results []notify.Result
	if err := json.Unmarshal([]byte(got.stdout), &results); err != nil || len(results) != 1 || results[0].Channel != notify.Log {
		t.Errorf("without a configuration: %v, %s", err, got.stdout)
	}
}

// TestServeTellsAlertsAndShowsMetrics raises an alert under a running daemon.
func TestServeTellsAlertsAndShowsMetrics(t *testing.T) {
	t.Parallel()
	l := newListener(t)
	n := newNewsstand(t)
	n.add("decent", "feed", "/feed", n.paper("decent", 1))
	address := freeAddress(t)
	o := newOperator(t, n.registry(t), append(schedule(never, never),
		"OVERHEARD_ALERTS_WEBHOOK_URL="+l.URL+"/hook/s3cret", "OVERHEARD_METRICS_LISTEN="+address)...)
	daemon := o.start(t, "serve")
	daemon.says(t, "metrics are open")
	db := o.beside(t)
	db.MustExec(`insert into ops.alerts (kind, subject, severity, state, opened_at, last_seen_at, message, remedy)
		values ('outlet_silent', 'decent', 'fail', 'open', $1, $1, 'It has gone quiet.', 'Look.')`, time.Now().UTC())
	eventually(t, "the alert at the webhook", func() bool { return l.count("It has gone quiet.") > 0 })
	answer, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil || !strings.Contains(string(page), `overheard_alerts_open{kind="outlet_silent",severity="fail"} 1`) {
		t.Errorf("status %d, %v:\n%s", answer.StatusCode, err, page)
	}
	if !strings.Contains(string(page), "\noverheard_archive_size_bytes ") {
		t.Errorf("the size of the archive is not shown:\n%s", page)
	}
	if answer, err := http.Get("http://" + address + "/"); err != nil || answer.StatusCode != http.StatusNotFound {
		t.Errorf("the console answers on the address of metrics: %v, %v", answer, err)
	} else {
		answer.Body.Close()
	}
	db.MustExec(`update ops.alerts set state = 'recovered', closed_at = $1, closed_by = 'watch', recovered_at = $1`, time.Now().UTC())
	eventually(t, "the recovery at the webhook", func() bool { return l.count("RECOVERED outlet_silent decent") > 0 })
	if opened, closed := l.count("FAIL outlet_silent decent"), l.count("RECOVERED outlet_silent decent"); opened != 1 || closed != 1 {
		t.Errorf("opened was told %d times and recovered %d times", opened, closed)
	}
	daemon.signal(t, syscall.SIGINT)
	got := daemon.end(t)
	if got.code != exitDone || strings.Contains(got.stderr, "s3cret") {
		t.Errorf("exit code %d:\n%s", got.code, got.stderr)
	}
}

// TestTheHeartbeatFollowsPublishedNightsOnly publishes a night, then breaks what
// the gate looks at.
func TestTheHeartbeatFollowsPublishedNightsOnly(t *testing.T) {
	t.Parallel()
	l := newListener(t)
	_, registry, at := world(t, press.Config{Seed: 5, Outlets: 8, Nights: 2, ArticlesPerOutletNight: 4})
	o := newOperator(t, registry, "OVERHEARD_ALERTS_HEARTBEAT_URL="+l.URL+"/ping/s3cret", "OVERHEARD_ALERTS_WEBHOOK_URL="+l.URL+"/hook")
	got := o.call(t, "nightly", "--night", at)
	if got.code != exitDone || l.count("GET /ping/s3cret") != 1 || strings.Contains(got.stderr, "s3cret") {
		t.Fatalf("exit code %d, %d pings, want 1:\n%s", got.code, l.count("GET /ping/s3cret"), got.stderr)
	}
	o.database(t, func(db *sqlx.DB) { db.MustExec(`update ops.outlet_runs set discovered_count = discovered_count + 1`) })
	got = o.call(t, "nightly", "--night", at)
	if got.code != exitRefused || l.count("GET /ping/s3cret") != 1 {
		t.Errorf("a refused night: exit code %d, want %d; %d pings, want the one from before:\n%s%s", got.code, exitRefused, l.count("GET /ping/s3cret"), got.stdout, got.stderr)
	}
	if n := l.count("FAIL night_refused " + at); n != 1 { // nightly tells by itself: cron may run it without serve
		t.Errorf("the refusal was told %d times", n)
	}
}
