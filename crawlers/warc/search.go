package warc

import (
	"bytes"
	"fmt"
	"io"
)

// maxSearch is how far behind damage the next record is looked for.
const maxSearch = 256 << 20

var (
	gzipMagic   = []byte{0x1f, 0x8b}
	memberMagic = []byte{0x1f, 0x8b, 8} // 8 is deflate, the one method there is
	recordMagic = []byte("WARC/1.")
)

func tooFar(from int64) error {
	return fmt.Errorf("read WARC: no record within %d bytes behind the damage at byte %d", int64(maxSearch), from)
}

// findMember looks in the file for a gzip member that begins with a record.
func (r *Reader) findMember(from int64) error { return r.find(from, nil) }

// findAny looks for that, or for a line that begins a record, in a file of which
// we do not know yet how it is packed.
func (r *Reader) findAny(from int64) error { return r.find(from, []byte("\n"+string(recordMagic))) }

// find looks for a gzip member that begins with a record, or for a line.
func (r *Reader) find(from int64, line []byte) error {
	r.seek(from)
	for begun := r.fileOffset(); r.fileOffset()-begun < maxSearch; {
		seen, err := r.raw.Peek(rawBuffer)
		if failure := r.tape.failure(); failure != nil {
			return r.end(failure)
		}
		i := bytes.Index(seen, memberMagic)
		if at := bytes.Index(seen, line); line != nil && at >= 0 && (i < 0 || at < i) {
			r.form, r.text = formPlain, r.raw
			_, _ = r.raw.Discard(at + 1) // was peeked at
			return nil
		}
		if i < 0 {
			if err != nil {
				return io.EOF
			}
			_, _ = r.raw.Discard(len(seen) - max(len(memberMagic), len(line)) + 1)
			continue
		}
		_, _ = r.raw.Discard(i)
		at := r.fileOffset()
		isMember := false
		if err := r.open(); err == nil {
			head, _ := r.text.Peek(len(recordMagic))
			isMember = bytes.Equal(head, recordMagic)
		}
		r.inMember = false
		if isMember {
			r.seek(at)
			return nil
		}
		r.seek(at + 1)
	}
	return tooFar(from)
}

// seek winds the file back.
func (r *Reader) seek(offset int64) {
	r.tape.rewind(offset)
	r.raw.Reset(r.tape)
}

// findInMember looks for a record in what is left of a gzip member, which could
// be unpacked so far. None is no error: the next member may have one.
func (r *Reader) findInMember() error {
	if !r.inMember {
		return nil
	}
	if err := r.findLine(); err != nil {
		if failure := r.tape.failure(); failure != nil {
			return r.end(failure)
		}
		if err != io.EOF { //nolint:errorlint // of the member, never wrapped
			return r.findMember(r.member + 1)
		}
		r.inMember = false
	}
	return nil
}

// findPlain looks in a plain file for a line that begins a record.
func (r *Reader) findPlain(from int64) error {
	r.seek(from)
	if err := r.skipLine(); err != nil {
		return r.end(err)
	}
	if err := r.findLine(); err != nil {
		return r.end(err)
	}
	return nil
}

// findLine skips lines until one begins a record.
func (r *Reader) findLine() error {
	for begun := r.textOffset(); r.textOffset()-begun < maxSearch; {
		head, err := r.text.Peek(len(recordMagic))
		if bytes.Equal(head, recordMagic) {
			return nil
		}
		if err != nil && len(head) == 0 {
			return err
		}
		if err := r.skipLine(); err != nil {
			return err
		}
	}
	return tooFar(r.textOffset())
}

func (r *Reader) skipLine() error {
	for {
		line, err := r.text.ReadSlice('\n')
		if err == nil || len(line) == 0 {
			return err
		}
	}
}
