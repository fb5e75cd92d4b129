package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/why"
)

// TestWhyOfTwoNights reads two nights of a press and asks of both why ranks moved.
func TestWhyOfTwoNights(t *testing.T) {
	t.Parallel()
	_, registry, at := world(t, press.Config{Seed: 23, Outlets: 8, Nights: 3, ArticlesPerOutletNight: 12})
	last, err := time.Parse(time.DateOnly, at)
	if err != nil {
		t.Fatal(err)
	}
	first := last.AddDate(0, 0, -1).Format(time.DateOnly)
	o := newOperator(t, registry)
	if got := o.call(t, "why"); got.code != exitFailed || !strings.Contains(got.stderr, "no night is published yet") {
		t.Errorf("before any night: exit code %d: %s", got.code, got.stderr)
	}
	for _, night := range []string{first, at} {
		if got := o.call(t, "nightly", "--night", night); got.code != exitDone {
			t.Fatalf("exit code %d: %s", got.code, got.stderr)
		}
	}

	got := o.call(t, "why")
	t.Log("\n" + got.stdout)
	if got.code != exitDone || !strings.Contains(got.stdout, " rose from ") || !strings.Contains(got.stdout, " fell from ") {
		t.Fatalf("exit code %d, want a riser and a faller:\n%s%s", got.code, got.stdout, got.stderr)
	}
	if tables := wantTablesThatAddUp(t, got.stdout); tables != 2 {
		t.Errorf("%d tables, want two", tables)
	}
	if !strings.Contains(got.stdout, "http://") || !strings.Contains(got.stdout, "Stories that moved it most") {
		t.Errorf("no story with its address:\n%s", got.stdout)
	}

	var moves []why.Move
	if got = o.call(t, "why", "--json", "--top", "2"); json.Unmarshal([]byte(got.stdout), &moves) != nil {
		t.Fatalf("exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
	fallers := slices.IndexFunc(moves, func(m why.Move) bool { return m.RankChange != nil && *m.RankChange < 0 })
	if fallers < 1 || fallers > 2 || len(moves) > fallers+2 {
		t.Fatalf("want at most two that rose, then at most two that fell:\n%s", got.stdout)
	}
	wantFurthest(t, o, moves[0], moves[fallers])
	for _, m := range moves {
		sum := 0.0
		for _, p := range m.Parts {
			sum += p.Contribution
		}
		if m.LogScoreChange == nil || math.Abs(sum-*m.LogScoreChange) >= 1e-9 {
			t.Errorf("%s: parts come to %g, the change is %v", m.CompanyID, sum, m.LogScoreChange)
		}
	}

	// By any name, on either night.
	for _, name := range []string{moves[0].CompanyID, strings.ToUpper(moves[0].Name)} {
		var m why.Move
		got := o.call(t, "why", name, "--json")
		if err := json.Unmarshal([]byte(got.stdout), &m); err != nil {
			t.Fatalf("%v: %s%s", err, got.stdout, got.stderr)
		}
		if diff := cmp.Diff(moves[0], m); diff != "" {
			t.Errorf("%s: -of all +by name:\n%s", name, diff)
		}
	}
	if got := o.call(t, "why", moves[0].CompanyID, "--night", first); got.code != exitDone || !strings.Contains(got.stdout, "the first night") {
		t.Errorf("the first night: exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"why", moves[0].CompanyID, "--night", "2020-01-01"}, exitFailed, "is not published"},
		{[]string{"why", "--night", "2020-01-01"}, exitFailed, "is not published"},
		{[]string{"why", "Huawey"}, exitUsage, `did you mean "Huawei"?`},
		{[]string{"why", "--top", "0"}, exitUsage, "at least 1"},
		{[]string{"why", "one", "two"}, exitUsage, "accepts at most 1 arg"},
	} {
		if got := o.call(t, c.args...); got.code != c.code || !strings.Contains(got.stderr, c.says) || got.stdout != "" {
			t.Errorf("%s: exit code %d, want %d and %q:\n%s%s", strings.Join(c.args, " "), got.code, c.code, c.says, got.stdout, got.stderr)
		}
	}
}

// wantFurthest holds the first riser and the first faller against the ranking.
func wantFurthest(t *testing.T, o operator, riser, faller why.Move) {
	t.Helper()
	o.database(t, func(db *sqlx.DB) {
		found := query(t, db, `
			select concat(max(x.rank_change), ' ', min(x.rank_change)) from marts.company_rank_changes as x
			where x.night = (select max(n.night) from marts.nights as n)`)
		if want := fmt.Sprintf("%d %d", *riser.RankChange, *faller.RankChange); found[0] != want {
			t.Errorf("furthest are %s, told are %s", found[0], want)
		}
	})
}

// wantTablesThatAddUp reads the tables as they are printed and adds them up: every
// row across, every column down. It returns how many there are.
func wantTablesThatAddUp(t *testing.T, text string) (tables int) {
	t.Helper()
	row := regexp.MustCompile(`^(.+?)((?:\s+(?:[+−]\d+\.\d{3}|0)){4})$`)
	var sums [4]int
	for line := range strings.Lines(text) {
		match := row.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if match == nil {
			continue
		}
		var effects [4]int
		for i, field := range strings.Fields(match[2]) {
			digits := strings.NewReplacer("−", "-", "+", "", ".", "").Replace(field)
			var err error
			if effects[i], err = strconv.Atoi(digits); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
		}
		if effects[0] != effects[1]+effects[2]+effects[3] {
			t.Errorf("a row does not add up: %s", line)
		}
		if strings.HasPrefix(line, "Together") {
			tables++
			if effects != sums {
				t.Errorf("columns come to %v: %s", sums, line)
			}
			sums = [4]int{}
			continue
		}
		for i := range sums {
			sums[i] += effects[i]
		}
	}
	return tables
}

func TestStandingOfACompanyInLines(t *testing.T) {
	t.Parallel()
	night := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	m := &why.Move{
		Night: ledger.Date{Time: night}, PreviousNight: &ledger.Date{Time: night.AddDate(0, 0, -1)}, Name: "BYD", State: why.StateNew,
		Rank: new(3), RankLow: new(2), RankHigh: new(7), Score: new(42.5),
		PanelCoverage: 0.714, IsDegraded: true, PreviousPanelCoverage: new(1.0),
	}
	var out bytes.Buffer
	writeMove(&out, m)
	want := `BYD is new at 3 on 2026-11-21: on 2026-11-20 it had no score.

  night     2026-11-21        before: 2026-11-20
  score     42.500            before: none
  rank      3 (90 %: 2–7)     before: none
  coverage  71.4 %, DEGRADED  before: 100.0 %
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
