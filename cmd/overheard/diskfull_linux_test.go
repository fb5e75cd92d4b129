package main

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/press"
)

// TestAFullDiskWhileLoading gives the whole data folder a disk that ends in the
// middle of the collect, and more space afterwards.
func TestAFullDiskWhileLoading(t *testing.T) {
	t.Parallel()
	_, registry, at := world(t, press.Config{Seed: 13, Outlets: 20, Nights: 2, ArticlesPerOutletNight: 24})
	calm := newOperator(t, registry)
	if got := calm.call(t, "nightly", "--night", at); got.code != exitDone {
		t.Fatalf("undisturbed: exit code %d: %s", got.code, got.stderr)
	}
	want := calm.tables(t)

	const (
		noRoom   = "the disk of the database is full; free space and run the same command again, nothing that was stored is lost"
		wentAway = "the database went away, its log says why; run the same command again once it is back, nothing that was stored is lost"
	)
	tests := []struct {
		name string
		room int64    // bytes left after the schema is made
		log  bool     // the next bytes of Postgres's log need more than that
		says string   // while it runs
		ends []string // with one of these: which page of which file has no room first is for Postgres to say
	}{
		{"where Postgres cannot even start", 0, false, "it does not start", []string{"(the disk is full: free space or choose another --data-dir)"}},
		{"where the articles do not fit", 2 << 20, false, "run started", []string{noRoom}},
		{"where Postgres has no room for its log and dies", 12 << 20, true,
			`msg="Postgres ended by itself, starting it again" error="postgres: exit status 1" remedy=" (the disk is full: free space`,
			[]string{wentAway, noRoom}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := newOperator(t, registry)
			o.mountDisk(t)
			if got := o.call(t, "db", "migrate"); got.code != exitDone {
				t.Fatalf("exit code %d: %s", got.code, got.stderr)
			}
			if tt.room > 0 {
				o.fillLog(t, tt.log)
			}
			o.resizeDisk(t, o.usedOfDisk(t)+tt.room)
			night := o.start(t, "nightly", "--night", at)
			night.says(t, tt.says)
			if tt.log {
				o.resizeDisk(t, bigDisk) // Postgres is tried again and again, and comes back
			}
			got := night.end(t)
			t.Log(lastLine(got.stderr))
			if got.code != exitFailed {
				t.Errorf("exit code %d, want %d", got.code, exitFailed)
			}
			if !slices.ContainsFunc(tt.ends, func(text string) bool { return strings.Contains(got.stderr, text) }) {
				t.Errorf("stderr does not say one of %q:\n%s", tt.ends, got.stderr)
			}
			o.wantNoPostgres(t)

			o.resizeDisk(t, bigDisk)
			if got := o.call(t, "nightly", "--night", at); got.code != exitDone {
				t.Fatalf("with space again: exit code %d: %s", got.code, got.stderr)
			}
			if diff := cmp.Diff(want, o.tables(t)); diff != "" {
				t.Errorf("tables (-undisturbed +after the disk was full):\n%s", diff)
			}
			o.database(t, func(db *sqlx.DB) {
				runs := query(t, db, `
					select concat_ws(' ', job, state, error like '%is full; free space%' or error like '%went away%') from ops.runs
					where run_id <= 2 and state <> 'done' order by run_id`)
				want := []string{"nightly failed t", "collect failed t"}
				if tt.room == 0 {
					want = nil // nothing could be recorded at all
				}
				if diff := cmp.Diff(want, runs); diff != "" {
					t.Errorf("the runs that failed (-want +got):\n%s", diff)
				}
			})
		})
	}
}

const bigDisk = 600 << 20

// mountDisk makes the data folder a disk of its own, which only root may.
func (o *operator) mountDisk(t *testing.T) {
	t.Helper()
	if err := syscall.Mount("tmpfs", o.dataDir, "tmpfs", 0, fmt.Sprintf("mode=755,size=%d", bigDisk)); err != nil {
		t.Skipf("cannot mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(o.dataDir, 0); err != nil {
			_ = syscall.Unmount(o.dataDir, syscall.MNT_DETACH)
		}
	})
}

func (o *operator) resizeDisk(t *testing.T, size int64) {
	t.Helper()
	if err := syscall.Mount("tmpfs", o.dataDir, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("mode=755,size=%d", size)); err != nil {
		t.Fatal(err)
	}
}

func (o *operator) usedOfDisk(t *testing.T) int64 {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(o.dataDir, &s); err != nil {
		t.Fatal(err)
	}
	return int64(s.Blocks-s.Bfree) * s.Bsize
}

// fillLog begins a file of the write-ahead log, and if asked writes until little is left
// of it: the next is made at three quarters, or when it is needed.
func (o *operator) fillLog(t *testing.T, toTheEnd bool) {
	t.Helper()
	o.database(t, func(db *sqlx.DB) {
		// Files that are done with are not kept to be the next ones.
		db.MustExec(`alter system set wal_recycle = off`)
		db.MustExec(`select pg_reload_conf()`)
		db.MustExec(`select pg_switch_wal()`)
		db.MustExec(`checkpoint`)
		db.MustExec(`select pg_logical_emit_message(false, 'overheard test', 'x')`)
		var offset int64
		if err := db.Get(&offset, `select file_offset from pg_walfile_name_offset(pg_current_wal_lsn())`); err != nil {
			t.Fatal(err)
		}
		const most = 16 << 20 * 74 / 100
		if toTheEnd && offset < most {
			db.MustExec(`select pg_logical_emit_message(false, 'overheard test', repeat('x', $1))`, most-offset)
		}
	})
}
