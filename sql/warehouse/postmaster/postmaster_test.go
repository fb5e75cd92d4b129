package postmaster_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/sql/warehouse/postmaster"
)

// start starts or joins and stops at the end of the test.
func start(t *testing.T, dir string, options ...postmaster.Option) *postmaster.Server {
	t.Helper()
	s, err := postmaster.Start(t.Context(), quiet(), dir, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	return s
}

func connect(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func mustExec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// one reads a single value as text.
func one(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	var text string
	if err := db.QueryRow(query).Scan(&text); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return text
}

func inspect(t *testing.T, dir string) postmaster.Status {
	t.Helper()
	st, err := postmaster.Inspect(dir)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func TestDataIsKeptFromStartToStart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(openFolder(t), "made", "on demand")
	for i := range 3 {
		s := start(t, dir)
		db := connect(t, s.URL())
		mustExec(t, db, `create table if not exists kept (i integer)`)
		mustExec(t, db, `insert into kept values (1)`)
		if got, want := one(t, db, `select count(*) from kept`), strconv.Itoa(i+1); got != want {
			t.Errorf("start %d: %s rows, want %s", i, got, want)
		}
		if !s.IsOwner() {
			t.Error("not the owner")
		}
		db.Close()
		if err := s.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if st := inspect(t, dir); st.Running {
			t.Errorf("still running after Stop: %+v", st)
		}
	}
}

func TestTheClusterIsDurableAndDeterministic(t *testing.T) {
	t.Parallel()
	db := connect(t, start(t, openFolder(t)).URL())
	got := map[string]string{}
	want := map[string]string{
		"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_checksums": "on",
		"server_encoding": "UTF8", "TimeZone": "UTC", "jit": "off", "listen_addresses": "",
	}
	for name := range want {
		got[name] = one(t, db, `select current_setting('`+name+`')`)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := one(t, db, `select datcollate || ' ' || datctype from pg_database where datname = current_database()`); got != "C C" {
		t.Errorf("locale %q, want C", got)
	}
}

func TestTheSocketIsClosedToOthers(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	start(t, dir)
	for _, name := range []string{"socket", "data"} {
		info, err := os.Stat(filepath.Join(dir, "postgres", name))
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v %v, want mode 0700", name, info.Mode(), err)
		}
	}
}

func TestALongPathGetsAShortSocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(openFolder(t), "a-name-of-forty-characters-more-or-less-1", "a-name-of-forty-characters-more-or-less-2")
	owner := start(t, dir)
	joiner := start(t, dir)
	if got := one(t, connect(t, joiner.URL()), `select 1`); got != "1" || owner.URL() != joiner.URL() {
		t.Errorf("%s %s %s", got, owner.URL(), joiner.URL())
	}
	socket := one(t, connect(t, owner.URL()), `select current_setting('unix_socket_directories')`)
	t.Cleanup(func() { _ = os.RemoveAll(socket) })
	if len(socket) > 60 {
		t.Errorf("socket in %s", socket)
	}
}

func TestOverTCPOnlyRolesWithAPasswordGetIn(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	s := start(t, openFolder(t), postmaster.WithTCP(address))
	mustExec(t, connect(t, s.URL()), `create role tool login password 'secret'; create role bare login`)
	for user, want := range map[string]bool{"tool:secret": true, "tool:wrong": false, "tool": false, "bare": false, "overheard": false} {
		err := connect(t, "postgres://"+user+"@"+address+"/overheard?sslmode=disable").Ping()
		if (err == nil) != want {
			t.Errorf("%s: %v", user, err)
		}
	}
	// A joiner learns the port from the server.
	if err := connect(t, start(t, filepath.Dir(inspectFolder(t, s))).URL()).Ping(); err != nil {
		t.Error(err)
	}
}

func TestLocalSettingsOfTheOperatorWin(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	if err := start(t, dir).Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "postgres", "local.conf"), []byte("work_mem = '5MB'\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := one(t, connect(t, start(t, dir).URL()), `show work_mem`); got != "5MB" {
		t.Errorf("work_mem is %s", got)
	}
}

func TestInspectTellsWhatIs(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	if st := inspect(t, dir); st.Running || st.ClusterVersion != 0 {
		t.Errorf("nothing there, but %+v", st)
	}
	s := start(t, dir)
	joined := runChild(t, dir, nil)
	st := inspect(t, dir)
	want := postmaster.Status{
		Folder: filepath.Join(dir, "postgres"), LogFile: filepath.Join(dir, "postgres", "postgres.log"),
		Running: true, Ready: true, PID: st.PID, OwnerPID: os.Getpid(), Users: []int{joined.cmd.Process.Pid},
		ClusterVersion: st.ClusterVersion, URL: s.URL(),
	}
	if diff := cmp.Diff(want, st); diff != "" || st.PID == 0 || st.ClusterVersion < 14 {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := joined.stop(); err != nil {
		t.Fatal(err)
	}
	if st := inspect(t, dir); len(st.Users) != 0 {
		t.Errorf("users after the joiner left: %v", st.Users)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st := inspect(t, dir); st.Running || st.PID != 0 || st.URL != "" || st.ClusterVersion == 0 {
		t.Errorf("stopped, but %+v", st)
	}
}

func TestStopStopsWaitingWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	s := start(t, dir)
	runChild(t, dir, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	contains(t, s.Stop(ctx), "still used it", "stopped it all the same")
	if inspect(t, dir).Running {
		t.Error("still running")
	}
}
