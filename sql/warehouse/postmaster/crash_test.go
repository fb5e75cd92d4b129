package postmaster_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/overheard-news/overheard/sql/warehouse/postmaster"
)

func TestOwnerWaitsForJoiners(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	owner := runChild(t, dir, nil)
	joiner := start(t, dir)
	if !owner.IsOwner || joiner.IsOwner() || owner.URL != joiner.URL() {
		t.Fatalf("owner %+v, joiner %s %v", owner.childReport, joiner.URL(), joiner.IsOwner())
	}
	ended := make(chan error, 1)
	go func() { ended <- owner.stop() }()
	select {
	case err := <-ended:
		t.Fatalf("the owner did not wait: %v", err)
	case <-time.After(500 * time.Millisecond):
	}
	db := connect(t, joiner.URL())
	mustExec(t, db, `create table still_there (i integer)`)
	db.Close()
	if err := joiner.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the owner ended with %v", err)
	}
	if inspect(t, dir).Running {
		t.Error("still running")
	}
}

func TestManyProgramsAtOnceHaveOneOwner(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	var group sync.WaitGroup
	var mu sync.Mutex
	owners := 0
	for range 4 {
		group.Go(func() {
			s, err := postmaster.Start(context.Background(), quiet(), dir)
			if err != nil {
				t.Error(err)
				return
			}
			if s.IsOwner() {
				mu.Lock()
				owners++
				mu.Unlock()
			}
			time.Sleep(200 * time.Millisecond) // so that all overlap
			if err := s.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if owners != 1 {
		t.Errorf("%d owners", owners)
	}
}

const writeFor = 3 * time.Second

// The promise is 3 s even while the server is busy writing.
func TestServerIsGoneSoonAfterItsOwnerIsKilled(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	owner := runChild(t, dir, nil)
	db := connect(t, owner.URL)
	mustExec(t, db, `create table load (i integer, word text)`)
	mustExec(t, db, `insert into load select i, repeat(md5(cast(i as text)), 30) from generate_series(1, 50000) as i`)
	go db.Exec(`insert into load select i, repeat(md5(cast(i as text)), 30) from generate_series(1, 5000000) as i`)
	time.Sleep(writeFor)
	pid := inspect(t, dir).PID
	owner.kill()
	took := eventually(t, 3*time.Second, "Postgres is gone", func() bool { return ended(pid) })
	t.Logf("gone after %s", took)
	// The next program owns a new server with all that was committed.
	s := start(t, dir)
	if got := one(t, connect(t, s.URL()), `select count(*) from load`); got != "50000" || !s.IsOwner() {
		t.Errorf("%s rows, owner %v", got, s.IsOwner())
	}
}

// ended does not mind a zombie: when its new parent looks at it is not ours to
// say.
func ended(pid int) bool {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	return err != nil || strings.Contains(string(status), "State:\tZ")
}

func TestStartWaitsForADyingServer(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	for i := range 5 {
		owner := runChild(t, dir, nil)
		if owner.Error != "" || !owner.IsOwner {
			t.Fatalf("round %d: %+v", i, owner.childReport)
		}
		owner.kill()
	}
	start(t, dir)
}

func TestOwnerRestartsAServerThatCrashed(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	s := start(t, dir)
	db := connect(t, s.URL())
	mustExec(t, db, `create table kept as select 1 as one`)
	before := inspect(t, dir).PID
	if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	took := eventually(t, 20*time.Second, "the server answers again", func() bool {
		var n int // sessions of the dead server may answer for a moment
		pid := inspect(t, dir).PID
		return pid != 0 && pid != before && db.QueryRow(`select count(*) from kept`).Scan(&n) == nil && n == 1
	})
	t.Logf("back after %s", took)
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if inspect(t, dir).Running {
		t.Error("still running after Stop")
	}
}

func TestAFailingStartAfterACrashDoesNotHoldUpStop(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	s := start(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "postgres", "local.conf"), []byte("no_such_setting = 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(inspect(t, dir).PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	begun := time.Now()
	if err := s.Stop(t.Context()); err != nil || time.Since(begun) > 5*time.Second {
		t.Errorf("%v after %s", err, time.Since(begun))
	}
}

// What a machine that lost its power leaves: a pid file whose number may by
// now belong to anybody.
func TestAStalePidFileDoesNotMatter(t *testing.T) {
	t.Parallel()
	for name, pid := range map[string]int{"nobody's": 999_999_999, "another program's": os.Getpid(), "init's": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := openFolder(t)
			s := start(t, dir)
			pidFile := filepath.Join(dir, "postgres", "data", "postmaster.pid")
			text, err := os.ReadFile(pidFile)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, rest, _ := strings.Cut(string(text), "\n")
			writeAs(t, filepath.Dir(pidFile), pidFile, strconv.Itoa(pid)+"\n"+rest)
			if inspect(t, dir).Running {
				t.Error("taken for running")
			}
			start(t, dir)
		})
	}
}

func TestAHalfMadeClusterIsMadeAgain(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	half := filepath.Join(dir, "postgres", "data.new", "base")
	if err := os.MkdirAll(half, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := one(t, connect(t, start(t, dir).URL()), `select current_database()`); got != "overheard" {
		t.Error(got)
	}
	if _, err := os.Stat(filepath.Dir(half)); err == nil {
		t.Error("data.new is still there")
	}
}

// writeAs writes path as the owner of like.
func writeAs(t *testing.T, like, path, text string) {
	t.Helper()
	info, err := os.Stat(like)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	if err := os.Chown(path, int(stat.Uid), int(stat.Gid)); err != nil {
		t.Fatal(fmt.Errorf("chown: %w", err))
	}
}
