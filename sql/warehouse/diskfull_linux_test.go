package warehouse_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// A disk of a few MB for one tablespace: loading into it must fail with a
// word on why, and leave what was there.
func TestADiskThatFillsUpDuringCopySaysSoAndLosesNothing(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "size=12m")
	ctx := t.Context()
	server, err := warehouse.StartServer(ctx, quiet(), warehousetest.DataDir(t))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop(ctx)
	db, err := warehouse.Open(ctx, quiet(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var data string
	if err := db.Get(&data, `show data_directory`); err != nil {
		t.Fatal(err)
	}
	giveTo(t, disk, data)
	db.MustExec(`create tablespace small location '` + disk + `'`)
	db.MustExec(`create table target (i integer, word text) tablespace small`)
	columns := []string{"i", "word"}

	tx := begin(t, ctx, db)
	if _, err := warehouse.CopyRows(ctx, tx, "target", columns, slices.Values([][]any{{1, "first"}})); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	tx = begin(t, ctx, db)
	_, err = warehouse.CopyRows(ctx, tx, "target", columns, manyRows(func(int) {}))
	if !warehouse.IsDiskFull(err) || !strings.Contains(err.Error(), "copy into target") || !strings.Contains(err.Error(), "free space") {
		t.Errorf("got %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
	count(t, db, "target", 1)
}

// A disk too small even for an empty cluster.
func TestADiskTooSmallForAServerSaysSo(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t, "size=16m,mode=755")
	_, err := warehouse.StartServer(t.Context(), quiet(), dir)
	if err == nil || !strings.Contains(err.Error(), "the disk is full: free space or choose another --data-dir") {
		t.Errorf("got %v", err)
	}
	if entries, _ := filepath.Glob(dir + "/postgres/data*"); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// smallDisk mounts a disk in memory, which only root may.
func smallDisk(t *testing.T, options string) string {
	t.Helper()
	dir := warehousetest.DataDir(t)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("cannot mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			_ = syscall.Unmount(dir, 2 /* MNT_DETACH */)
		}
	})
	return dir
}

// giveTo gives path to the owner of like.
func giveTo(t *testing.T, path, like string) {
	t.Helper()
	info, err := os.Stat(like)
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	if err := os.Chown(path, int(stat.Uid), int(stat.Gid)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

// A disk that holds everything, the write-ahead log included: Postgres may
// have to stop in the middle. What was committed must be there once space is.
func TestADiskThatFillsUpUnderTheWholeServerLosesNothing(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "size=110m,mode=755")
	ctx := t.Context()
	server, err := warehouse.StartServer(ctx, quiet(), disk)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop(ctx)
	db, err := warehouse.Open(ctx, quiet(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.MustExec(`create table target (i integer, word text)`)
	db.MustExec(`insert into target values (1, 'first')`)
	tx := begin(t, ctx, db)
	_, err = warehouse.CopyRows(ctx, tx, "target", []string{"i", "word"}, manyRows(func(int) {}))
	t.Logf("the batch: %v", err)
	if !warehouse.IsDiskFull(err) && !warehouse.IsUnavailable(err) {
		t.Errorf("got %v", err)
	}
	_ = tx.Rollback()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "size=400m,mode=755"); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	for db.Ping() != nil && time.Since(begun) < time.Minute {
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("answers after %s", time.Since(begun))
	count(t, db, "target", 1)
}
