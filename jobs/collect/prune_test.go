package collect_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/overheard-news/overheard/crawlers/archive"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
)

// pruned is a stand whose archive keeps pages for three days.
func pruned(t *testing.T, s *script, dir string) *stand {
	t.Helper()
	return newStand(t, s, func(c *collect.Config) { c.Archive = openArchive(t, dir) })
}

func openArchive(t *testing.T, dir string) *archive.Archive {
	t.Helper()
	a, err := archive.Open(slog.New(slog.NewTextHandler(t.Output(), nil)), archive.Config{Dir: dir, Retention: 72 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// onlyFile is the one file of an archive.
func onlyFile(t *testing.T, dir string) string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v; want one file", files, err)
	}
	return files[0].Name()
}

// aged gives the one file of an archive the name of an old one.
func (st *stand) aged(dir string) string {
	st.t.Helper()
	young := onlyFile(st.t, dir)
	_, rest, _ := strings.Cut(young, "-")
	old := "20260301T120000Z-" + rest
	if err := os.Rename(filepath.Join(dir, young), filepath.Join(dir, old)); err != nil {
		st.t.Fatal(err)
	}
	st.exec(`update ops.archive_files set name = $1 where name = $2`, old, young)
	return old
}

func (st *stand) exec(query string, args ...any) {
	st.t.Helper()
	if _, err := st.db.Exec(query, args...); err != nil {
		st.t.Fatal(err)
	}
}

const pagesByFile = `
	select concat_ws(' ', f.name, count(r.position))
	from ops.archive_files as f
	full join ops.archive_records as r on r.file_id = f.file_id
	group by f.name order by 1`

func TestPruneRemovesWhatIsOverAndWhatIsGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	st := pruned(t, newScript(3), dir)
	st.collect()
	old := st.aged(dir)
	// Another process collects, into a file of its own.
	st.script.announce("gazette", "http://gazette.example/young", page{body: "acme"})
	second := newCollector(t, st.db, st.script, func(c *collect.Config) { c.Archive = openArchive(t, dir) })
	st.do("collect", 0, func(ctx context.Context, run *ledger.Run) error { return second.Collect(ctx, run, false) })
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	// Files that are no longer there: of this machine, of another, and one just begun.
	st.exec(`
		insert into ops.archive_files (name, kind, host, opened_at) values
			('gone', 'own', $1, cast($2 as timestamptz) - interval '2 days'),
			('elsewhere', 'own', 'another machine', cast($2 as timestamptz) - interval '2 days'),
			('fresh', 'own', $1, $2), ('/imported.warc.gz', 'import', $1, cast($2 as timestamptz) - interval '2 days')`, host, testNow)
	st.exec(`
		insert into ops.archive_records (fetched_on, url_hash, fetched_at, file_id, position, byte_count, url, outlet_id, http_status)
		select '2026-03-10', 1, $1, f.file_id, p, 1, 'http://gazette.example/x', 'gazette', 200
		from ops.archive_files as f, generate_series(1, 2) as p
		where f.name in ('gone', 'elsewhere', 'fresh', '/imported.warc.gz')`, testNow)
	var young string
	for _, name := range st.lines(`select name from ops.archive_files where name like '2%'`) {
		if name != old {
			young = name
		}
	}
	st.want("before", []string{"/imported.warc.gz 2", old + " 6", young + " 1", "elsewhere 2", "fresh 2", "gone 2"}, pagesByFile)

	counts := st.do("prune", 0, func(ctx context.Context, run *ledger.Run) error { return st.c.PruneArchive(ctx, run) })
	if counts["files"] != 1 || counts["pages"] != 8 || counts["bytes"] == 0 {
		t.Errorf("%v, want one file, its 6 pages and the 2 of the file that is gone", counts)
	}
	st.want("after", []string{"/imported.warc.gz 2", young + " 1", "elsewhere 2", "fresh 2"}, pagesByFile)
	if got := onlyFile(t, dir); got != young {
		t.Errorf("%s is left, want %s", got, young)
	}
	again := st.do("prune", 0, func(ctx context.Context, run *ledger.Run) error { return st.c.PruneArchive(ctx, run) })
	if again["files"] != 0 || again["pages"] != 0 {
		t.Errorf("once more: %v, want nothing", again)
	}

	// Nobody knows what a folder that is not mounted would hold.
	if err := os.Remove(filepath.Join(dir, young)); err != nil {
		t.Fatal(err)
	}
	st.exec(`update ops.archive_files set opened_at = opened_at - interval '2 days'`)
	st.do("prune", 0, func(ctx context.Context, run *ledger.Run) error { return st.c.PruneArchive(ctx, run) })
	st.want("with an empty folder", []string{"/imported.warc.gz 2", young + " 1", "elsewhere 2", "fresh 2"}, pagesByFile)
}

// TestAPagePrunedBeforeItIsRead: the index had it when the night was planned.
func TestAPagePrunedBeforeItIsRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	st := pruned(t, newScript(3), dir)
	st.collect()
	read := func(want string) map[string]int64 {
		return st.do("backfill", 7, func(ctx context.Context, run *ledger.Run) error {
			var gap *ledger.GapError
			err := st.c.ReadArchived(ctx, run, "gazette", testNight)
			if !errors.As(err, &gap) || !strings.Contains(gap.Reason, want) {
				t.Errorf("%v, want a gap that says %q", err, want)
			}
			return nil
		})
	}
	name := filepath.Join(dir, onlyFile(t, dir))
	if err := os.WriteFile(name, []byte("\x1f\x8b but no gzip"), 0o600); err != nil {
		t.Fatal(err)
	}
	if counts := read("archived pages"); counts["archive_missing"] != 3 {
		t.Errorf("of a file that is spoilt: %v, want 3 missing", counts)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if counts := read("its 3 archived pages are gone"); counts["archive_missing"] != 3 {
		t.Errorf("of a file that is gone: %v, want 3 missing", counts)
	}
	st.exec(`delete from ops.archive_records`)
	read("no page of it is in the archive")
	st.want("articles", []string{"6"}, `select cast(count(*) as text) from staging.articles`)
}
