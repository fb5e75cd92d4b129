package collect_test

import (
	"context"
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
)

// TestChangedNamesAreMatchedWhereTheyStand: only articles with a changed string are
// matched again, once, and a night read after the change needs nothing.
func TestChangedNamesAreMatchedWhereTheyStand(t *testing.T) {
	t.Parallel()
	st := newStand(t, newScript(0), nil)
	for i := range 9 {
		st.script.announce("gazette", fmt.Sprintf("http://gazette.example/%d", i), page{body: []string{"acme|", "beta|", "gamma|"}[i%3]})
	}
	st.collect()
	st.built()
	change := func(alias, at string) {
		t.Helper()
		_, err := st.db.Exec(`insert into ops.alias_changes (changed_at, company_id, alias, change) values (cast($2 as timestamptz), 'acme', $1, 'changed')`, alias, at)
		if err != nil {
			t.Fatal(err)
		}
	}
	pending := func() map[string]int64 {
		t.Helper()
		return st.do("rematch", 0, func(ctx context.Context, run *ledger.Run) error {
			return st.c.RematchPending(ctx, run, testNight.AddDate(0, 0, -1), testNight)
		})
	}
	want := func(what string, got map[string]int64, nights, examined, rematched, changed int64) {
		t.Helper()
		have := []int64{got["nights_rematched"], got["examined"], got["rematched"], got["mention_changed"] + got["mention_added"] + got["mention_removed"]}
		if diff := gocmp.Diff([]int64{nights, examined, rematched, changed}, have); diff != "" {
			t.Errorf("%s: nights, articles examined and matched again, mentions changed (-want +got):\n%s", what, diff)
		}
	}

	change("beta", "2001-01-01")
	want("changed before the articles were read", pending(), 0, 0, 0, 0)
	change("Acme", "2099-01-01")
	change("nobody", "2099-01-01")
	st.script.rename = map[string]string{"acme": "delta", "beta": "epsilon"}
	want("a changed name", pending(), 1, 9, 3, 6) // each loses one company and gains another
	st.want("companies", []string{"beta 3", "delta 3", "gamma 3"}, `select concat_ws(' ', company_id, count(*)) from staging.mentions group by company_id order by 1`)
	st.want("stale nights", []string{testNight.Format("2006-01-02")}, changedNights)
	want("done already", pending(), 0, 0, 0, 0)
	change("beta", "2099-01-02")
	if nights, err := collect.PendingNights(t.Context(), st.db, testNight, testNight); err != nil || len(nights) != 1 || nights[0].ChangeCount != 1 || nights[0].Articles != 9 {
		t.Errorf("pending %+v, %v, want one night of 9 articles with one change", nights, err)
	}
	want("the next change", pending(), 1, 9, 3, 6)
}
