package notify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/notify"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// receiver is a webhook that keeps what it gets and answers as it is told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	texts  []string
	status atomic.Int64 // 0: 200
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		var payload struct {
			Text   string `json:"text"`
			Blocks []struct {
				Type string `json:"type"`
				Text struct {
					Type string `json:"type"`
					Text string `json:"text"`
				} `json:"text"`
			} `json:"blocks"`
		}
		if err := json.NewDecoder(request.Body).Decode(&payload); err != nil || request.Method != http.MethodPost {
			t.Errorf("%s with %v", request.Method, err)
		}
		if status := int(r.status.Load()); status != 0 {
			http.Error(w, "no_service for "+request.URL.Path, status)
			return
		}
		if n := len(payload.Blocks); n < 2 || n > 50 || payload.Blocks[0].Type != "header" || payload.Blocks[0].Text.Type != "plain_text" {
			t.Errorf("%d blocks, the first %+v; Slack takes at most 50", n, payload.Blocks[0])
		}
		for _, b := range payload.Blocks {
			if len([]rune(b.Text.Text)) > 3000 {
				t.Errorf("a block of %d characters; Slack takes 3000", len([]rune(b.Text.Text)))
			}
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.texts = append(r.texts, payload.Text)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.texts
	r.texts = nil
	return got
}

// world is a database with alerts, and a notifier whose clock is the test's.
type world struct {
	t   *testing.T
	db  *sqlx.DB
	n   *notify.Notifier
	now time.Time
	log *bytes.Buffer
}

func newWorld(t *testing.T, cfg notify.Config) *world {
	t.Helper()
	x := &world{t: t, db: warehousetest.NewDB(t), now: noon, log: &bytes.Buffer{}}
	n, err := notify.New(slog.New(slog.NewTextHandler(x.log, nil)), x.db, cfg, func() time.Time { return x.now })
	if err != nil {
		t.Fatal(err)
	}
	x.n = n
	return x
}

func (x *world) exec(sql string, args ...any) {
	x.t.Helper()
	if _, err := x.db.Exec(sql, args...); err != nil {
		x.t.Fatalf("%v in %s", err, sql)
	}
}

func (x *world) open(kind, subject string) {
	x.t.Helper()
	x.exec(`insert into ops.alerts (kind, subject, severity, state, opened_at, last_seen_at, message, remedy)
		values ($1, $2, 'fail', 'open', $3, $3, 'It is <broken> & <!channel>.', 'Mend it.')`, kind, subject, x.now)
}

func (x *world) close(kind, subject, state string) {
	x.t.Helper()
	x.exec(`update ops.alerts set state = $3, closed_at = $4, closed_by = 'ada', recovered_at = $4
		where kind = $1 and subject = $2 and state = 'open'`, kind, subject, state, x.now)
}

func (x *world) round() {
	x.t.Helper()
	if err := x.n.Round(x.t.Context()); err != nil {
		x.t.Fatal(err)
	}
}

func (x *world) rows() []string {
	x.t.Helper()
	var lines []string
	err := x.db.Select(&lines, `
		select concat_ws(' ', a.subject, d.event, d.channel, d.attempt_count, d.delivered_at is not null)
		from ops.alert_deliveries as d inner join ops.alerts as a on a.alert_id = d.alert_id
		where d.channel <> 'log' order by d.alert_id, d.event desc`)
	if err != nil {
		x.t.Fatal(err)
	}
	return lines
}

func TestEachEventIsToldOnce(t *testing.T) {
	t.Parallel()
	hook := newReceiver(t)
	x := newWorld(t, notify.Config{WebhookURL: hook.URL})
	x.open("channel_down", "https://times.example/feed")
	x.round()
	got := hook.take()
	if len(got) != 1 || !strings.Contains(got[0], "FAIL channel_down https://times.example/feed") ||
		!strings.Contains(got[0], "It is &lt;broken&gt; &amp; &lt;!channel&gt;.") || !strings.Contains(got[0], "Mend it.") {
		t.Fatalf("told %q", got)
	}
	x.round()
	if got := hook.take(); len(got) > 0 {
		t.Errorf("told again: %q", got)
	}
	for _, state := range []string{"recovered", "accepted", "dismissed"} {
		x.now = x.now.Add(time.Hour)
		if state != "recovered" { // the alert of the first round is open
			x.open("channel_down", "https://times.example/feed")
			x.round()
			hook.take()
		}
		x.now = x.now.Add(90 * time.Minute)
		x.close("channel_down", "https://times.example/feed", state)
		x.round()
		x.round()
		got = hook.take()
		if len(got) != 1 || !strings.Contains(got[0], strings.ToUpper(state)) || !strings.Contains(got[0], "It was open since 2026-03-10") {
			t.Errorf("an alert that is %s was told as %q", state, got)
		}
	}
	if log := x.log.String(); strings.Count(log, "alert opened") != 3 || strings.Count(log, "alert closed") != 3 {
		t.Errorf("the log has\n%s", log)
	}
}

func TestWhatWasNeverToldHasNoRecovery(t *testing.T) {
	t.Parallel()
	hook := newReceiver(t)
	hook.status.Store(503)
	x := newWorld(t, notify.Config{WebhookURL: hook.URL + "/services/T0/s3cret-token"})
	x.open("outlet_silent", "times")
	x.round()
	if diff := cmp.Diff([]string{"times opened webhook 1 f"}, x.rows()); diff != "" {
		t.Fatalf("deliveries (-want +got):\n%s", diff)
	}
	x.close("outlet_silent", "times", "recovered")
	hook.status.Store(0)
	x.now = x.now.Add(time.Hour)
	x.round()
	if got := hook.take(); len(got) > 0 {
		t.Errorf("told %q", got)
	}
	if diff := cmp.Diff([]string(nil), x.rows()); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}

func TestAFailingWebhookIsTriedAgainLaterAndNotForEver(t *testing.T) {
	t.Parallel()
	hook := newReceiver(t)
	hook.status.Store(500)
	x := newWorld(t, notify.Config{WebhookURL: hook.URL + "/services/T0/s3cret-token?key=qu3ry"})
	x.open("outlet_silent", "times")
	var waits []time.Duration
	began, tries := x.now, 0
	for range 100000 {
		x.round()
		var n int
		if err := x.db.Get(&n, `select attempt_count from ops.alert_deliveries where channel = 'webhook'`); err != nil {
			t.Fatal(err)
		}
		if n > tries {
			waits, began, tries = append(waits, x.now.Sub(began)), x.now, n
		}
		if x.now.Sub(began) > 2*time.Hour {
			break
		}
		step := 15 * time.Second
		if tries > 8 {
			step = 20 * time.Minute
		}
		x.now = x.now.Add(step)
	}
	if tries != 24 {
		t.Errorf("%d tries, want 24", tries)
	}
	if !slices.IsSorted(waits) || waits[1] != 15*time.Second || waits[2] != 30*time.Second || waits[len(waits)-1] != time.Hour {
		t.Errorf("waits %v, want them doubled from 15 s to an hour", waits)
	}
	var text string
	if err := x.db.Get(&text, `select error from ops.alert_deliveries where channel = 'webhook'`); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "it answered 500") || !strings.Contains(text, "no_service") {
		t.Errorf("error %q does not say what the webhook answered", text)
	}
	for _, secret := range []string{"s3cret-token", "qu3ry"} {
		if strings.Contains(text, secret) || strings.Contains(x.log.String(), secret) {
			t.Errorf("the secret stands in the error or the log: %s\n%s", text, x.log)
		}
	}
	if !strings.Contains(x.log.String(), "given_up=1") {
		t.Errorf("the log does not say that it was given up:\n%s", x.log)
	}
}

func TestAStormIsOneMessage(t *testing.T) {
	t.Parallel()
	hook := newReceiver(t)
	x := newWorld(t, notify.Config{WebhookURL: hook.URL})
	for i := range 300 {
		x.open("channel_down", fmt.Sprintf("https://host%03d.example/feed", i))
	}
	x.open("disk_full", "here")
	x.round()
	got := hook.take()
	if len(got) != 1 {
		t.Fatalf("%d messages, want 1", len(got))
	}
	if n := strings.Count(got[0], "FAIL channel_down"); n != 10 {
		t.Errorf("%d alerts in full, want 10", n)
	}
	for _, text := range []string{"301 alerts opened", "And 291 more: 290 channel_down opened, 1 disk_full opened."} {
		if !strings.Contains(got[0], text) {
			t.Errorf("the message does not say %q:\n%s", text, got[0])
		}
	}
	x.exec(`update ops.alerts set state = 'recovered', closed_at = $1, closed_by = 'watch', recovered_at = $1`, x.now)
	x.round()
	if got := hook.take(); len(got) != 1 || !strings.Contains(got[0], "301 alerts closed") {
		t.Errorf("their recovery was told as %q", got)
	}
}

// TestWhatComesAndGoesIsToldOnceInAWhile lets an alert flap every five minutes.
func TestWhatComesAndGoesIsToldOnceInAWhile(t *testing.T) {
	t.Parallel()
	hook := newReceiver(t)
	x := newWorld(t, notify.Config{WebhookURL: hook.URL})
	var told []string
	for minute := 0; minute < 120; minute++ {
		switch minute % 10 {
		case 0:
			x.open("channel_down", "times")
		case 5:
			x.close("channel_down", "times", "recovered")
		}
		x.round()
		for _, text := range hook.take() {
			told = append(told, fmt.Sprintf("%d %s", minute, strings.Fields(text)[3]))
		}
		x.now = x.now.Add(time.Minute)
	}
	if len(told) < 4 || len(told) > 8 {
		t.Errorf("told %v: want at most one pair in half an hour, and not silence", told)
	}
	for i := range told {
		if want := []string{"FAIL", "RECOVERED"}[i%2]; !strings.HasSuffix(told[i], want) {
			t.Errorf("told %v: want opened and recovered by turns", told)
		}
	}
}

func TestTwoProcessesTellOnce(t *testing.T) {
	t.Parallel()
	hook := newReceiver(t)
	x := newWorld(t, notify.Config{})
	var notifiers []*notify.Notifier
	for range 4 {
		n, err := notify.New(slog.New(slog.DiscardHandler), x.db, notify.Config{WebhookURL: hook.URL}, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		notifiers = append(notifiers, n)
	}
	const alerts = 40
	var wait sync.WaitGroup
	stop := make(chan struct{})
	for _, n := range notifiers {
		wait.Go(func() {
			for {
				if err := n.Round(t.Context()); err != nil {
					t.Error(err)
					return
				}
				select {
				case <-stop:
					return
				case <-time.After(2 * time.Millisecond):
				}
			}
		})
	}
	for i := range alerts {
		x.now = time.Now()
		x.open("channel_down", fmt.Sprintf("subject-%02d", i))
		if i%2 == 1 {
			time.Sleep(15 * time.Millisecond)
		}
	}
	time.Sleep(300 * time.Millisecond)
	x.exec(`update ops.alerts set state = 'recovered', closed_at = $1, closed_by = 'watch', recovered_at = $1`, time.Now())
	time.Sleep(300 * time.Millisecond)
	close(stop)
	wait.Wait()
	if err := notifiers[0].Round(t.Context()); err != nil { // what a slow machine left
		t.Fatal(err)
	}
	var bad []string
	err := x.db.Select(&bad, `
		select concat_ws(' ', alert_id, event, attempt_count) from ops.alert_deliveries
		where channel = 'webhook' and (attempt_count <> 1 or delivered_at is null)`)
	if err != nil || len(bad) > 0 {
		t.Errorf("deliveries that were not one try: %v, %v", bad, err)
	}
	all := strings.Join(hook.take(), "\n")
	// With ten in full, a message of more would hide some: each must be there at most
	// once. A message of one has it in its title, too, which is no line of its own.
	for i := range alerts {
		name := fmt.Sprintf("subject-%02d", i)
		if n := strings.Count(all, "\nFAIL channel_down "+name); n > 1 {
			t.Errorf("%s was told %d times", name, n)
		}
		if n := strings.Count(all, "\nRECOVERED channel_down "+name); n > 1 {
			t.Errorf("the recovery of %s was told %d times", name, n)
		}
	}
	if n := strings.Count(all, "\nFAIL channel_down "); n < alerts/2 {
		t.Errorf("only %d of %d alerts in full", n, alerts)
	}
}

func TestAWebhookThatHangsOrRedirects(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(other.Close)
	release := make(chan struct{})
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		switch r.URL.Path {
		case "/hang":
			select {
			case <-release:
			case <-r.Context().Done():
			}
		case "/away":
			http.Redirect(w, r, other.URL+"/caught", http.StatusTemporaryRedirect)
		case "/cut":
			panic(http.ErrAbortHandler)
		}
	}))
	t.Cleanup(hook.Close)
	t.Cleanup(func() { close(release) })
	gone := httptest.NewServer(nil)
	gone.Close()
	tests := []struct{ name, address, says string }{
		{"hangs", hook.URL + "/hang", "Client.Timeout"},
		{"redirects", hook.URL + "/away", "it answered 307, and redirects are not followed"},
		{"breaks off", hook.URL + "/cut", "EOF"},
		{"is gone", gone.URL + "/gone-path", "connection refused"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			log := &bytes.Buffer{}
			n, err := notify.New(slog.New(slog.NewTextHandler(log, nil)), nil, notify.Config{WebhookURL: test.address}, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			results := n.Test(t.Context())
			if len(results) != 2 || results[0].Error != "" || !strings.Contains(results[1].Error, test.says) {
				t.Errorf("results %+v, want %q", results, test.says)
			}
			if strings.Contains(results[1].Error, strings.TrimPrefix(test.address, "http://")) || strings.Contains(results[1].Error, "-path") {
				t.Errorf("the error names the address: %s", results[1].Error)
			}
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
	t.Cleanup(func() {
		if n := elsewhere.Load(); n > 0 {
			t.Errorf("%d requests followed a redirect", n)
		}
	})
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	fails := int64(2)
	watchdog := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		if r.Method != http.MethodGet {
			t.Errorf("method %s", r.Method)
		}
		if r.URL.Path == "/dead-uuid" || n <= fails {
			http.Error(w, "not now, "+r.URL.Path, http.StatusBadGateway)
		}
	}))
	t.Cleanup(watchdog.Close)
	log := &bytes.Buffer{}
	lg := slog.New(slog.NewTextHandler(log, nil))
	h, err := notify.NewHeartbeat(lg, watchdog.URL+"/live")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Ping(t.Context(), noon); err != nil || asked.Load() != 3 {
		t.Errorf("%v after %d requests, want the third to be heard", err, asked.Load())
	}
	dead, err := notify.NewHeartbeat(lg, watchdog.URL+"/dead-uuid")
	if err != nil {
		t.Fatal(err)
	}
	asked.Store(0)
	err = dead.Ping(t.Context(), noon)
	if err == nil || asked.Load() != 3 || !strings.Contains(err.Error(), "it answered 502") {
		t.Errorf("%v after %d requests, want an error after three", err, asked.Load())
	}
	if strings.Contains(fmt.Sprint(err), "dead-uuid") || strings.Contains(log.String(), "dead-uuid") {
		t.Errorf("the secret stands in the error or the log: %v\n%s", err, log)
	}
	none, err := notify.NewHeartbeat(lg, "")
	if err != nil || none.Ping(t.Context(), noon) != nil {
		t.Errorf("no heartbeat: %v", err)
	}
}
