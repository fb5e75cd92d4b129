package build

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnOutletReadInPartIsTold(t *testing.T) {
	t.Parallel()
	// The feed of a has 20 articles and its sitemap 20, of which 5 are the same:
	// 21 * 21 / 6 - 1 = 73 published, 35 stored. Of b both announce the same.
	b := newBuilder(t, newDB(t, `
		select given.outlet('a', 'a'), given.outlet('b', 'b');
		select
			given.article('2026-11-20', 'a', i, concat('a', i)),
			given.announced(i, i <= 20, i > 15)
		from generate_series(1, 35) as i;
		select
			given.article('2026-11-20', 'b', i, concat('b', i)),
			given.announced(i, true, true)
		from generate_series(101, 120) as i`))
	result, err := b.Build(t.Context(), 1, date("2026-11-20"))
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, w := range result.Warnings() {
		counts[w.Name] = w.OffendingCount
	}
	if diff := cmp.Diff(1, counts["outlet_is_read_in_part"]); diff != "" {
		t.Errorf("offending outlets (-want +got):\n%s", diff)
	}
}
