package warc

import "io"

// window is how many bytes can be read a second time, to look for the next
// record behind a damaged one: a decoder reads on for a while before it notices.
const window = 1 << 20

// tape reads a source, counts, and keeps the last bytes so that it can be wound
// back.
type tape struct {
	src      io.Reader
	kept     []byte // the last bytes read from src
	pos, end int64  // next byte to give; next byte of src
	err      error  // how src ended
}

func (t *tape) reset(src io.Reader, offset int64) {
	*t = tape{src: src, kept: t.kept[:0], pos: offset, end: offset}
}

func (t *tape) Read(p []byte) (int, error) {
	if t.pos < t.end {
		n := copy(p, t.kept[int64(len(t.kept))-(t.end-t.pos):])
		t.pos += int64(n)
		return n, nil
	}
	if t.err != nil {
		return 0, t.err
	}
	n, err := t.src.Read(p)
	t.keep(p[:n])
	t.end += int64(n)
	t.pos = t.end
	if t.err = err; n > 0 {
		return n, nil
	}
	return 0, err
}

func (t *tape) keep(p []byte) {
	if len(t.kept)+len(p) > 2*window {
		p = p[max(len(p)-window, 0):]
		left := min(window-len(p), len(t.kept))
		copy(t.kept, t.kept[len(t.kept)-left:])
		t.kept = t.kept[:left]
	}
	t.kept = append(t.kept, p...)
}

// rewind winds back to an offset, or as far as it can.
func (t *tape) rewind(offset int64) {
	t.pos = max(min(offset, t.end), t.end-int64(len(t.kept)))
}

// failure is the error the source ended with; nil if that was its end.
func (t *tape) failure() error {
	if t.err == nil || t.err == io.EOF { //nolint:errorlint // a cause of another error is no end
		return nil
	}
	return t.err
}
