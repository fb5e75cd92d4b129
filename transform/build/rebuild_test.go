package build

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// smallPress is the press of the benchmark at a hundredth of its size, nights of it
// in a row, one of them missing. Numbers of companies are not left to chance.
func smallPress(t *testing.T, count int) (*sqlx.DB, []time.Time) {
	t.Helper()
	db := newDB(t, strings.NewReplacer("generate_series(1, 300)", "generate_series(1, 30)", "generate_series(1, 1000)", "generate_series(1, 40)").Replace(bulk))
	fill := strings.NewReplacer(
		"generate_series(1, 200000)", "generate_series(1, 1000)", "mod(i * 31 + i / 1000, 1000)", "mod(i * 31 + i / 1000, 40)",
		"299 * power(random(), 3)", "29 * power(mod(a.article_id, 97) / 97.0, 3)", "mod(i, 20000)", "mod(i, 100)",
	).Replace(bulkNight)
	var nights []time.Time
	for i := range count {
		night := date("2026-12-29").AddDate(0, 0, i) // over the end of a quarter
		if i == 3 {
			continue // nothing was read
		}
		run(t, db, fmt.Sprintf(fill, dateText(night), i+1, dateText(night), dateText(night)))
		nights = append(nights, night)
	}
	return db, nights
}

// buildInOrder builds whole nights one after the other: first where nothing stands,
// then over what stands. Of a quarter that stands nothing is frozen anew.
func buildInOrder(t *testing.T, nights int) (first, again map[string]string) {
	t.Helper()
	db, list := smallPress(t, nights)
	b := newBuilder(t, db)
	for _, night := range list {
		mustBuild(t, b, dateText(night))
	}
	first = digests(t, b, "")
	for _, night := range list {
		mustBuild(t, b, dateText(night))
	}
	return first, digests(t, b, "")
}

func TestARebuildMakesWhatBuildsInOrderMakeGoesOn(t *testing.T) {
	t.Parallel()
	warehousetest.SkipLong(t)
	const count = 8
	want, wantAgain := buildInOrder(t, count)
	db, nights := smallPress(t, count)
	b := newBuilder(t, db)

	// Cut off twice, in the middle of steps; then it goes on.
	for _, cutAt := range []int{40, 90} {
		ctx, cut := context.WithCancel(t.Context())
		var last RebuildProgress
		err := b.Rebuild(ctx, 1, nights, 3, func(p RebuildProgress) {
			if last = p; p.StepsDone == cutAt {
				cut()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("a rebuild that was cut off after %d steps: %v", last.StepsDone, err)
		}
		if last.NightsDone == len(nights) {
			t.Fatal("the rebuild was over before it was cut off")
		}
	}
	unfinished, err := b.UnfinishedNights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(unfinished) == 0 {
		t.Fatal("no night is noted as unfinished")
	}
	if _, err := b.Publish(t.Context(), 2, unfinished[0], publishedAt); err == nil || !strings.Contains(err.Error(), "night_is_half_rebuilt") {
		t.Errorf("a night that is half rebuilt was published: %v", err)
	}
	var last RebuildProgress
	resumed := 0
	err = b.Rebuild(t.Context(), 1, nights, 3, func(p RebuildProgress) {
		if last = p; p.IsResumed {
			resumed++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if resumed == 0 || last.StepsDone != last.StepCount || last.NightsDone != last.NightCount {
		t.Errorf("the rebuild did not go on where it stopped: %d steps kept, %+v", resumed, last)
	}
	if diff := cmp.Diff(want, digests(t, b, "")); diff != "" {
		t.Errorf("rebuilt in parts (-in order +rebuilt):\n%s", diff)
	}

	// Over what stands, with other numbers of workers.
	for _, workers := range []int{1, 4} {
		if err := b.Rebuild(t.Context(), 1, nights, workers, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wantAgain, digests(t, b, "")); diff != "" {
			t.Errorf("rebuilt by %d workers (-in order +rebuilt):\n%s", workers, diff)
		}
	}
	var left int
	if err := db.Get(&left, "select (select count(*) from ops.rebuild_nights) + (select count(*) from ops.rebuild_steps)"); err != nil || left != 0 {
		t.Errorf("%d notes of the rebuild are left (%v)", left, err)
	}
}
