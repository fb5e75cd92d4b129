package postmaster

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// pidFile is postmaster.pid, where a Postgres says how to reach it. Its lines:
// pid, data folder, start time, port, socket folder, listen address, shared
// memory, status.
type pidFile struct {
	pid       int
	port      int
	socketDir string
	status    string // starting, ready, stopping, standby
}

func readPidFile(l layout) (pidFile, error) {
	text, err := os.ReadFile(l.pidFile())
	if err != nil {
		return pidFile{}, fmt.Errorf("read pid file: %w", err)
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) < 5 {
		return pidFile{}, fmt.Errorf("read pid file %s: only %d lines", l.pidFile(), len(lines))
	}
	pf := pidFile{socketDir: lines[4]}
	var pidErr, portErr error
	pf.pid, pidErr = strconv.Atoi(strings.TrimSpace(lines[0]))
	pf.port, portErr = strconv.Atoi(strings.TrimSpace(lines[3]))
	if pidErr != nil || portErr != nil {
		return pidFile{}, fmt.Errorf("read pid file %s: %q", l.pidFile(), text)
	}
	if len(lines) > 7 {
		pf.status = strings.TrimSpace(lines[7])
	}
	return pf, nil
}

func (pf pidFile) url(database string) string {
	return clientURL(pf.socketDir, pf.port, Superuser, database)
}

// ownerPid is for messages: "unknown" where it cannot be told.
func ownerPid(l layout) string {
	text, err := os.ReadFile(l.ownerLock())
	if text = bytes.TrimSpace(text); err != nil || len(text) == 0 {
		return "unknown"
	}
	return string(text)
}
