package postmaster

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// layout names every file of one private server. All live in <data
// folder>/postgres:
//
//	data/            the cluster (PGDATA), owned by the account of the server
//	data.new/        a cluster being made; renamed to data once it is complete
//	socket/          the unix socket, mode 0700: who may enter may connect
//	users/           one locked file per program that uses the server
//	start.lock       held while somebody decides to start, join or stop
//	owner.lock       held by the owner for as long as it lives
//	postgresql.conf  written at every start, as is pg_hba.conf
//	local.conf       settings of the operator, read last; never written
//	postgres.log     what the server says; postgres.log.1 is the one before
type layout struct {
	root string
}

// newLayout finds the files of the server under dataDir, without touching it.
func newLayout(dataDir string) (layout, error) {
	abs, err := filepath.Abs(dataDir)
	if err != nil {
		return layout{}, fmt.Errorf("data folder %q: %w", dataDir, err)
	}
	// The server reports its folder with links resolved; so must we.
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	return layout{root: filepath.Join(abs, "postgres")}, nil
}

func (l layout) data() string      { return filepath.Join(l.root, "data") }
func (l layout) fresh() string     { return filepath.Join(l.root, "data.new") }
func (l layout) users() string     { return filepath.Join(l.root, "users") }
func (l layout) startLock() string { return filepath.Join(l.root, "start.lock") }
func (l layout) ownerLock() string { return filepath.Join(l.root, "owner.lock") }
func (l layout) conf() string      { return filepath.Join(l.root, "postgresql.conf") }
func (l layout) hba() string       { return filepath.Join(l.root, "pg_hba.conf") }
func (l layout) log() string       { return filepath.Join(l.root, "postgres.log") }
func (l layout) pidFile() string   { return filepath.Join(l.data(), "postmaster.pid") }

// maxSocketPath is the longest path of a unix socket that connects
// everywhere: sun_path holds 108 bytes with its closing zero.
const maxSocketPath = 107

// socketDir is the folder of the socket: inside the data folder, or, where
// that path is too long for a socket, a short one named by a hash of it.
func (l layout) socketDir() string {
	dir := filepath.Join(l.root, "socket")
	if len(dir)+len("/"+socketName) <= maxSocketPath {
		return dir
	}
	sum := sha256.Sum256([]byte(l.root))
	base := "/tmp"
	if os.Geteuid() == 0 {
		base = "/run"
	}
	return filepath.Join(base, "overheard-"+hex.EncodeToString(sum[:8]))
}

// makeLayout makes the folders which are not the cluster itself. They must be
// open to the account of the server whatever the umask; the cluster and the
// socket, which hold what is private, are not.
func makeLayout(dataDir string) (layout, error) {
	_, missing := os.Stat(dataDir)
	if err := os.MkdirAll(dataDir, 0o755); err != nil {
		return layout{}, fmt.Errorf("make data folder: %w%s", err, folderRemedy(err))
	}
	if missing != nil {
		_ = os.Chmod(dataDir, 0o755)
	}
	l, err := newLayout(dataDir)
	if err != nil {
		return layout{}, err
	}
	for _, dir := range []string{l.root, l.users()} {
		err := os.Mkdir(dir, 0o755)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			err = os.Chmod(dir, 0o755)
		}
		if err != nil {
			return layout{}, fmt.Errorf("make data folder: %w%s", err, folderRemedy(err))
		}
	}
	return l, nil
}

// prepareSocketDir makes the socket folder for the account of the server and
// refuses one that somebody else could have put there.
func prepareSocketDir(dir string, acct account) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make socket folder: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("look at socket folder: %w", err)
	}
	owner := info.Sys().(*syscall.Stat_t).Uid
	if !info.IsDir() || (owner != acct.uid && int(owner) != os.Geteuid()) {
		return fmt.Errorf("socket folder %s belongs to somebody else (uid %d): remove it or choose another --data-dir", dir, owner)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("close socket folder: %w", err)
	}
	return acct.own(dir)
}

// folderRemedy adds what to do to the usual reasons a folder cannot be used.
func folderRemedy(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return " (the disk is full: free space or choose another --data-dir)"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return " (choose a --data-dir you may write to)"
	}
	return ""
}

// syncDir makes a rename in dir survive a crash of the machine.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
