package postmaster_test

import (
	"errors"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/overheard-news/overheard/sql/warehouse/postmaster"
)

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// inspectFolder is <data folder>/postgres of a running server.
func inspectFolder(t *testing.T, s *postmaster.Server) string {
	t.Helper()
	return filepath.Dir(one(t, connect(t, s.URL()), `show data_directory`))
}

func TestAClusterOfAnotherVersionIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	if err := start(t, dir).Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "postgres", "data")
	writeAs(t, data, filepath.Join(data, "PG_VERSION"), "9\n")
	_, err := postmaster.Start(t.Context(), quiet(), dir)
	contains(t, err, "made by Postgres 9", "only 1", "nothing was changed", "postgresql-9", "--data-dir")
	var version *postmaster.VersionError
	if !errors.As(err, &version) || version.Cluster != 9 {
		t.Errorf("want a VersionError, got %v", err)
	}
	if _, err := os.Stat(filepath.Join(data, "global")); err != nil {
		t.Errorf("the data were touched: %v", err)
	}
}

func TestWhatIsNotAClusterIsRefused(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	data := filepath.Join(dir, "postgres", "data")
	if err := os.MkdirAll(data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "holiday.jpg"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := postmaster.Start(t.Context(), quiet(), dir)
	contains(t, err, data, "1 files but no PG_VERSION")
}

func TestABinFolderWithoutPostgresIsRefused(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	_, err := postmaster.Start(t.Context(), quiet(), openFolder(t), postmaster.WithBinDir(bin))
	contains(t, err, "use Postgres in "+bin, "no initdb")
}

func TestAStartThatFailsQuotesTheLog(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	_, err := postmaster.Start(t.Context(), quiet(), dir, postmaster.WithSetting("no_such_setting", "1"))
	contains(t, err, "does not start", `unrecognized configuration parameter "no_such_setting"`, "postgres.log")
	start(t, dir) // and nothing is left in the way
}

func TestAFolderThatCannotBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := postmaster.Start(t.Context(), quiet(), file)
	contains(t, err, "make data folder", file)
}

func TestRootLendsAnotherAccount(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	dir := openFolder(t)
	start(t, dir)
	status, err := os.ReadFile("/proc/" + strconv.Itoa(inspect(t, dir).PID) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(status), "Uid:\t0\t") || strings.Contains(string(status), "Groups:\t0") {
		t.Errorf("runs as root:\n%s", status)
	}
	closed := filepath.Join(openFolder(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = postmaster.Start(t.Context(), quiet(), filepath.Join(closed, "data"))
	contains(t, err, "may not enter "+closed, "--data-dir")
}

func TestAnOrdinaryUserRunsItAsHimselfAndRootMayJoin(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("all other tests do this already")
	}
	dir := openFolder(t)
	nobody := ordinary(t)
	if err := os.Chown(dir, int(nobody.Uid), int(nobody.Gid)); err != nil {
		t.Fatal(err)
	}
	owner := runChild(t, dir, nobody)
	if !owner.IsOwner {
		t.Fatalf("%+v", owner.childReport)
	}
	joined := start(t, dir)
	if joined.IsOwner() {
		t.Error("root owns a second server")
	}
	mustExec(t, connect(t, joined.URL()), `create table kept as select 1 as one`)
	if err := joined.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := owner.stop(); err != nil {
		t.Fatal(err)
	}
	// Root on his folder keeps to his account, so that he can come back.
	if err := start(t, dir).Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := runChild(t, dir, nobody)
	if !again.IsOwner {
		t.Fatalf("%+v", again.childReport)
	}
	if got := one(t, connect(t, again.URL), `select one from kept`); got != "1" {
		t.Error(got)
	}
}

func TestAnotherUsersServerIsRefused(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	dir := openFolder(t)
	start(t, dir)
	stranger := runChild(t, dir, ordinary(t))
	contains(t, errors.New(stranger.Error), "permission denied", "--data-dir")
}

// ordinary is the account nobody.
func ordinary(t *testing.T) *syscall.Credential {
	t.Helper()
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}
