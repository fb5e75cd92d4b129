package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// folder is a folder that comes to be whole: files are written into a hidden
// folder beside it, which takes its name at the end. An export that stands is
// moved aside for the moment between two renames, then removed. A lock on the
// hidden folder keeps two exports apart; what a killed one left is cleared away.
type folder struct {
	dir, part, old string
	lock           *os.File
	isKept         bool
}

func openFolder(dir string, isForced bool) (*folder, error) {
	if dir == "" {
		return nil, errors.New("export: no folder is named")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("export to %s: %w", dir, err)
	}
	if err := mayReplace(dir, isForced); err != nil {
		return nil, err
	}
	beside := filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+".overheard-export-")
	f := &folder{dir: dir, part: beside + "part", old: beside + "old"}
	if err := os.MkdirAll(f.part, 0o755); err != nil {
		return nil, fmt.Errorf("make a folder to export to: %w", err)
	}
	if f.lock, err = os.Open(f.part); err != nil {
		return nil, fmt.Errorf("lock the folder to export to: %w", err)
	}
	if err := syscall.Flock(int(f.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.lock.Close()
		return nil, fmt.Errorf("export to %s: another export is writing there", dir)
	}
	if err := empty(f.part); err != nil {
		f.abandon()
		return nil, fmt.Errorf("clear away what an interrupted export left: %w", err)
	}
	return f, nil
}

// mayReplace refuses a folder that holds something, but for an export of ours
// where that is asked for: --force on the wrong folder must not empty it.
func mayReplace(dir string, isForced bool) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("export to %s: that is a file; name a folder", dir)
	case err != nil:
		return fmt.Errorf("export to %s: %w", dir, err)
	case len(entries) == 0:
		return nil
	}
	manifest, err := readManifest(filepath.Join(dir, ManifestFile))
	switch {
	case err != nil:
		return fmt.Errorf("export to %s: the folder is not empty and holds no export; name another", dir)
	case !isForced:
		return fmt.Errorf("export to %s: an export of %s stands there; --force replaces it", dir, manifest.ExportedAt.Format("2006-01-02 15:04 MST"))
	}
	ours := []string{ManifestFile}
	for _, t := range manifest.Tables {
		for _, file := range t.Files {
			ours = append(ours, file.Name)
		}
	}
	for _, entry := range entries {
		if !slices.Contains(ours, entry.Name()) {
			return fmt.Errorf("export to %s: it holds %s, which is no part of the export there; move it away first", dir, entry.Name())
		}
	}
	return nil
}

// empty removes what is in a folder, and not the folder.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, entry.Name())))
	}
	return err
}

// keep gives the folder its name.
func (f *folder) keep() error {
	if err := f.lock.Sync(); err != nil {
		return fmt.Errorf("write the folder %s: %w", f.part, err)
	}
	if err := os.RemoveAll(f.old); err != nil {
		return fmt.Errorf("clear away %s: %w", f.old, err)
	}
	err := os.Rename(f.dir, f.old)
	hasOld := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("move the export that stands aside: %w", err)
	}
	if err := os.Rename(f.part, f.dir); err != nil {
		if hasOld {
			err = errors.Join(err, os.Rename(f.old, f.dir))
		}
		return fmt.Errorf("give the export its name: %w", err)
	}
	f.isKept = true
	if hasOld {
		if err := os.RemoveAll(f.old); err != nil {
			return fmt.Errorf("remove the export that was replaced: %w", err)
		}
	}
	return nil
}

// abandon removes what was written, unless it was kept. To call twice is fine.
func (f *folder) abandon() {
	if f.lock == nil {
		return
	}
	if !f.isKept {
		_ = os.RemoveAll(f.part) // what stays, the next export clears away
	}
	f.lock.Close()
	f.lock = nil
}
