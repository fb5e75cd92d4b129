package postmaster

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/lib/pq" // the driver "postgres"
)

// start decides, with the start lock held, between owning and joining.
func start(ctx context.Context, lg *slog.Logger, l layout, set settings) (*Server, error) {
	gate, err := lock(ctx, l.startLock())
	if err != nil {
		return nil, err
	}
	defer gate.Close()
	owner, err := tryLock(l.ownerLock())
	if err != nil {
		return nil, err
	}
	if owner == nil {
		return join(ctx, lg, l)
	}
	s, err := own(ctx, lg, l, set)
	if err != nil {
		owner.Close()
		return nil, err
	}
	s.ownerFile = owner
	// Only for InspectServer: the lock, not the number, says who owns.
	if err := owner.Truncate(0); err == nil {
		_, _ = owner.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return s, nil
}

// join uses the server another program owns. It may be restarting after a
// crash, so the server gets a while to answer.
func join(ctx context.Context, lg *slog.Logger, l layout) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var lastErr error
	for {
		pf, err := readPidFile(l)
		if err == nil {
			if err = ping(ctx, pf.url("postgres")); err == nil {
				file, err := registerUser(l)
				if err != nil {
					return nil, err
				}
				lg.Debug("joined Postgres", "pid", pf.pid, "folder", l.root)
				return &Server{lg: lg, layout: l, url: pf.url(Database), userFile: file}, nil
			}
			if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EACCES) {
				return nil, fmt.Errorf("join the running server: %w (it belongs to another user: use the same user, root, or another --data-dir)", err)
			}
		}
		if ctx.Err() == nil {
			lastErr = err
		}
		if pause(ctx, pollEvery) != nil {
			return nil, fmt.Errorf("join the server which process %s owns: it does not answer: %w; its log ends:\n%s", ownerPid(l), lastErr, logTail(l, 0))
		}
	}
}

// own makes the cluster if there is none, and starts the server.
func own(ctx context.Context, lg *slog.Logger, l layout, set settings) (*Server, error) {
	major, err := clusterVersion(l.data())
	if err != nil {
		return nil, err
	}
	bin, err := findBinaries(ctx, set.binDir, major)
	if err != nil {
		return nil, err
	}
	acct, err := serverAccount(l.data())
	if err != nil {
		return nil, err
	}
	if err := acct.mayEnter(l.root); err != nil {
		return nil, err
	}
	if err := waitForOthers(ctx, lg, l); err != nil {
		return nil, err
	}
	if major == 0 {
		if err := initCluster(ctx, lg, l, set, bin, acct); err != nil {
			return nil, err
		}
	}
	socketDir := l.socketDir()
	if err := prepareSocketDir(socketDir, acct); err != nil {
		return nil, err
	}
	if err := writeConf(l, set, bin, socketDir); err != nil {
		return nil, err
	}
	logStart, err := rotateLog(l)
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	p := supervise(lg, l, bin, acct)
	if err := p.waitReady(ctx, l, logStart); err != nil {
		p.abort()
		return nil, err
	}
	pf, err := readPidFile(l)
	if err == nil {
		err = ensureDatabase(ctx, pf.url("postgres"))
	}
	if err != nil {
		p.abort()
		return nil, err
	}
	lg.Debug("started Postgres", "pid", pf.pid, "version", bin.version, "folder", l.root, "user", acct.name, "seconds", time.Since(begun).Seconds())
	return &Server{lg: lg, layout: l, url: pf.url(Database), process: p}, nil
}

// waitForOthers waits for the processes of a server whose owner is dead: it
// may still be writing its last checkpoint. We hold the owner lock, so it is
// not ours to keep.
func waitForOthers(ctx context.Context, lg *slog.Logger, l layout) error {
	deadline := time.Now().Add(2 * time.Minute)
	for told := false; ; {
		pids := append(processesIn(l.data()), processesIn(l.fresh())...)
		if len(pids) == 0 {
			return dropReusedPid(l)
		}
		if !told {
			lg.Info("waiting for an earlier Postgres to end", "pids", pids)
			told = true
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("an earlier Postgres still runs there (pid %v) and no program owns it: kill -INT %d, then try again", pids, pids[0])
		}
		if err := pause(ctx, pollEvery); err != nil {
			return fmt.Errorf("wait for an earlier Postgres to end (pid %v): %w", pids, err)
		}
	}
}

// dropReusedPid removes the pid file of a crashed server if its number now
// belongs to another program, which would make Postgres refuse to start. All
// other stale pid files Postgres handles itself.
func dropReusedPid(l layout) error {
	pf, err := readPidFile(l)
	if err != nil || !alive(pf.pid) {
		return nil //nolint:nilerr // a pid file that cannot be read is Postgres's own to judge
	}
	if err := os.Remove(l.pidFile()); err != nil {
		return fmt.Errorf("remove stale pid file: %w", err)
	}
	return nil
}

// initCluster makes the cluster beside its place and renames it there, so
// that there is a whole one or none.
func initCluster(ctx context.Context, lg *slog.Logger, l layout, set settings, bin binaries, acct account) error {
	lg.Info("making a new Postgres data folder", "folder", l.data(), "version", bin.version, "user", acct.name)
	dir := l.fresh()
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove a half-made data folder: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w%s", err, folderRemedy(err))
	}
	if err := acct.own(dir); err != nil {
		return err
	}
	args := []string{
		"--pgdata=" + dir, "--username=" + Superuser,
		"--encoding=UTF8", "--locale=C", "--data-checksums",
		"--auth-local=trust", "--auth-host=scram-sha-256",
	}
	if set.noSync {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, bin.path("initdb"), args...)
	cmd.Dir, cmd.Env = l.root, childEnv()
	cmd.SysProcAttr = childAttr(acct, syscall.SIGKILL)
	out, err := combinedOutput(cmd)
	if err != nil {
		_ = os.RemoveAll(dir)
		return fmt.Errorf("initdb as user %s: %w%s:\n%s", acct.name, err, outputRemedy(out), lastLines(string(out), 15))
	}
	if err := os.Rename(dir, l.data()); err != nil {
		return fmt.Errorf("put data folder in its place: %w", err)
	}
	if err := syncDir(l.root); err != nil {
		return fmt.Errorf("sync data folder: %w", err)
	}
	return nil
}

// outputRemedy adds what to do to what Postgres programs say most often.
func outputRemedy(out []byte) string {
	switch text := string(out); {
	case strings.Contains(text, "No space left on device"):
		return folderRemedy(syscall.ENOSPC)
	case strings.Contains(text, "Permission denied"):
		return folderRemedy(os.ErrPermission)
	}
	return ""
}

// ensureDatabase makes the database of the program, at every start: a crash
// may have come between the cluster and it.
func ensureDatabase(ctx context.Context, url string) error {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return fmt.Errorf("open database postgres: %w", err)
	}
	defer db.Close()
	var exists bool
	err = db.QueryRowContext(ctx, `select exists (select from pg_database where datname = $1)`, Database).Scan(&exists)
	if err == nil && !exists {
		_, err = db.ExecContext(ctx, `create database `+Database)
	}
	if err != nil {
		return fmt.Errorf("create database %s: %w", Database, err)
	}
	return nil
}

// ping connects once.
func ping(ctx context.Context, url string) error {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.PingContext(ctx)
}
