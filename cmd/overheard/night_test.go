package main

import (
	"bufio"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// The tests of this file are the night as an operator meets it: the program as a
// process of its own, its own Postgres, and the synthetic press as the internet.

// asProgram makes the test binary be the program, so that it can be killed.
const asProgram = "OVERHEARD_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		if err := os.Unsetenv(asProgram); err != nil { // or it would be an unknown setting
			panic(err)
		}
		main()
	}
	// These tests wait for other processes most of the time: two at a time, as a
	// small machine would run them, take twice as long.
	flag.Parse()
	if at := flag.Lookup("test.parallel"); at.Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		_ = flag.Set("test.parallel", "6")
	}
	os.Exit(m.Run())
}

// operator is somebody with a data folder and a press to read.
type operator struct {
	dataDir string
	env     []string
}

// world starts a press, writes its registry and says which night is its last.
func world(t *testing.T, cfg press.Config) (p *press.Press, registry, night string) {
	t.Helper()
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Companies = press.CompaniesFrom(set)
	cfg.LastNight = ledger.LastFinishedNight(time.Now(), time.UTC)
	p, err = press.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go p.Serve(t.Context(), listener) //nolint:errcheck // ends with the test
	registry = t.TempDir()
	if err := outlets.Write(registry, p.Outlets(listener.Addr().(*net.TCPAddr).Port)); err != nil {
		t.Fatal(err)
	}
	return p, registry, cfg.LastNight.Format(time.DateOnly)
}

func newOperator(t *testing.T, registry string, settings ...string) operator {
	t.Helper()
	dir := warehousetest.DataDir(t)
	env := append(os.Environ(), asProgram+"=1", "OVERHEARD_DATA_DIR="+dir, "OVERHEARD_CRAWL_OUTLETS_DIR="+registry,
		"OVERHEARD_CRAWL_ALLOW_PRIVATE_NETWORKS=true", "OVERHEARD_CRAWL_HOST_GAP=5ms", "OVERHEARD_CRAWL_REQUEST_TIMEOUT=3s",
		"OVERHEARD_CRAWL_MAX_CRAWL_DELAY=1s")
	return operator{dataDir: dir, env: append(env, settings...)}
}

func (o operator) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = o.env
	return cmd
}

// call runs the program to its end.
func (o operator) call(t *testing.T, args ...string) result {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := o.command(t.Context(), args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// database opens the operator's private Postgres while no program runs.
func (o operator) database(t *testing.T, do func(db *sqlx.DB)) {
	t.Helper()
	lg := slog.New(slog.DiscardHandler)
	server, err := warehouse.StartServer(t.Context(), lg, o.dataDir)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop(context.WithoutCancel(t.Context())) //nolint:errcheck // the folder goes with the test
	db, err := warehouse.Open(t.Context(), lg, server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	do(db)
}

// tables sums up every table a ranking is made of and made in, without run ids
// and times, and without the columns besides: schema.table to row count and md5
// over the sorted rows.
func (o operator) tables(t *testing.T, besides ...string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	o.database(t, func(db *sqlx.DB) {
		var tables []string
		err := db.Select(&tables, `
			select n.nspname || '.' || c.relname
			from pg_class as c
			inner join pg_namespace as n on n.oid = c.relnamespace
			where n.nspname in ('seeds', 'staging', 'intermediate', 'marts') and c.relkind in ('r', 'p') and not c.relispartition`)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			var rows []string
			err := db.Select(&rows, `
				select line from (
					select cast(to_jsonb(t) - cast($1 as text[]) as text) as line from `+table+` as t
				) as l order by line collate "C"`,
				`{`+strings.Join(append([]string{"run_id", "first_seen_at", "fetched_at"}, besides...), ",")+timesOf(table)+`}`)
			if err != nil {
				t.Fatal(err)
			}
			sum := md5.Sum([]byte(strings.Join(rows, "\n")))
			sums[table] = fmt.Sprintf("%d rows, md5 %s", len(rows), hex.EncodeToString(sum[:]))
		}
	})
	return sums
}

// timesOf names the columns that say when a night was published; an article's
// published_at is content and counts.
func timesOf(table string) string {
	if strings.HasPrefix(table, "marts.") {
		return ",published_at,published_date,revision"
	}
	return ""
}

func TestANightFromOutletsToRanking(t *testing.T) {
	t.Parallel()
	tricks := press.AllTricks()
	tricks.Promotion, tricks.PagesOnly = 0, 0 // eight articles of an outlet show neither what recurs nor what their addresses share
	p, registry, at := world(t, press.Config{Seed: 7, Outlets: 24, Nights: 2, ArticlesPerOutletNight: 4, Tricks: tricks})
	o := newOperator(t, registry)
	if got := o.call(t, "nightly", "--night", dayBefore(t, at)); got.code != exitDone && got.code != exitFailed {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	first := o.call(t, "nightly", "--night", at, "--json")
	if first.code != exitDone && first.code != exitFailed { // hosts that are broken for good are counted failures
		t.Fatalf("exit code %d: %s", first.code, first.stderr)
	}
	var night struct {
		Run     ledger.Report
		Ranking []rankingRow
	}
	if err := json.Unmarshal([]byte(first.stdout), &night); err != nil {
		t.Fatalf("stdout is not one JSON value: %v\n%s", err, first.stdout)
	}
	if len(night.Ranking) < 10 || night.Ranking[0].Rank != 1 || night.Ranking[0].Attention == nil {
		t.Errorf("a ranking of %d companies: %+v", len(night.Ranking), night.Ranking)
	}
	before := o.tables(t)

	o.database(t, func(db *sqlx.DB) {
		rows, err := readRanking(t.Context(), db, day(t, at), 1000)
		if err != nil {
			t.Fatal(err)
		}
		found, err := readFound(t.Context(), db, rows)
		if err != nil {
			t.Fatal(err)
		}
		card := p.Score(found)
		if err := card.WriteText(t.Output()); err != nil {
			t.Fatal(err)
		}
		for name, floor := range map[string]struct{ got, least float64 }{
			"recall of articles":   {card.Recall, 0.97},
			"nights right":         {card.NightsRight, 0.97},
			"precision of stories": {card.DuplicatePrecision, 0.95},
			"recall of stories":    {card.DuplicateRecall, 0.85},
			"mention precision":    {card.MentionPrecision, 0.95},
			"mention recall":       {card.MentionRecall, 0.90},
			"rank agreement":       {card.KendallTau, 0.70},
		} {
			if floor.got < floor.least {
				t.Errorf("%s %.3f, want at least %.2f", name, floor.got, floor.least)
			}
		}
	})

	second := o.call(t, "nightly", "--night", at, "--json")
	if second.code != first.code && second.code != exitDone {
		t.Errorf("second run: exit code %d: %s", second.code, second.stderr)
	}
	if diff := cmp.Diff(before, o.tables(t)); diff != "" {
		t.Errorf("the second run changed something (-first +second):\n%s", diff)
	}
	list := o.call(t, "runs", "list", "--json")
	var rows []ledger.Row
	if err := json.Unmarshal([]byte(list.stdout), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 12 { // nightly, collect, build, publish, three times
		t.Errorf("%d runs in the ledger, want 12: %s", len(rows), list.stdout)
	}
}

// TestKillAtAnyMoment kills the program ten times, at random moments of each
// stage, and expects what an undisturbed night leaves.
func TestKillAtAnyMoment(t *testing.T) {
	t.Parallel()
	tricks := press.AllTricks()
	tricks.BrokenHosts, tricks.Throttling = 0, 0 // what they answer depends on how often they are asked
	_, registry, at := world(t, press.Config{Seed: 11, Outlets: 20, Nights: 2, ArticlesPerOutletNight: 8, Tricks: tricks})

	calm := newOperator(t, registry, "OVERHEARD_CRAWL_HOST_GAP=50ms")
	if got := calm.call(t, "nightly", "--night", at); got.code != exitDone && got.code != exitFailed {
		t.Fatalf("undisturbed: exit code %d: %s", got.code, got.stderr)
	}
	troubled := newOperator(t, registry, "OVERHEARD_CRAWL_HOST_GAP=50ms")
	dice := rand.New(rand.NewPCG(1, 2))
	for _, kill := range []struct {
		stage  string
		within time.Duration // of the stage's beginning
		times  int
	}{
		{"collect", time.Second, 6}, {"build", 200 * time.Millisecond, 2}, {"publish", 100 * time.Millisecond, 2},
	} {
		for range kill.times {
			after := time.Duration(dice.Int64N(int64(kill.within)))
			wasKilled := troubled.kill(t, kill.stage, after, "nightly", "--night", at)
			t.Logf("%s after %s: killed %t", kill.stage, after.Round(time.Millisecond), wasKilled)
		}
	}
	if got := troubled.call(t, "nightly", "--night", at); got.code != exitDone && got.code != exitFailed {
		t.Fatalf("after ten kills: exit code %d: %s", got.code, got.stderr)
	}
	if diff := cmp.Diff(calm.tables(t), troubled.tables(t)); diff != "" {
		t.Errorf("tables (-undisturbed +killed ten times):\n%s", diff)
	}
}

// kill runs the program and kills it some time after a stage began.
func (o operator) kill(t *testing.T, stage string, after time.Duration, args ...string) (wasKilled bool) {
	t.Helper()
	cmd := o.command(t.Context(), args...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		if strings.Contains(lines.Text(), `msg="run started" job=`+stage+" ") {
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
	}
	_ = cmd.Wait() // a killed process is what we want
	return cmd.ProcessState.ExitCode() == -1
}

// TestARefusedNightLeavesTheLastOne breaks a promise the checks watch over.
func TestARefusedNightLeavesTheLastOne(t *testing.T) {
	t.Parallel()
	_, registry, at := world(t, press.Config{Seed: 3, Outlets: 8, Nights: 2, ArticlesPerOutletNight: 4})
	o := newOperator(t, registry)
	if got := o.call(t, "nightly", "--night", at); got.code != exitDone {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	before := o.call(t, "ranking", "--json").stdout
	o.database(t, func(db *sqlx.DB) {
		// A URL that was discovered and has no outcome: somebody lost it.
		if _, err := db.Exec(`update ops.outlet_runs set discovered_count = discovered_count + 1`); err != nil {
			t.Fatal(err)
		}
	})
	got := o.call(t, "publish", "--night", at)
	if got.code != exitRefused {
		t.Errorf("exit code %d, want %d", got.code, exitRefused)
	}
	if !strings.Contains(got.stderr, "The ledger of a collect does not close") {
		t.Errorf("the refusal does not say which check: %s", got.stderr)
	}
	if after := o.call(t, "ranking", "--json").stdout; after != before {
		t.Errorf("the refused publish changed the ranking:\n%s", cmp.Diff(before, after))
	}
}

func day(t *testing.T, text string) time.Time {
	t.Helper()
	night, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return night
}

func dayBefore(t *testing.T, text string) string {
	t.Helper()
	return day(t, text).AddDate(0, 0, -1).Format(time.DateOnly)
}

// TestLateArticlesAreCounted adds outlets after two nights are published: what
// they wrote in the first belongs to it, and the second carries its sums.
func TestLateArticlesAreCounted(t *testing.T) {
	t.Parallel()
	_, registry, at := world(t, press.Config{Seed: 5, Outlets: 12, Nights: 2, ArticlesPerOutletNight: 3})
	all, err := outlets.Load(registry)
	if err != nil {
		t.Fatal(err)
	}
	early := t.TempDir()
	if err := outlets.Write(early, all[:len(all)/2]); err != nil {
		t.Fatal(err)
	}
	o := newOperator(t, early)
	for _, night := range []string{dayBefore(t, at), at} {
		if got := o.call(t, "nightly", "--night", night); got.code != exitDone {
			t.Fatalf("%s: exit code %d: %s", night, got.code, got.stderr)
		}
	}
	published := func() (counts, revisions map[string]int) {
		counts, revisions = map[string]int{}, map[string]int{}
		o.database(t, func(db *sqlx.DB) {
			var rows []struct {
				Night    ledger.Date
				Articles int `db:"article_count"`
				Stored   int
				Revision int
			}
			err := db.Select(&rows, `
				select n.night, n.article_count, n.revision, count(a.article_id) as stored
				from marts.nights as n left join staging.articles as a on a.night = n.night
				group by n.night`)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				if r.Articles != r.Stored {
					t.Errorf("%s: %d articles published, %d stored", r.Night, r.Articles, r.Stored)
				}
				counts[r.Night.String()], revisions[r.Night.String()] = r.Articles, r.Revision
			}
		})
		return counts, revisions
	}
	before, _ := published()

	o.env = append(o.env, "OVERHEARD_CRAWL_OUTLETS_DIR="+registry) // the last of its name counts
	if got := o.call(t, "nightly", "--night", at); got.code != exitDone {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	after, revisions := published()
	for _, night := range []string{dayBefore(t, at), at} {
		if after[night] <= before[night] || revisions[night] != 2 {
			t.Errorf("%s: %d articles, then %d in revision %d; want more of them in revision 2", night, before[night], after[night], revisions[night])
		}
	}
}
