package build

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	process "os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
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

var rebuildURL = flag.String("rebuild-url", "", "database of TestARebuildToBeKilled, which other tests start")

// killRebuild starts a rebuild of all nights in a process of its own, and kills it
// when that many steps are noted as done.
func killRebuild(t *testing.T, db *sqlx.DB, after int) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other := process.CommandContext(t.Context(), program, "-test.run", "^TestARebuildToBeKilled$", "-rebuild-url", warehousetest.URL(t, db, ""))
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	for count := 0; count < after; time.Sleep(20 * time.Millisecond) {
		if err := db.Get(&count, "select count(*) from ops.rebuild_steps"); err != nil {
			t.Fatal(err)
		}
		if other.ProcessState != nil {
			t.Fatal("the other process ended by itself")
		}
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var died *process.ExitError
	if err := other.Wait(); !errors.As(err, &died) {
		t.Fatalf("the other process was not killed, it ended before: %v", err)
	}
}

func TestARebuildToBeKilled(t *testing.T) {
	if *rebuildURL == "" {
		t.Skip("other tests start it")
	}
	db, err := warehouse.Open(t.Context(), slog.New(slog.DiscardHandler), *rebuildURL)
	if err != nil {
		t.Fatal(err)
	}
	b := newBuilder(t, db)
	nights, err := b.NightsToRebuild(t.Context(), date("2026-12-29"), date("2027-01-05"))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Rebuild(t.Context(), 1, nights, 3, nil); err != nil {
		t.Fatal(err)
	}
}

func TestARebuildMakesWhatBuildsInOrderMakeGoesOn(t *testing.T) {
	t.Parallel()
	warehousetest.SkipLong(t)
	const count = 8
	want, wantAgain := buildInOrder(t, count)
	db, nights := smallPress(t, count)
	b := newBuilder(t, db)

	// Cut off twice, in the middle of steps, by its caller and by kill -9; then it
	// goes on.
	ctx, cut := context.WithCancel(t.Context())
	err := b.Rebuild(ctx, 1, nights, 3, func(p RebuildProgress) {
		if p.StepsDone == 40 {
			cut()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("a rebuild that was cut off: %v", err)
	}
	killRebuild(t, db, 90)
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
