package postmaster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// supervised is the postgres process of an owner.
//
// One goroutine, locked to its thread, starts it and waits for it: the death
// signal of a child fires when the thread that forked it ends, not the
// process, so that thread must live as long as the server.
type supervised struct {
	lg   *slog.Logger
	quit chan struct{} // closed when it shall stay down
	done chan struct{} // closed when it is down and stays down

	mu       sync.Mutex
	cmd      *exec.Cmd // nil between two lives
	ready    bool      // it answered once: from now on a death is a crash
	stopping bool
	lastErr  error
}

// supervise starts the process. It is started again whenever it dies after it
// was ready, until stop.
func supervise(lg *slog.Logger, l layout, bin binaries, acct account) *supervised {
	p := &supervised{lg: lg, quit: make(chan struct{}), done: make(chan struct{})}
	go p.live(l, bin, acct)
	return p
}

// Pauses between a crash and the next start, in the end for ever: a full disk
// may be emptied.
const (
	firstPause   = 200 * time.Millisecond
	longestPause = 30 * time.Second
	healthyAfter = time.Minute
)

func (p *supervised) live(l layout, bin binaries, acct account) {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
	defer close(p.done)
	wait := firstPause
	for {
		begun := time.Now()
		logStart := logSize(l)
		err := p.once(l, bin, acct)
		p.mu.Lock()
		p.cmd, p.lastErr = nil, err
		end := p.stopping || !p.ready
		p.mu.Unlock()
		if end {
			return
		}
		if time.Since(begun) > healthyAfter {
			wait = firstPause
		}
		tail := logTail(l, logStart)
		p.lg.Error("Postgres ended by itself, starting it again", "error", err, "remedy", outputRemedy([]byte(tail)), "log", l.log(), "log_end", tail)
		p.sleep(wait)
		wait = min(wait*2, longestPause)
		p.awaitOrphans(l)
	}
}

// once is one life of the process.
func (p *supervised) once(l layout, bin binaries, acct account) error {
	logFile, err := openLog(l)
	if err != nil {
		return err
	}
	defer logFile.Close()
	cmd := exec.Command(bin.path("postgres"), "-D", l.data(), "-c", "config_file="+l.conf())
	cmd.Dir, cmd.Env = l.data(), childEnv()
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.SysProcAttr = childAttr(acct, syscall.SIGINT)
	p.mu.Lock()
	if p.stopping {
		p.mu.Unlock()
		return nil
	}
	err = cmd.Start()
	if err == nil {
		p.cmd = cmd
	}
	p.mu.Unlock()
	if err != nil {
		return fmt.Errorf("run %s as user %s: %w", cmd.Path, acct.name, err)
	}
	if g, err := startGuard(cmd.Process.Pid, l.data(), acct); err != nil {
		p.lg.Warn("without a guard: if this program is killed, Postgres may take a while to end", "error", err)
	} else {
		defer g.dismiss()
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	return errors.New("postgres: ended without error")
}

// awaitOrphans waits until the sessions of a postmaster that was killed have
// noticed; Postgres refuses to start beside them.
func (p *supervised) awaitOrphans(l layout) {
	for range 600 {
		if len(processesIn(l.data())) == 0 || !p.sleep(pollEvery) {
			return
		}
	}
}

// sleep tells whether it slept for d, undisturbed by stop.
func (p *supervised) sleep(d time.Duration) bool {
	select {
	case <-p.quit:
		return false
	case <-time.After(d):
		return true
	}
}

// waitReady waits until the server answers. Recovery after a crash may take
// long, so only its death or ctx ends the wait.
func (p *supervised) waitReady(ctx context.Context, l layout, logStart int64) error {
	for {
		pf, err := readPidFile(l)
		if err == nil && p.is(pf.pid) {
			if err = ping(ctx, pf.url("postgres")); err == nil {
				p.mu.Lock()
				p.ready = true
				p.mu.Unlock()
				return nil
			}
		}
		select {
		case <-p.done:
			tail := logTail(l, logStart)
			return fmt.Errorf("it does not start: %w%s; its log (%s) ends:\n%s", p.lastErr, outputRemedy([]byte(tail)), l.log(), tail)
		default:
		}
		if ctxErr := pause(ctx, 10*time.Millisecond); ctxErr != nil {
			return fmt.Errorf("wait until it answers: %w (last: %w); its log (%s) ends:\n%s", ctxErr, err, l.log(), logTail(l, logStart))
		}
	}
}

// is tells whether pid is the process of now, not one in a stale pid file.
func (p *supervised) is(pid int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd != nil && p.cmd.Process.Pid == pid
}

// signal passes sig on, after which the process is not started again.
func (p *supervised) signal(sig os.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.stopping {
		p.stopping = true
		close(p.quit)
	}
	if p.cmd != nil {
		_ = p.cmd.Process.Signal(sig)
	}
}

// How long a shutdown in order may take, before we let the log of the
// database do the rest at the next start.
const shutdownLimit = 2 * time.Minute

// stop shuts down fast: sessions are dropped, a checkpoint is written.
func (p *supervised) stop() error {
	p.signal(syscall.SIGINT)
	select {
	case <-p.done:
		return nil
	case <-time.After(shutdownLimit):
	}
	p.signal(syscall.SIGQUIT)
	<-p.done
	return fmt.Errorf("stop Postgres: no orderly end within %s, so it was cut short; the next start recovers from its log", shutdownLimit)
}

// abort ends a server that never became usable.
func (p *supervised) abort() { _ = p.stop() }
