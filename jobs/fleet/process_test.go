package fleet_test

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/fleet"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/queue"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/postmaster"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// Workers that are processes of their own: this test binary, run again with the
// address of the database in its environment.

const (
	workerVariable    = "OVERHEARD_TEST_FLEET_URL"
	schedulerVariable = "OVERHEARD_TEST_SCHEDULER_URL"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(schedulerVariable); url != "" {
		scheduleAsProcess(url)
		return
	}
	if url := os.Getenv(workerVariable); url != "" {
		workAsProcess(url)
		return
	}
	os.Exit(m.Run())
}

const (
	processRescue = 5 * time.Second
	fastNights    = 50
)

// scheduleAsProcess says again and again that each of the nights is due, until it
// is killed.
func scheduleAsProcess(url string) {
	ctx := context.Background()
	lg := slog.New(slog.NewTextHandler(os.Stderr, nil))
	db, err := warehouse.Open(ctx, lg, url)
	if err != nil {
		panic(err)
	}
	q, err := queue.Open(ctx, lg, url)
	if err != nil {
		panic(err)
	}
	l := ledger.New(lg, db, time.Now)
	f := fleet.New(lg, db, l, q, fleet.Config{RescueAfter: processRescue, ReconcileEvery: 500 * time.Millisecond, LostAfter: 3 * time.Second}, nil)
	go func() { _ = f.Reconcile(ctx) }()
	for d := 0; ; d = (d + 1) % fastNights {
		if _, err := l.Plan(ctx, nil, asSchedule, []ledger.Key{{Job: "nightly", Night: night(1).AddDate(0, 0, d)}}); err != nil {
			panic(err)
		}
		if err := f.Dispatch(ctx); err != nil {
			panic(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// workAsProcess works until it is killed. Each interval leaves a row of what was
// done, whose key says if it was done twice.
func workAsProcess(url string) {
	ctx := context.Background()
	lg := slog.New(slog.NewTextHandler(os.Stderr, nil))
	db, err := warehouse.Open(ctx, lg, url)
	if err != nil {
		panic(err)
	}
	q, err := queue.Open(ctx, lg, url)
	if err != nil {
		panic(err)
	}
	do := func(ctx context.Context, iv ledger.Interval, run *ledger.Run) error {
		select {
		case <-time.After(workTime(iv.Job)):
		case <-ctx.Done():
			return ctx.Err()
		}
		_, err := db.ExecContext(ctx, `insert into public.work_done (run_id, scope, night) values ($1, $2, $3)`, run.ID, iv.Scope, iv.Night.String())
		return err
	}
	f := fleet.New(lg, db, ledger.New(lg, db, time.Now), q, fleet.Config{
		RescueAfter: processRescue, ReconcileEvery: 500 * time.Millisecond, LostAfter: 3 * time.Second,
		Rules: map[string]fleet.Rule{"backfill": {Tries: 10, Wait: time.Second}},
	}, map[string]fleet.Handler{"nightly": do, "backfill": do})
	go func() { _ = f.Reconcile(ctx) }()
	if err := f.Work(ctx); err != nil {
		panic(err)
	}
}

// workTime is how long a process is at an interval.
func workTime(job string) time.Duration {
	if job == "nightly" {
		return 10 * time.Millisecond
	}
	return 100 * time.Millisecond
}

// hire starts a worker process.
func hire(t *testing.T, url string) *exec.Cmd {
	t.Helper()
	return start(t, workerVariable, url)
}

// start starts a process of the kind that variable says.
func start(t *testing.T, variable, url string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), variable+"="+url)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fire(cmd) })
	return cmd
}

// fire kills a worker process as nothing else does: at once.
func fire(cmd *exec.Cmd) {
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

const workDone = `create table public.work_done (run_id bigint, scope text, night date)`

// wantAllDone holds the ledger against the work: what is done was done by the run
// that the ledger has, and nothing is left in between.
func wantAllDone(t *testing.T, s *site, count int) {
	t.Helper()
	if diff := cmp.Diff(map[string]int{"done": count}, s.states("backfill")); diff != "" {
		t.Errorf("intervals (-want +got):\n%s", diff)
	}
	var missing, open int
	if err := s.db.Get(&missing, `
		select count(*) from ops.intervals as i
		where not exists (select 1 from public.work_done as w where w.run_id = i.run_id and w.scope = i.scope and w.night = i.night)`); err != nil || missing > 0 {
		t.Errorf("%d intervals are done of whose run there is no work (%v)", missing, err)
	}
	eventually(t, "no run to be open", func() bool {
		return s.db.Get(&open, `select count(*) from ops.runs where state = 'running'`) == nil && open == 0
	})
}

// TestSchedulersAndWorkersDoEachNightOnce has two schedulers and three workers, each
// a process, for 50 fast nights; one scheduler is killed on the way.
func TestSchedulersAndWorkersDoEachNightOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.db.MustExec(workDone)
	for range 3 {
		hire(t, s.url)
	}
	start(t, schedulerVariable, s.url)
	victim := start(t, schedulerVariable, s.url)
	eventually(t, "some nights to be done", func() bool { return s.states("nightly")["done"] >= 10 })
	if got := s.states("nightly")["done"]; got >= fastNights {
		t.Fatalf("%d nights are done before a scheduler could be killed", got)
	}
	fire(victim)
	eventually(t, "all nights to be done", func() bool { return s.states("nightly")["done"] == fastNights })
	var got struct{ Intervals, Runs, Work, Nights, Workers int }
	err := s.db.Get(&got, `
		select
			(select count(*) from ops.intervals where state = 'done' and attempt_count = 1 and death_count = 0) as intervals,
			(select count(*) from ops.runs where state = 'done') as runs,
			(select count(*) from public.work_done) as work,
			(select count(distinct night) from public.work_done) as nights,
			(select count(distinct process_id) from ops.runs) as workers`)
	if err != nil {
		t.Fatal(err)
	}
	if got.Intervals != fastNights || got.Runs != fastNights || got.Work != fastNights || got.Nights != fastNights {
		t.Errorf("%+v, want %d of each", got, fastNights)
	}
	t.Logf("%d of 3 worker processes had a part in it", got.Workers)
}

// TestKilledWorkersLoseNothing kills one worker process after the other.
func TestKilledWorkersLoseNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.db.MustExec(workDone)
	const count = 200
	s.backfill(t, 1, 12, count)
	crew := []*exec.Cmd{hire(t, s.url), hire(t, s.url), hire(t, s.url)}
	for round := range 4 {
		before := s.states("backfill")["done"]
		eventually(t, "work to go on", func() bool { return s.states("backfill")["done"] >= min(before+10, count) })
		i := round % len(crew)
		fire(crew[i])
		crew[i] = hire(t, s.url)
	}
	killed := time.Now()
	eventually(t, "all to be done", func() bool { return s.states("backfill")["done"] == count })
	if took := time.Since(killed); took > processRescue+45*time.Second {
		t.Errorf("the last orphan was done %s after its worker's death", took)
	}
	wantAllDone(t, s, count)
}

// TestAKilledPostgresLosesNothing kills the server under three workers.
func TestAKilledPostgresLosesNothing(t *testing.T) {
	t.Parallel()
	lg := slog.New(slog.NewTextHandler(t.Output(), nil))
	server, err := warehouse.StartServer(t.Context(), lg, warehousetest.DataDir(t), postmaster.WithBinDir(os.Getenv("PG_BINDIR")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	db, err := warehouse.Open(t.Context(), lg, server.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := warehouse.Migrate(t.Context(), lg, db); err != nil {
		t.Fatal(err)
	}
	if err := queue.Migrate(t.Context(), lg, server.URL()); err != nil {
		t.Fatal(err)
	}
	s := &site{db: db, url: server.URL(), lg: lg, ledger: ledger.New(lg, db, time.Now)}
	db.MustExec(workDone)
	const count = 150
	s.backfill(t, 1, 12, count)
	for range 3 {
		hire(t, s.url)
	}
	for range 2 {
		before := s.states("backfill")["done"]
		eventually(t, "work to go on", func() bool { return s.states("backfill")["done"] >= min(before+20, count) })
		kill(t, db)
	}
	eventually(t, "all to be done", func() bool { return s.states("backfill")["done"] == count })
	wantAllDone(t, s, count)
}

// kill ends the postmaster behind db without a word.
func kill(t *testing.T, db *sqlx.DB) {
	t.Helper()
	var folder string
	if err := db.Get(&folder, `show data_directory`); err != nil {
		t.Fatal(err)
	}
	pid, err := postmasterPID(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// postmasterPID reads whom to kill.
func postmasterPID(folder string) (int, error) {
	text, err := os.ReadFile(filepath.Join(folder, "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(first)
}
