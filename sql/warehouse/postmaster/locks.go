package postmaster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Locks are flock(2) on files: the kernel drops them when their holder dies,
// however it dies, so nothing here can go stale. The files are never removed
// while somebody could be waiting for them.

const pollEvery = 50 * time.Millisecond

// tryLock locks path and returns its file, or nil if another holds it.
func tryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w%s", err, folderRemedy(err))
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

// lock waits for path until ctx ends.
func lock(ctx context.Context, path string) (*os.File, error) {
	for {
		f, err := tryLock(path)
		if f != nil || err != nil {
			return f, err
		}
		if err := pause(ctx, pollEvery); err != nil {
			return nil, fmt.Errorf("wait for %s, which another program holds: %w", path, err)
		}
	}
}

// registerUser says that this process uses the server, until the file is
// closed.
func registerUser(l layout) (*os.File, error) {
	f, err := os.CreateTemp(l.users(), strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return nil, fmt.Errorf("register as user of the server: %w%s", err, folderRemedy(err))
	}
	// Waits only for somebody who is just asking whether we live.
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("register as user of the server: lock %s: %w", f.Name(), err)
	}
	return f, nil
}

// liveUsers returns the process ids of the programs that use the server, and
// removes what dead ones left. Call it with the start lock held: a file which
// is made but not yet locked would look dead.
func liveUsers(l layout, tidy bool) ([]int, error) {
	entries, err := os.ReadDir(l.users())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list users of the server: %w", err)
	}
	var pids []int
	for _, e := range entries {
		path := filepath.Join(l.users(), e.Name())
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
		f.Close()
		if err == nil {
			if tidy {
				os.Remove(path)
			}
			continue
		}
		pid, _, _ := strings.Cut(e.Name(), "-")
		n, _ := strconv.Atoi(pid)
		pids = append(pids, n)
	}
	return pids, nil
}

// pause sleeps for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
