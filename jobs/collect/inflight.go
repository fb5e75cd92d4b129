package collect

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// Inflight remembers on disk which pages are being read. What a process leaves
// there when it dies, the next one finds: one of these pages may have killed it. A
// journal is a file of slots, locked for as long as its process lives. Writing is
// neither waited for nor synced: it has to outlive the process, not the machine.
type Inflight struct {
	dir  string
	file *os.File

	mu   sync.Mutex
	free []int // slots given back
	next int   // first slot never used
}

// slotSize is room for an address: longer ones are cut, and then not found again.
const slotSize = 4096

// OpenInflight begins a journal in dir, which is made if it is not there.
func OpenInflight(dir string) (*Inflight, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of pages being read: %w", err)
	}
	// Locked before it has its name, or another process could take it for an orphan.
	file, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return nil, fmt.Errorf("begin the journal of pages being read: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	name := filepath.Join(dir, fmt.Sprintf("%d-%s.journal", os.Getpid(), filepath.Base(file.Name())[len("new-"):]))
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("begin the journal of pages being read: %w", err), file.Close(), os.Remove(file.Name()))
	}
	return &Inflight{dir: dir, file: file}, nil
}

// begin notes that a page is being read and returns how to say that it was. A nil
// journal notes nothing.
func (f *Inflight) begin(url string) (done func()) {
	if f == nil {
		return func() {}
	}
	f.mu.Lock()
	slot := f.next
	if n := len(f.free); n > 0 {
		slot, f.free = f.free[n-1], f.free[:n-1]
	} else {
		f.next++
	}
	f.mu.Unlock()
	if len(url) > slotSize-1 {
		url = url[:slotSize-1]
	}
	at := int64(slot) * slotSize
	// A journal that cannot be written, on a full disk, protects less: that is all.
	_, _ = f.file.WriteAt(append([]byte(url), 0), at)
	return func() {
		_, _ = f.file.WriteAt([]byte{0}, at)
		f.mu.Lock()
		defer f.mu.Unlock()
		f.free = append(f.free, slot)
	}
}

// Close ends the journal: nothing is being read any more.
func (f *Inflight) Close() error {
	if f == nil {
		return nil
	}
	return errors.Join(f.remove(), f.file.Close())
}

func (f *Inflight) remove() error {
	own, err := f.file.Stat()
	if err != nil {
		return err
	}
	return f.each(func(path string) error {
		if info, err := os.Stat(path); err == nil && os.SameFile(own, info) {
			return os.Remove(path)
		}
		return nil
	})
}

func (f *Inflight) each(do func(path string) error) error {
	paths, err := filepath.Glob(filepath.Join(f.dir, "*.journal"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := do(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// orphans gives blame the pages of each process that died, and removes its journal
// once blame has returned. Should this process die between the two, the next one is
// given the same journal again.
func (f *Inflight) orphans(blame func(journal string, urls []string) error) error {
	if f == nil {
		return nil
	}
	return f.each(func(path string) error {
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		defer file.Close()
		if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
			return nil //nolint:nilerr // its process lives, or another looks at it
		}
		left, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var urls []string
		for len(left) > 0 {
			slot := left[:min(slotSize, len(left))]
			left = left[len(slot):]
			if url, _, _ := bytes.Cut(slot, []byte{0}); len(url) > 0 {
				urls = append(urls, string(url))
			}
		}
		if len(urls) > 0 {
			if err := blame(filepath.Base(path), urls); err != nil {
				return err
			}
		}
		return os.Remove(path)
	})
}
