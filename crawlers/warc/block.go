package warc

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

// block reads the content block of a record.
type block struct {
	rec  *Record
	left int64
}

// Block reads the content block as it stands in the file. It is for records other
// than HTTP answers; use either this or Response.
func (rec *Record) Block() io.Reader { return &rec.block }

func (b *block) Read(p []byte) (int, error) {
	rec := b.rec
	switch {
	case rec.err != nil:
		rec.isTold = true
		return 0, rec.err
	case b.left == 0:
		return 0, io.EOF
	case rec.isClosed:
		return 0, errors.New("read WARC: the record is no longer the last one")
	case int64(len(p)) > b.left:
		p = p[:b.left]
	}
	for {
		n, err := rec.r.text.Read(p)
		if n > 0 || err == nil {
			b.left -= int64(n)
			for _, d := range rec.digests {
				d.block(p[:n])
			}
			return n, nil
		}
		if errors.Is(err, io.EOF) && rec.r.form == formGzip {
			err = rec.goOn()
		} else {
			err = rec.r.blame(rec.Offset, err)
		}
		if err != nil {
			rec.isTold = true
			rec.err, rec.isDone = err, true
			return 0, err
		}
	}
}

// goOn begins another gzip member within a block, as some writers cut records.
func (rec *Record) goOn() error {
	r := rec.r
	r.inMember = false
	if _, err := r.raw.Peek(1); err != nil {
		if failure := r.tape.failure(); failure != nil {
			return r.end(failure)
		}
		return r.reject(rec.Offset, "the file ends %d bytes before the end of its block", rec.block.left)
	}
	if err := r.open(); err != nil {
		return r.blame(rec.Offset, err)
	}
	if head, _ := r.text.Peek(len(recordMagic)); bytes.Equal(head, recordMagic) {
		return r.reject(rec.Offset, "its gzip member ends %d bytes before the end of its block", rec.block.left)
	}
	r.isShared = true
	return nil
}

// Finish reads what is left of the record and tells how many bytes it takes in the
// file; zero if that cannot be told, as it shares its gzip member with others. The
// error is a *DamagedError, or of the source.
func (rec *Record) Finish() (length int64, err error) {
	if err := rec.finish(); err != nil {
		rec.isTold = true
		return 0, err
	}
	return rec.length, nil
}

func (rec *Record) finish() error {
	if rec.isDone {
		return rec.err
	}
	wasTold := rec.isTold
	err := rec.end()
	rec.isTold = wasTold
	if rec.isDone = true; err != nil {
		rec.err = err
	}
	return rec.err
}

// end reads what is left of the block, and what must come behind it.
func (rec *Record) end() error {
	r := rec.r
	if rec.left == nil && len(rec.digests) > 0 && rec.isHTTP() {
		if rec.block.left == rec.ContentLength {
			_ = rec.readHead() // for the digest of the payload; without a head there is none
		} else { // read as a block: where the payload began was not looked for
			rec.digests = slices.DeleteFunc(rec.digests, func(d *digest) bool { return d.isPayload })
		}
	}
	if rec.left != nil {
		_ = rec.left() // what is wrong with a payload is its reader's to tell
	}
	if _, err := io.Copy(io.Discard, &rec.block); err != nil {
		return err
	}
	err := r.skipNewlines()
	switch {
	case errors.Is(err, io.EOF) && r.form == formGzip:
		r.inMember = false
		if rec.IsSeekable {
			rec.length = r.fileOffset() - rec.Offset
		}
	case errors.Is(err, io.EOF) && r.tape.failure() == nil:
		rec.length = r.fileOffset() - rec.Offset
	case err != nil:
		return r.blame(rec.Offset, err)
	default:
		if head, _ := r.text.Peek(len("WARC/")); !begins(head, recordMagic[:len("WARC/")]) {
			return r.reject(rec.Offset, "what follows its %d bytes is no record", rec.ContentLength)
		}
		if r.form == formPlain {
			rec.length = r.fileOffset() - rec.Offset
		}
	}
	for _, d := range rec.digests {
		if !d.isRight() {
			return &DamagedError{Offset: rec.Offset, Reason: d.name + " differs"}
		}
	}
	return nil
}

// close gives back what the record holds.
func (rec *Record) close() {
	rec.isClosed = true
	for _, f := range rec.closers {
		f()
	}
	rec.closers = nil
}
