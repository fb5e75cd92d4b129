package fetch

import (
	"io"
	"net/http"
)

// Unpacker undoes the content-encodings of bodies that came another way than
// through a Fetcher, such as out of an archive. It is safe for concurrent use.
type Unpacker struct{ tools *tools }

// NewUnpacker makes one. It keeps its decoders to use them again.
func NewUnpacker() *Unpacker { return &Unpacker{newTools()} }

// Unpacked is a body with its content-encodings undone.
type Unpacked struct {
	r io.Reader
	b *body
}

// Open reads a body of an answer with that header. How much comes out is for the
// reader to bound; a decoder may take 16 MiB. Close it once.
func (u *Unpacker) Open(header http.Header, r io.Reader) *Unpacked {
	b := &body{tools: u.tools, reserve: func(int64) error { return nil }}
	return &Unpacked{b.undo(header, r), b}
}

func (u *Unpacked) Read(p []byte) (int, error) { return u.r.Read(p) }

// Close gives back the decoders. Nothing may be read after it.
func (u *Unpacked) Close() {
	for _, f := range u.b.closers {
		f()
	}
	u.b.closers = nil
}
