package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/overheard-news/overheard/crawlers/fetch"
)

// form is how a file is packed.
type form int

const (
	formUnknown form = iota
	formGzip
	formPlain
)

const (
	rawBuffer  = 128 << 10
	textBuffer = 64 << 10
	headBuffer = 8 << 10
)

// Reader reads records one after the other. It is not safe for concurrent use.
// Its memory does not grow with the file or its records: about 3 MiB.
type Reader struct {
	// ChecksDigests compares the digests a record carries with what was read;
	// one that differs is damage.
	ChecksDigests bool

	tape     *tape
	raw      *bufio.Reader // the file
	form     form
	z        *gzip.Reader
	member   int64 // where the gzip member being read begins
	inMember bool
	isShared bool          // the member holds more than one record
	text     *bufio.Reader // the file unpacked; raw if it is plain
	unpacked int64         // bytes that z gave
	packed   *bufio.Reader // over z
	http     *bufio.Reader // over the block of an HTTP record
	unpacker *fetch.Unpacker

	head  []byte
	last  *Record
	lost  func() error // finds the next record after damage; nil: it is where we stand
	final error
}

// NewReader reads a file from its byte offset on, which r begins with: zero, or
// what Reader.Offset or the Offset of a seekable record was.
func NewReader(r io.Reader, offset int64) *Reader {
	reader := &Reader{tape: &tape{}, z: new(gzip.Reader), unpacker: fetch.NewUnpacker()}
	reader.raw = bufio.NewReaderSize(reader.tape, rawBuffer)
	reader.http = bufio.NewReaderSize(nil, headBuffer)
	reader.Reset(r, offset)
	return reader
}

// Reset makes the Reader read another file, or the same from another offset on.
func (r *Reader) Reset(src io.Reader, offset int64) {
	r.let()
	r.tape.reset(src, offset)
	r.raw.Reset(r.tape)
	r.form, r.inMember, r.isShared, r.unpacked = formUnknown, false, false, 0
	r.last, r.lost, r.final = nil, nil, nil
}

// Close gives back what the Reader took. It does not close its source.
func (r *Reader) Close() error {
	r.let()
	r.final = errors.New("read WARC: the reader is closed")
	return nil
}

// let ends what the last record has open.
func (r *Reader) let() {
	if r.last != nil {
		r.last.close()
	}
}

// Next gives the next record, and skips what is left of the one before, which
// must not be used any more. The error is io.EOF at the end, a *DamagedError for
// a record that cannot be read, after which Next goes on; anything else is final.
// Damage that was told already, by a body or by Finish, is not told again.
func (r *Reader) Next() (*Record, error) {
	if last := r.last; last != nil {
		err := last.finish()
		r.let()
		r.last = nil
		if err != nil && !last.isTold {
			return nil, err
		}
	}
	if r.final != nil {
		return nil, r.final
	}
	if find := r.lost; find != nil {
		r.lost = nil
		if err := find(); err != nil {
			r.final = err
			return nil, err
		}
	}
	rec, err := r.begin()
	if err != nil {
		return nil, err
	}
	r.last = rec
	return rec, nil
}

// Offset is a place in the file where another Reader may go on: behind the last
// record if that was read to its end, by Finish or ReadAll, else where it begins. In
// a file that was compressed as one it is the start.
func (r *Reader) Offset() int64 {
	switch last := r.last; {
	case last != nil && !last.isDone && r.form == formPlain:
		return last.Offset
	case last != nil && !last.isDone:
		return last.member
	case r.form == formGzip && r.inMember:
		return r.member
	}
	return r.fileOffset()
}

func (r *Reader) fileOffset() int64 { return r.tape.pos - int64(r.raw.Buffered()) }

// textOffset counts in the unpacked stream.
func (r *Reader) textOffset() int64 {
	if r.form == formPlain {
		return r.fileOffset()
	}
	return r.unpacked - int64(r.text.Buffered())
}

// detect finds out what the file is from its first bytes.
func (r *Reader) detect() error {
	head, err := r.raw.Peek(len("filedesc:"))
	if len(head) == 0 {
		return r.end(err)
	}
	why := "neither a record nor a gzip member begins here"
	switch {
	case begins(head, gzipMagic):
		r.unpack()
		return nil
	case begins(bytes.TrimLeft(head, "\r\n"), recordMagic[:len("WARC/")]):
		r.form, r.text = formPlain, r.raw
		return nil
	case bytes.HasPrefix(head, []byte("filedesc:")):
		why = oldFormat
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}), head[0]&0xf0 == 0x50 && bytes.HasPrefix(head[1:], []byte{0x2a, 0x4d, 0x18}):
		why = "it is compressed with zstd: unpack it first"
	}
	if err := r.tape.failure(); err != nil {
		return r.end(err)
	}
	if at := r.fileOffset(); at > 0 {
		r.unpack()
		r.lost = func() error { return r.findAny(at) }
		return &DamagedError{Offset: at, Reason: why}
	}
	r.final = fmt.Errorf("read WARC at byte 0: %w: %s", ErrFormat, why)
	return r.final
}

// unpack takes the file for a compressed one.
func (r *Reader) unpack() {
	if r.packed == nil {
		r.packed = bufio.NewReaderSize(memberReader{r}, textBuffer)
	}
	r.packed.Reset(memberReader{r})
	r.form, r.text = formGzip, r.packed
}

// begins tells whether a file begins with magic, or ends within it.
func begins(head, magic []byte) bool {
	n := min(len(head), len(magic))
	return bytes.Equal(head[:n], magic[:n])
}

const oldFormat = "it is in the ARC format, which came before WARC: convert it first"

// end is the end of the reading.
func (r *Reader) end(err error) error {
	if failure := r.tape.failure(); failure != nil {
		err = failure
	}
	if err == io.EOF { //nolint:errorlint // a cause of another error is no end
		r.final = io.EOF
	} else {
		r.final = fmt.Errorf("read WARC at byte %d: %w", r.fileOffset(), err)
	}
	return r.final
}

// memberReader reads the gzip member being read to its end.
type memberReader struct{ r *Reader }

func (m memberReader) Read(p []byte) (int, error) {
	n, err := m.r.z.Read(p)
	m.r.unpacked += int64(n)
	return n, err
}

// open begins the next gzip member.
func (r *Reader) open() error {
	r.member, r.isShared = r.fileOffset(), false
	if err := r.z.Reset(r.raw); err != nil {
		return err
	}
	r.z.Multistream(false)
	r.packed.Reset(memberReader{r})
	r.inMember = true
	return nil
}

// begin reads on to the next record and its header.
func (r *Reader) begin() (*Record, error) {
	if r.form == formUnknown {
		if err := r.detect(); err != nil {
			return nil, err
		}
	}
	for {
		if r.form == formGzip && !r.inMember {
			if _, err := r.raw.Peek(1); err != nil {
				return nil, r.end(err)
			}
			at := r.fileOffset()
			if err := r.open(); err != nil {
				return nil, r.blame(at, fmt.Errorf("no gzip member: %w", err))
			}
		}
		rec := &Record{r: r, IsSeekable: r.form == formPlain || !r.isShared, member: r.member}
		err := r.skipNewlines()
		rec.Offset = r.textOffset()
		if r.form == formGzip && rec.IsSeekable {
			rec.Offset = r.member
		}
		switch {
		case errors.Is(err, io.EOF) && r.form == formGzip:
			r.inMember = false
			continue
		case err != nil && r.form == formPlain:
			return nil, r.end(err)
		case err != nil:
			return nil, r.blame(rec.Offset, err)
		}
		r.isShared = true
		if err := rec.readHeader(); err != nil {
			return nil, err
		}
		return rec, nil
	}
}

// skipNewlines reads the empty lines between records.
func (r *Reader) skipNewlines() error {
	for {
		b, err := r.text.ReadByte()
		if err != nil {
			return err
		}
		if b != '\r' && b != '\n' {
			return r.text.UnreadByte()
		}
	}
}

// blame tells what a failed read means: the source's own error is final, all else
// is damage.
func (r *Reader) blame(offset int64, err error) error {
	if failure := r.tape.failure(); failure != nil {
		return r.end(failure)
	}
	reason := err.Error()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		reason = "the file ends within it"
	}
	r.lost = func() error { return r.findPlain(offset + 1) }
	if r.form == formGzip {
		from := r.member + 1
		r.inMember = false
		r.lost = func() error { return r.findMember(from) }
	}
	return &DamagedError{Offset: offset, Reason: reason}
}

// reject is damage in what was read well: a header that makes no sense, a length
// that is wrong.
func (r *Reader) reject(offset int64, format string, args ...any) error {
	r.lost = func() error { return r.findPlain(offset + 1) }
	if r.form == formGzip {
		r.lost = r.findInMember
	}
	return &DamagedError{Offset: offset, Reason: fmt.Sprintf(format, args...)}
}
