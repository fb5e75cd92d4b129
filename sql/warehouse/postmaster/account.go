package postmaster

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is who the server runs as. Postgres refuses to run as root, so a
// program of root lends it another account; anybody else runs it as himself.
type account struct {
	name     string
	uid, gid uint32
	switched bool // true if it differs from the account of this process
}

// serverAccount chooses the account: the owner of an existing cluster, else
// for root the user postgres or nobody, else ourselves.
func serverAccount(cluster string) (account, error) {
	if os.Geteuid() != 0 {
		return account{name: "you", uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}, nil
	}
	if info, err := os.Stat(cluster); err == nil {
		stat := info.Sys().(*syscall.Stat_t)
		if stat.Uid == 0 {
			return account{}, fmt.Errorf("data folder %s belongs to root, as whom Postgres does not run: chown -R postgres %s", cluster, cluster)
		}
		name := "uid " + strconv.Itoa(int(stat.Uid))
		if u, err := user.LookupId(strconv.Itoa(int(stat.Uid))); err == nil {
			name = u.Username
		}
		return account{name: name, uid: stat.Uid, gid: stat.Gid, switched: true}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if uidErr == nil && gidErr == nil {
			return account{name: name, uid: uint32(uid), gid: uint32(gid), switched: true}, nil
		}
	}
	return account{}, fmt.Errorf("find an account for Postgres, which does not run as root: there is neither a user postgres nor nobody (adduser --system postgres)")
}

// credential is what the kernel wants; nil for ourselves.
func (a account) credential() *syscall.Credential {
	if !a.switched {
		return nil
	}
	return &syscall.Credential{Uid: a.uid, Gid: a.gid}
}

// own gives path to the account.
func (a account) own(path string) error {
	if !a.switched {
		return nil
	}
	if err := os.Chown(path, int(a.uid), int(a.gid)); err != nil {
		return fmt.Errorf("give %s to user %s: %w", path, a.name, err)
	}
	return nil
}

// mayEnter says which folder above dir keeps the account out, the usual
// reason for root: a data folder under /root.
func (a account) mayEnter(dir string) error {
	if !a.switched {
		return nil
	}
	for d := dir; ; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err != nil {
			return fmt.Errorf("look at folder: %w", err)
		}
		stat, mode := info.Sys().(*syscall.Stat_t), info.Mode().Perm()
		open := mode&0o001 != 0
		switch {
		case stat.Uid == a.uid:
			open = mode&0o100 != 0
		case stat.Gid == a.gid:
			open = mode&0o010 != 0
		}
		if !open {
			return fmt.Errorf("as root Postgres runs as user %s, who may not enter %s (mode %04o): choose a --data-dir elsewhere, such as /var/lib/overheard, or chmod o+x %s", a.name, d, mode, d)
		}
		if d == filepath.Dir(d) {
			return nil
		}
	}
}
