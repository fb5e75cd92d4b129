package warehousetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/postmaster"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

const folderPrefix = "overheard-test-"

// Each database of a test is a copy of some thousand files: in memory that takes
// half the time it takes on a disk. memoryNeeded is what must be free there.
const (
	memoryDir    = "/dev/shm"
	memoryNeeded = 6 << 30
)

// parentDir is where folders of servers go: into memory if there is plenty.
func parentDir() string {
	var stat syscall.Statfs_t
	if syscall.Statfs(memoryDir, &stat) == nil && stat.Bavail*uint64(stat.Bsize) >= memoryNeeded {
		return memoryDir
	}
	return os.TempDir()
}

// startPrivate starts a server that never waits for the disk, in a folder
// that goes with this process.
func startPrivate(ctx context.Context) (url string, sweeper io.Closer, err error) {
	sweep()
	dir, err := os.MkdirTemp(parentDir(), fmt.Sprintf("%s%d-", folderPrefix, os.Getpid()))
	if err != nil {
		return "", nil, fmt.Errorf("make folder for the test server: %w", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", nil, fmt.Errorf("open folder of the test server: %w", err)
	}
	if sweeper, err = removeAtEnd(dir); err != nil {
		return "", nil, err
	}
	s, err := warehouse.StartServer(ctx, quiet(), dir, postmaster.WithBinDir(os.Getenv("PG_BINDIR")),
		postmaster.WithoutSync(),
		postmaster.WithSetting("max_connections", "300"),
		postmaster.WithSetting("shared_buffers", "64MB"),
		postmaster.WithSetting("max_wal_size", "256MB"),
	)
	if err != nil {
		return "", nil, err
	}
	return s.URL(), sweeper, nil
}

// removeAtEnd leaves a shell behind that waits for the end of this process
// (its input closes), then for the server's, then removes dir. Keep what it
// returns: the garbage collector would close it.
func removeAtEnd(dir string) (io.Closer, error) {
	const script = `cat >/dev/null
for i in 1 2 3 4 5 6 7 8 9 10; do
	[ -e "$0/postgres/data/postmaster.pid" ] || break
	sleep 0.5
done
rm -rf "$0"`
	cmd := exec.Command("/bin/sh", "-c", script, dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the sweeper of the test server: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the sweeper of the test server: %w", err)
	}
	return in, nil
}

// sweep removes the folders of processes which could not.
func sweep() {
	onDisk, _ := filepath.Glob(filepath.Join(os.TempDir(), folderPrefix+"*"))
	inMemory, _ := filepath.Glob(filepath.Join(memoryDir, folderPrefix+"*"))
	for _, dir := range slices.Concat(onDisk, inMemory) {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), folderPrefix), "-")
		n, err := strconv.Atoi(pid)
		if err != nil || !errors.Is(syscall.Kill(n, 0), syscall.ESRCH) {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, "postgres/data/postmaster.pid")); err != nil {
			_ = os.RemoveAll(dir)
		}
	}
}
