package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/overheard-news/overheard/crawlers/warc"
)

// Write keeps a page. On return its record is whole in the file, or the error
// says why it is not kept at all.
func (a *Archive) Write(p Page) (Position, error) {
	packer := a.packers.Get().(*warc.Writer)
	defer a.packers.Put(packer)
	packed, err := packer.Pack(warc.NewRecord{
		Type: warc.TypeResponse, TargetURI: p.URL, Date: p.FetchedAt, ContentType: "application/http; msgtype=response",
		Head: warc.ResponseHead(p.Status, p.Header, len(p.Body)), Payload: p.Body,
	})
	if err != nil {
		return Position{}, fmt.Errorf("archive %s: %w", p.URL, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	at, err := a.append(packed)
	if err != nil {
		return Position{}, fmt.Errorf("archive %s: %w", p.URL, err)
	}
	at.URL = p.URL
	return at, nil
}

// append writes a record to the end of the file; a.mu is held.
func (a *Archive) append(packed []byte) (Position, error) {
	if a.isClosed {
		return Position{}, errors.New("the archive is closed")
	}
	today := a.now().UTC().Truncate(24 * time.Hour)
	if a.file != nil && (a.size >= a.cfg.MaxFileBytes || !today.Equal(a.day)) {
		if err := a.endFile(); err != nil {
			a.lg.Error("an archive file did not end well", "file", a.name, "error", err)
		}
	}
	if a.file == nil {
		if err := a.beginFile(today); err != nil {
			return Position{}, err
		}
	}
	at := Position{File: a.name, Offset: a.size, Length: int64(len(packed))}
	if err := a.put(packed); err != nil {
		return Position{}, err
	}
	return at, nil
}

// put writes bytes whole, or takes back what went out; a.mu is held. If that fails,
// too, the file is left as it is, and another one begun.
func (a *Archive) put(packed []byte) error {
	n, err := a.file.Write(packed)
	if err == nil {
		a.size += int64(n)
		return nil
	}
	name := a.name
	if n > 0 {
		if undone := a.file.Truncate(a.size); undone != nil {
			_ = a.file.Close() // it holds what it holds
			a.file = nil
		}
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("write %s: the disk is full: free some space, or shorten the archive's retention: %w", filepath.Join(a.cfg.Dir, name), err)
	}
	return fmt.Errorf("write %s: %w", filepath.Join(a.cfg.Dir, name), err)
}

// beginFile makes a file with a name that no other has; a.mu is held.
func (a *Archive) beginFile(today time.Time) error {
	for {
		a.number++
		name := fmt.Sprintf("%s-%s-%d-%d%s", a.now().UTC().Format(nameTime), a.host, os.Getpid(), a.number, nameEnd)
		f, err := a.create(filepath.Join(a.cfg.Dir, name))
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("begin archive file: %w", err)
		}
		a.file, a.name, a.day, a.size = f, name, today, 0
		break
	}
	packed, err := warc.NewWriter(nil).Pack(warc.NewRecord{
		Type: warc.TypeWarcinfo, Date: a.now(), ContentType: "application/warc-fields",
		Header:  warc.Header{{Name: "WARC-Filename", Value: a.name}},
		Payload: []byte("software: Overheard\r\nformat: WARC File Format 1.1\r\nhostname: " + a.host + "\r\n"),
	})
	if err == nil {
		err = a.put(packed)
	}
	if err != nil { // nothing stands in it
		if a.file != nil {
			_ = a.file.Close()
			a.file = nil
		}
		_ = os.Remove(filepath.Join(a.cfg.Dir, a.name))
	}
	return err
}

// endFile closes the file being written, if there is one; a.mu is held.
func (a *Archive) endFile() error {
	f := a.file
	if f == nil {
		return nil
	}
	a.file = nil
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("close archive file %s: %w", a.name, err)
	}
	return nil
}
