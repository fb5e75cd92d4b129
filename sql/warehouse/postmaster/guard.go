package postmaster

import (
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"syscall"
)

// guard is a shell that outlives a killed owner by moments. The SIGINT of the
// kernel lets Postgres write a last checkpoint, which on a busy disk takes as
// long as it takes; the guard sees its input close and, if the server is not
// gone after graceSeconds, has it drop everything. That loses nothing: what
// was committed is in the log, and the next start replays it.
type guard struct {
	cmd   *exec.Cmd
	input io.Closer
}

const graceSeconds = "1"

// The folder is compared so that a process which took over the number is safe.
const guardScript = `read -r _
sleep ` + graceSeconds + `
[ "/proc/$0/cwd" -ef "$1" ] && kill -QUIT "$0"`

func startGuard(pid int, data string, acct account) (*guard, error) {
	cmd := exec.Command("/bin/sh", "-c", guardScript, strconv.Itoa(pid), data)
	cmd.Dir, cmd.Env = "/", childEnv()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: acct.credential()}
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start guard of Postgres: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start guard of Postgres: %w", err)
	}
	return &guard{cmd: cmd, input: input}, nil
}

// dismiss ends the guard without any action; first the shell, then its input.
func (g *guard) dismiss() {
	_ = g.cmd.Process.Kill()
	_ = g.input.Close()
	_ = g.cmd.Wait()
}
