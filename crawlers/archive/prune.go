package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/overheard-news/overheard/crawlers/warc"
)

const (
	nameTime = "20060102T150405Z"
	nameEnd  = ".warc.gz"
)

// begun tells when an own file was begun, by its name: file times change when a
// folder is copied.
func begun(name string) (time.Time, bool) {
	stamp, rest, _ := strings.Cut(name, "-")
	at, err := time.Parse(nameTime, stamp)
	return at, err == nil && strings.HasSuffix(rest, nameEnd)
}

// Prune removes the files of whose pages none is younger than before, and gives
// their names and sizes; a zero time stands for now less Config.Retention, and
// removes nothing if that is zero. As a file ends with its day at the latest, it is
// the day that counts. The file being written stays, here and in other processes:
// nothing of the last two days is removed.
func (a *Archive) Prune(before time.Time) (files []string, bytes int64, err error) {
	if before.IsZero() {
		if a.cfg.Retention <= 0 {
			return nil, 0, nil
		}
		before = a.now().Add(-a.cfg.Retention)
	}
	if latest := a.now().Add(-24 * time.Hour); before.After(latest) {
		before = latest
	}
	entries, err := os.ReadDir(a.cfg.Dir)
	if err != nil {
		return nil, 0, fmt.Errorf("prune archive: %w", err)
	}
	a.mu.Lock()
	current := ""
	if a.file != nil {
		current = a.name
	}
	a.mu.Unlock()
	var failed []error
	for _, e := range entries {
		at, isOwn := begun(e.Name())
		youngest := at.Truncate(24 * time.Hour).Add(24 * time.Hour)
		if !isOwn || e.Name() == current || youngest.After(before) || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if err == nil {
			err = os.Remove(filepath.Join(a.cfg.Dir, e.Name()))
		}
		if errors.Is(err, os.ErrNotExist) {
			continue // another process prunes, too
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("prune archive: %w", err))
			continue
		}
		files, bytes = append(files, e.Name()), bytes+info.Size()
	}
	return files, bytes, errors.Join(failed...)
}

// Missing tells which of own files are not in the folder. A folder that cannot be read
// or holds no file of an archive tells nothing: it may be the wrong one, or not be
// mounted.
func (a *Archive) Missing(names []string) ([]string, error) {
	entries, err := os.ReadDir(a.cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("look for archive files: %w", err)
	}
	there := map[string]bool{}
	for _, e := range entries {
		if _, isOwn := begun(e.Name()); isOwn {
			there[e.Name()] = true
		}
	}
	if len(there) == 0 {
		return nil, nil
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return there[name] }), nil
}

// Condition is what Verify found in a file.
type Condition struct {
	Records int                  // whole ones, digests and all
	Pages   int                  // of these, HTTP answers
	Bytes   int64                // of the file, unless it ends early
	Damage  []*warc.DamagedError // at most 100
	Damaged int                  // records damaged
}

const maxDamage = 100

// Verify reads an own file, or by its absolute path another one, from end to end
// and checks every record.
func (a *Archive) Verify(ctx context.Context, name string) (Condition, error) {
	var c Condition
	src, err := a.open(ctx, Position{File: name})
	if err != nil {
		return c, fmt.Errorf("verify %s: %w", name, err)
	}
	defer src.Close()
	reader := warc.NewReader(src, 0)
	defer func() { _ = reader.Close() }() // nothing is open but what it read
	reader.ChecksDigests = true
	for {
		if err := ctx.Err(); err != nil {
			return c, fmt.Errorf("verify %s: %w", name, err)
		}
		rec, err := reader.Next()
		if err == nil {
			isPage := rec.Type == warc.TypeResponse
			if _, err = rec.Finish(); err == nil {
				c.Records++
				if isPage {
					c.Pages++
				}
			}
		}
		var damage *warc.DamagedError
		switch {
		case errors.Is(err, io.EOF):
			c.Bytes = reader.Offset()
			return c, nil
		case errors.As(err, &damage):
			if c.Damaged++; len(c.Damage) < maxDamage {
				c.Damage = append(c.Damage, damage)
			}
		case err != nil:
			return c, fmt.Errorf("verify %s: %w", name, err)
		}
	}
}
