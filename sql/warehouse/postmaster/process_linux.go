package postmaster

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// supported: a death signal and /proc are there.
const supported = true

// childAttr runs a child as acct, in a process group of its own (a Ctrl-C in
// the terminal is for the program, which then stops its server in order), and
// has the kernel send it death when the thread that started it ends.
func childAttr(acct account, death syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: death, Credential: acct.credential()}
}

// combinedOutput is cmd.CombinedOutput from a thread that outlives cmd.
func combinedOutput(cmd *exec.Cmd) (out []byte, err error) {
	done := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(done)
		out, err = cmd.CombinedOutput()
	}()
	<-done
	return out, err
}

// processesIn lists the postgres processes that work in dir; each of them
// stands there, sessions included. (After an upgrade of the package the link
// to the program reads "postgres (deleted)".)
func processesIn(dir string) []int {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	var pids []int
	for _, link := range links {
		if cwd, err := os.Readlink(link); err != nil || cwd != dir {
			continue
		}
		proc := filepath.Dir(link)
		exe, err := os.Readlink(filepath.Join(proc, "exe"))
		if err != nil || !strings.HasPrefix(filepath.Base(exe), "postgres") {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(proc)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// runsIn tells whether pid is a postgres that works in dir.
func runsIn(pid int, dir string) bool { return slices.Contains(processesIn(dir), pid) }

// alive tells whether any process has that number.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || err == syscall.EPERM
}

// childEnv is all that Postgres programs see of the environment: nothing of
// PGDATA, LC_ALL or TZ may change what they do.
func childEnv() []string { return []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"} }
