package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/postmaster"
)

// TestChaosDuringABackfill kills workers and Postgres at random moments, twenty
// times, while a backfill runs, and expects the tables an undisturbed one leaves.
func TestChaosDuringABackfill(t *testing.T) {
	t.Parallel()
	const rounds, workers = 20, 3
	tricks := press.AllTricks()
	tricks.BrokenHosts, tricks.Throttling = 0, 0 // what they answer depends on how often they are asked
	tricks.BrokenPages = 0                       // they are waited for
	_, registry, at := world(t, press.Config{Seed: 23, Outlets: 16, Nights: 8, ArticlesPerOutletNight: 4, Tricks: tricks})
	first := day(t, at).AddDate(0, 0, -7).Format(time.DateOnly)
	settings := []string{"OVERHEARD_CRAWL_HOST_GAP=120ms", "OVERHEARD_JOBS_RESCUE_AFTER=5s", "OVERHEARD_LOG_LEVEL=warn"}

	calm := newOperator(t, registry, settings...)
	plan := planBackfill(t, calm, first, at)
	if got := calm.start(t, "backfill", "apply", plan).end(t); got.code != exitDone && got.code != exitFailed {
		t.Fatalf("undisturbed: exit code %d: %s", got.code, got.stderr)
	} else {
		t.Logf("undisturbed: %s", firstLine(got.stdout))
	}

	troubled := newOperator(t, registry, settings...)
	stand := newStand(t, troubled.dataDir)
	fleet := troubled
	fleet.env = append(slices.Clone(troubled.env), "DATABASE_URL="+stand.server.URL())
	plan = planBackfill(t, fleet, first, at)
	if got := fleet.call(t, "backfill", "apply", plan, "--detach"); got.code != exitDone {
		t.Fatalf("apply: exit code %d: %s", got.code, got.stderr)
	}
	crew := make([]*started, workers)
	hire := func(i int) { crew[i] = fleet.start(t, "serve", "--roles", "worker") }
	for i := range crew {
		hire(i)
	}
	dice := rand.New(rand.NewPCG(5, 8))
	for round := range rounds {
		time.Sleep(200*time.Millisecond + time.Duration(dice.Int64N(int64(1800*time.Millisecond))))
		if victim := dice.IntN(workers + 1); victim < workers {
			_ = crew[victim].cmd.Process.Kill() // it may have given up on the database just now
			<-crew[victim].done
			hire(victim)
			t.Logf("round %d: worker %d killed", round+1, victim)
		} else {
			stand.kill(t)
			t.Logf("round %d: Postgres killed", round+1)
		}
		for i := range crew { // one that gave up on the database is started again, as a supervisor would
			select {
			case <-crew[i].done:
				hire(i)
			default:
			}
		}
	}
	t.Logf("after %d rounds: %s", rounds, backfillState(t, stand.url(), plan))
	eventually(t, "the end of the backfill", func() bool {
		state := backfillState(t, stand.url(), plan)
		return strings.HasPrefix(state, "done")
	})
	for _, worker := range crew {
		_ = worker.cmd.Process.Signal(syscall.SIGTERM) // it may have ended for want of a database
		worker.end(t)
	}
	db := stand.open(t)
	if open := query(t, db, `
		select concat_ws(' ', job, scope, night, state, worker) from ops.intervals
		where state in ('planned', 'queued', 'running')`); len(open) > 0 {
		t.Errorf("intervals that nobody will end: %s", strings.Join(open, "; "))
	}
	if left := query(t, db, `select concat_ws(' ', run_id, job, scope) from ops.runs where state = 'running' and parent_run_id is not null`); len(left) > 0 {
		t.Errorf("runs that nobody will end: %s", strings.Join(left, "; "))
	}
	t.Log("deaths of workers that intervals saw: ", query(t, db, `select cast(sum(death_count) as text) from ops.intervals`))
	db.Close()
	stand.stop(t)
	// How many sitemaps a night's last attempt asked is no result: one that was
	// killed has asked them already.
	asked := []string{"channel_count", "readable_channel_count"}
	if diff := cmp.Diff(calm.tables(t, asked...), troubled.tables(t, asked...)); diff != "" {
		t.Errorf("tables (-undisturbed +chaos):\n%s", diff)
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// planBackfill plans the nights from first to last and gives the plan's number.
func planBackfill(t *testing.T, o operator, first, last string, flags ...string) string {
	t.Helper()
	got := o.call(t, append([]string{"backfill", "plan", "--from", first, "--to", last, "--json"}, flags...)...)
	if got.code != exitDone {
		t.Fatalf("plan: exit code %d: %s", got.code, got.stderr)
	}
	var plan struct {
		BackfillID int64 `json:"backfill_id"`
	}
	if err := json.Unmarshal([]byte(got.stdout), &plan); err != nil || plan.BackfillID == 0 {
		t.Fatalf("the plan has no number: %v\n%s", err, got.stdout)
	}
	return strconv.FormatInt(plan.BackfillID, 10)
}

// stand is a Postgres on an operator's folder that is kept alive by the test, as a
// supervisor of its own would, and can be killed.
type stand struct {
	dataDir string
	server  *warehouse.Server
}

func newStand(t *testing.T, dataDir string) *stand {
	t.Helper()
	server, err := warehouse.StartServer(t.Context(), slog.New(slog.DiscardHandler), dataDir, postmaster.WithSetting("max_connections", "200"))
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{dataDir: dataDir, server: server}
	t.Cleanup(func() { s.stop(t) })
	return s
}

func (s *stand) url() string { return s.server.URL() }

// kill ends Postgres without a word; its supervisor starts it again.
func (s *stand) kill(t *testing.T) {
	t.Helper()
	status, err := warehouse.InspectServer(s.dataDir)
	if err != nil || status.PID == 0 {
		return // it is being started
	}
	if process, err := os.FindProcess(status.PID); err == nil {
		_ = process.Kill()
	}
}

func (s *stand) stop(t *testing.T) {
	t.Helper()
	if s.server == nil {
		return
	}
	if err := s.server.Stop(t.Context()); err != nil && t.Context().Err() == nil {
		t.Errorf("stop Postgres: %v", err)
	}
	s.server = nil
}

func (s *stand) open(t *testing.T) *sqlx.DB {
	t.Helper()
	db, err := warehouse.Open(t.Context(), slog.New(slog.DiscardHandler), s.url())
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// backfillState is the state of a backfill with its intervals; empty while the
// database is away.
func backfillState(t *testing.T, url, plan string) string {
	t.Helper()
	db, err := sqlx.Connect("postgres", url)
	if err != nil {
		return ""
	}
	defer db.Close()
	var line string
	err = db.Get(&line, fmt.Sprintf(`
		select concat_ws(' ', b.state, (
			select string_agg(concat(i.state, ':', i.interval_count), ' ' order by i.state)
			from (
				select state, count(*) as interval_count from ops.intervals where backfill_id = %[1]s group by state
			) as i
		))
		from ops.backfills as b where b.backfill_id = %[1]s`, plan))
	if err != nil {
		return ""
	}
	return line
}
