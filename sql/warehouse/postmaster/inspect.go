package postmaster

import (
	"errors"
	"io/fs"
	"strconv"
)

// Status is what can be told of a server without starting or joining it.
type Status struct {
	Folder         string // where all of it lies
	Running        bool   // a postgres process works on the data
	Ready          bool   // and takes connections
	PID            int    // of postgres; 0 if not running
	OwnerPID       int    // of the program that owns it; 0 if none
	Users          []int  // processes that joined it
	ClusterVersion int    // major version of the data folder; 0 if there is none
	URL            string // empty if not running
	LogFile        string
}

// Inspect looks at the server of dataDir.
func Inspect(dataDir string) (Status, error) {
	l, err := newLayout(dataDir)
	if err != nil {
		return Status{}, err
	}
	st := Status{Folder: l.root, LogFile: l.log()}
	if st.ClusterVersion, err = clusterVersion(l.data()); err != nil {
		return st, err
	}
	if st.Users, err = liveUsers(l, false); err != nil {
		return st, err
	}
	pf, err := readPidFile(l)
	if errors.Is(err, fs.ErrNotExist) {
		return st, nil
	}
	if err != nil {
		return st, err
	}
	if !runsIn(pf.pid, l.data()) {
		return st, nil // left by a crash
	}
	st.Running, st.PID, st.Ready = true, pf.pid, pf.status == "ready"
	st.URL = pf.url(Database)
	if n, err := strconv.Atoi(ownerPid(l)); err == nil && alive(n) {
		st.OwnerPID = n
	}
	return st, nil
}
