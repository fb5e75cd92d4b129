package backfill_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/jobs/backfill"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

const itemRows = `
	select concat_ws(' ', job, scope, night, source, request_count, article_count, '(' || reason || ')')
	from ops.backfill_items order by job, night desc, scope`

// TestPlanDecidesOnASourceForEveryOutletAndNight gives one night to each case.
func TestPlanDecidesOnASourceForEveryOutletAndNight(t *testing.T) {
	t.Parallel()
	only := func(change func(*backfill.Request)) backfill.Request {
		return request(1, func(r *backfill.Request) { r.Steps = []string{"read", "match"}; change(r) })
	}
	tests := []struct {
		name  string
		given func(w *world)
		req   backfill.Request
		want  []string
	}{
		{"a sitemap is searched, with the outlet's usual night and its channels", nil,
			only(func(r *backfill.Request) { r.Outlets = []string{"gb-post"} }),
			[]string{"backfill gb-post 2026-03-20 live 27 20 (its sitemaps are searched for the night)"}},
		{"feeds alone hold the last day, which is a collect's", nil,
			only(func(r *backfill.Request) { r.Outlets = []string{"de-post"} }),
			[]string{"backfill de-post 2026-03-20 none 0 0 (its feeds still reach back to it, which a collect reads and a backfill does not, no page of it was kept, no imported file has it)"}},
		{"addresses that wait are read, though there are feeds only", func(w *world) { w.waiting("de-post", "2026-03-20", 4) },
			only(func(r *backfill.Request) { r.Outlets = []string{"de-post"} }),
			[]string{"backfill de-post 2026-03-20 live 5 3 (4 addresses of the night wait)"}},
		{"pages of our own come first", func(w *world) {
			w.waiting("gb-post", "2026-03-20", 4)
			w.kept("own", "gb-post", "2026-03-20", 7)
			w.kept("import", "gb-post", "2026-03-20", 9)
		}, only(func(r *backfill.Request) { r.Outlets = []string{"gb-post"} }),
			[]string{"backfill gb-post 2026-03-20 archive 0 7 (4 of its addresses wait as well; --source live reads them)"}},
		{"imported pages come before the outlet", func(w *world) { w.kept("import", "gb-post", "2026-03-20", 9) },
			only(func(r *backfill.Request) { r.Outlets = []string{"gb-post"} }),
			[]string{"backfill gb-post 2026-03-20 warc 0 9"}},
		{"only the sources that are asked for", func(w *world) { w.kept("own", "gb-post", "2026-03-20", 7) },
			only(func(r *backfill.Request) { r.Outlets, r.Sources = []string{"gb-post"}, []string{"warc"} }),
			[]string{"backfill gb-post 2026-03-20 none 0 0 (no imported file has it)"}},
		{"what is stored is matched where nothing can be read", func(w *world) { w.articles("de-post", "2026-03-20", 3) },
			only(func(r *backfill.Request) { r.Outlets = []string{"de-post"} }),
			[]string{"backfill de-post 2026-03-20 stored 0 3 (nothing more of it can be read; what is stored is matched again)"}},
		{"matching alone reads nothing", func(w *world) {
			w.articles("gb-post", "2026-03-20", 3)
			w.kept("own", "gb-post", "2026-03-20", 7)
		}, only(func(r *backfill.Request) {
			r.Outlets, r.Steps = []string{"gb-post", "fr-post"}, []string{"match"}
		}),
			[]string{"backfill fr-post 2026-03-20 none 0 0 (no article of the night is stored)", "backfill gb-post 2026-03-20 stored 0 3"}},
		{"building alone works on nights, the later ones that are built too", func(w *world) {
			w.articles("gb-post", "2026-03-18", 3)
			for _, night := range []string{"2026-03-17", "2026-03-18", "2026-03-20"} {
				warehousetest.Insert(w.db, "intermediate.int_constants_pivoted", `select cast($1 as date) as night`, night)
			}
		}, backfill.Request{From: date("2026-03-18"), To: date("2026-03-19"), Steps: []string{"build"}},
			[]string{
				"rebuild 2026-03-20 sql 0 0 (built before, and its sums carry the nights before it)",
				"rebuild 2026-03-18 sql 0 0",
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.months()
			if tt.given != nil {
				tt.given(w)
			}
			w.plan(tt.req)
			w.want("items", rows(itemRows), tt.want...)
		})
	}
}

// rows drops the empty scope of a night.
func rows(sql string) string {
	return `select replace(line, '  ', ' ') from (` + sql + `) as l (line)`
}

func date(text string) ledger.Date {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return ledger.Date{Time: at}
}

func TestPlanRefusesWhatCannotBeMeant(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	tests := []struct {
		name   string
		change func(*backfill.Request)
		says   string
	}{
		{"no dates", func(r *backfill.Request) { *r = backfill.Request{} }, "--from and --to"},
		{"dates the wrong way round", func(r *backfill.Request) { r.From, r.To = r.To, r.From }, "exchange --from and --to"},
		{"a night that is not over", func(r *backfill.Request) { r.To = date("2026-03-21") }, "the last finished night is 2026-03-20"},
		{"a mistyped year", func(r *backfill.Request) { r.From = date("1926-03-01") }, "at most 3660"},
		{"an outlet that is not there", func(r *backfill.Request) { r.Outlets = []string{"gb-pots"} }, `there is no outlet "gb-pots"; did you mean "gb-post"?`},
		{"a filter that is none", func(r *backfill.Request) { r.Outlets = []string{"land:GB"} }, "there are country:GB, language:en and tier:1"},
		{"a filter that holds for none", func(r *backfill.Request) { r.Outlets = []string{"country:US"} }, "no outlet is country:US"},
		{"a source that is none", func(r *backfill.Request) { r.Sources = []string{"tape"} }, `"tape" is no source; there are live, archive, warc`},
		{"a step that is none", func(r *backfill.Request) { r.Steps = []string{"publish"} }, `"publish" is no step; there are read, match, build`},
		{"a window of nothing", func(r *backfill.Request) { r.Window = -1 }, "take 1 or more"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := w.b.Plan(t.Context(), request(2, tt.change), "test")
			wantError(t, err, tt.says)
			var bad *backfill.RequestError
			if !errors.As(err, &bad) {
				t.Errorf("%T, want a RequestError", err)
			}
		})
	}
	t.Cleanup(func() {
		var count int
		if err := w.db.Get(&count, `select count(*) from ops.backfills`); err != nil || count != 0 {
			t.Errorf("%d plans were written, %v", count, err)
		}
	})
}

func TestPlanChoosesOutlets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	tests := []struct {
		wanted []string
		want   []string
	}{
		{nil, []string{"de-post", "fr-post", "gb-post", "it-post"}},
		{[]string{"it-post", "gb-post"}, []string{"gb-post", "it-post"}},
		{[]string{"country:gb", "country:FR"}, []string{"fr-post", "gb-post"}},
		{[]string{"tier:1", "language:fr"}, []string{"fr-post"}},
		{[]string{"tier:3", "de-post"}, []string{"de-post", "it-post"}},
	}
	for _, tt := range tests {
		plan := w.plan(request(1, func(r *backfill.Request) { r.Outlets, r.Steps = tt.wanted, []string{"read"} }))
		w.want("outlets", fmt.Sprintf(`select scope from ops.backfill_items where backfill_id = %d order by scope`, plan.BackfillID), tt.want...)
	}
}

// TestEstimatesLearnFromWhatWasDone plans the same twice, before and after.
func TestEstimatesLearnFromWhatWasDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.months()
	req := request(3, func(r *backfill.Request) { r.Outlets, r.Steps = []string{"gb-post"}, []string{"read"} })
	first := w.plan(req)
	if got := first.Estimate.WorkSeconds; got != float64(first.RequestCount) {
		t.Errorf("%v s for %d requests, want the gap of a second each", got, first.RequestCount)
	}
	w.apply(first.BackfillID)
	w.work()
	w.exec(`update ops.backfill_items set actual_duration = interval '6 seconds', actual_request_count = 3, actual_article_count = 2 where state = 'done'`)
	second := w.plan(req)
	if second.Estimate.WorkSeconds != 2*float64(second.RequestCount) {
		t.Errorf("%v s for %d requests, want the two seconds each that they took", second.Estimate.WorkSeconds, second.RequestCount)
	}
	if second.RequestCount <= first.RequestCount {
		t.Errorf("%d requests, want more than %d: three requests gave two articles", second.RequestCount, first.RequestCount)
	}
	want := []string{
		"requests: of 3 outlet-nights 0 have addresses that wait, the others are taken as the outlet's usual night",
		"live: 2 s a request, measured over 3 intervals of the last backfills",
	}
	if diff := cmp.Diff(want, second.Basis); diff != "" {
		t.Errorf("basis (-want +got):\n%s", diff)
	}
}
