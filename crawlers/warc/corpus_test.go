package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// summary tells a record in one line.
func summary(rec *Record) string {
	s := fmt.Sprintf("%d %s", rec.Offset, rec.Type)
	if !rec.IsSeekable {
		s = "unpacked " + s
	}
	if rec.TargetURI != "" {
		s += " " + rec.TargetURI
	}
	res, err := rec.Response()
	if errors.Is(err, ErrNoResponse) {
		n, err := io.Copy(io.Discard, rec.Block())
		if err != nil {
			return s + " " + err.Error()
		}
		return s + fmt.Sprintf(" %d bytes", n)
	}
	if err != nil {
		return s + " " + err.Error()
	}
	body, err := res.ReadAll(1 << 20)
	s += fmt.Sprintf(" status %d, %d bytes", res.Status, len(body))
	if err != nil {
		s += " " + err.Error()
	}
	return s
}

// summaries reads a whole file.
func summaries(r *Reader) []string {
	var all []string
	for {
		rec, err := r.Next()
		var damage *DamagedError
		switch {
		case errors.Is(err, io.EOF):
			return all
		case errors.As(err, &damage):
			all = append(all, err.Error())
		case err != nil:
			return append(all, err.Error())
		default:
			all = append(all, summary(rec))
		}
	}
}

func TestDump(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(os.Getenv("OVERHEARD_SHARED"), "corpus", "warc", "*.*"))
	for _, f := range files {
		data, _ := os.ReadFile(f)
		fmt.Printf("%q: {\n", filepath.Base(f))
		for _, s := range summaries(NewReader(bytes.NewReader(data), 0)) {
			fmt.Printf("\t%q,\n", s)
		}
		fmt.Println("digests")
		r := NewReader(bytes.NewReader(data), 0)
		r.ChecksDigests = true
		for _, s := range summaries(r) {
			fmt.Printf("\t%q,\n", s)
		}
	}
	_ = cmp.Diff
}
