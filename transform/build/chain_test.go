package build

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// rebuildReached builds a night and what of the later nights it reaches, and lists
// what it has built.
func rebuildReached(t *testing.T, b *Builder, nights []time.Time, late string) []string {
	t.Helper()
	chain := b.NewChain()
	var built []string
	var previous time.Time
	for _, night := range nights {
		if dateText(night) < late {
			previous = night
			continue
		}
		if dateText(night) == late || chain.Reaches(night, previous) {
			result, err := b.Build(t.Context(), 1, night)
			if err != nil {
				t.Fatal(err)
			}
			chain.Note(result)
			built = append(built, dateText(night))
		}
		previous = night
	}
	return built
}

func TestALateArticleReachesWhatRestsOnItRecorded(t *testing.T) {
	t.Parallel()
	warehousetest.SkipLong(t)
	db, nights := smallPress(t, 6)
	b := newBuilder(t, db)
	for _, night := range nights {
		mustBuild(t, b, dateText(night))
	}
	late := dateText(nights[1])
	before := digests(t, b, "")

	// An edit that changes nothing that is counted.
	run(t, db, "update staging.articles set title = 'Another', edited_at = now() where night = '"+late+"' and article_id = (select min(article_id) from staging.articles where night = '"+late+"')")
	if diff := cmp.Diff([]string{late}, rebuildReached(t, b, nights, late)); diff != "" {
		t.Errorf("nights built after an edit without consequence (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, digests(t, b, "")); diff != "" {
		t.Errorf("the edit changed (-before +after):\n%s", diff)
	}

	// A mention that came late: sums carry it on.
	run(t, db, `
		insert into staging.mentions
		select (jsonb_populate_record(m, '{"company_id": "c29"}')).*
		from staging.mentions as m where m.night = '`+late+`' and m.company_id <> 'c29' order by m.article_id limit 1`)
	var want []string
	for _, night := range nights[1:] {
		want = append(want, dateText(night))
	}
	if diff := cmp.Diff(want, rebuildReached(t, b, nights, late)); diff != "" {
		t.Errorf("nights built after a late mention (-want +got):\n%s", diff)
	}
	reached := digests(t, b, "")
	if cmp.Equal(before, reached) {
		t.Fatal("the late mention changed nothing")
	}
	for _, night := range nights {
		mustBuild(t, b, dateText(night))
	}
	if diff := cmp.Diff(digests(t, b, ""), reached); diff != "" {
		t.Errorf("what was reached is not what all nights anew come to (-anew +reached):\n%s", diff)
	}
}

func TestHowFarModelsLookBack(t *testing.T) {
	t.Parallel()
	b, err := New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]back{}
	for _, m := range b.intermediate {
		if back, looksBack := lookBack(m); looksBack {
			found[m.Table] = back
		}
	}
	for table, want := range map[string]struct {
		nights      int
		isToTheLast bool
	}{
		"staging.article_stories":                      {14, false},
		"intermediate.int_articles_deduplicated":       {14, false},
		"intermediate.int_furniture_found":             {31, false},
		"intermediate.int_outlet_company_sums_decayed": {0, true},
		"intermediate.int_nights_chained":              {-1, true}, // the last night, whichever it was
	} {
		if got := found[table]; got.nights != want.nights || got.isToTheLast != want.isToTheLast {
			t.Errorf("%s looks back %d nights (to the last one: %v), want %+v", table, got.nights, got.isToTheLast, want)
		}
	}
	for _, table := range []string{"intermediate.int_companies_counted", "intermediate.int_outlet_company_nights_summed"} {
		if _, looksBack := found[table]; looksBack {
			t.Errorf("%s is said to look back", table)
		}
	}
}

func TestAChangeReachesAsFarAsModelsLook(t *testing.T) {
	t.Parallel()
	chain := &Chain{backs: []back{
		{reads: map[string]bool{"week": true}, nights: 7},
		{reads: map[string]bool{"sums": true}, isToTheLast: true},
		{reads: map[string]bool{"ever": true}, nights: -1},
	}}
	for _, test := range []struct {
		name    string
		changed []string
		reached []int // nights after the change, of 1, 2, 7, 8 and 90
	}{
		{"nothing", nil, nil},
		{"a table nobody looks back into", []string{"own"}, nil},
		{"a window", []string{"own", "week"}, []int{1, 2, 7}},
		{"a chain", []string{"sums"}, []int{1}},
		{"all later nights", []string{"ever"}, []int{1, 2, 7, 8, 90}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &Chain{backs: chain.backs}
			night := date("2026-03-01")
			c.Note(Result{Night: night, Changed: test.changed})
			var got []int
			previous := night
			for _, after := range []int{1, 2, 7, 8, 90} {
				later := night.AddDate(0, 0, after)
				if c.Reaches(later, previous) {
					got = append(got, after)
				}
				previous = later
			}
			if !slices.Equal(got, test.reached) {
				t.Errorf("reached %v, want %v", got, test.reached)
			}
		})
	}
}
