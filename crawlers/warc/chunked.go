package warc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxChunkLine is how long a line before a chunk may be, with its extensions.
const maxChunkLine = 1024

// looksChunked tells whether a payload begins with the size of a chunk. Many
// archives keep the header of a chunked answer, but not its chunks.
func looksChunked(r *bufio.Reader) bool {
	head, _ := r.Peek(18)
	digits := 0
	for digits < len(head) && isHex(head[digits]) {
		digits++
	}
	if digits == 0 || digits > 16 || digits == len(head) {
		return false
	}
	switch head[digits] {
	case '\r', '\n', ';', ' ':
		return true
	}
	return false
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// chunkReader joins the chunks of a transfer-encoding.
type chunkReader struct {
	r interface {
		io.Reader
		io.ByteReader
	}
	left    uint64
	isBegun bool
	err     error
}

func (c *chunkReader) Read(p []byte) (int, error) {
	if c.err != nil || len(p) == 0 {
		return 0, c.err
	}
	if c.left == 0 {
		if c.err = c.next(); c.err != nil {
			return 0, c.err
		}
	}
	if uint64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.left -= uint64(n)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	c.err = err
	return n, err
}

// next reads the line before a chunk; io.EOF is the last chunk.
func (c *chunkReader) next() error {
	if c.isBegun {
		if line, err := c.line(); err != nil || line != "" {
			return errors.Join(err, errBehindChunk)
		}
	}
	c.isBegun = true
	line, err := c.line()
	if err != nil {
		return err
	}
	digits := strings.IndexFunc(line, func(r rune) bool { return r > 0x7f || !isHex(byte(r)) })
	if digits < 0 {
		digits = len(line)
	}
	size, err := strconv.ParseUint(line[:digits], 16, 63)
	if err != nil || digits < len(line) && line[digits] != ';' && line[digits] != ' ' {
		return fmt.Errorf("chunk size %.20q", line)
	}
	c.left = size
	if c.left == 0 {
		return io.EOF
	}
	return nil
}

var errBehindChunk = errors.New("no line end behind a chunk")

// line reads a line without its end.
func (c *chunkReader) line() (string, error) {
	var line []byte
	for len(line) < maxChunkLine {
		b, err := c.r.ReadByte()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return "", err
		}
		if b == '\n' {
			if n := len(line); n > 0 && line[n-1] == '\r' {
				line = line[:n-1]
			}
			return string(line), nil
		}
		line = append(line, b)
	}
	return "", fmt.Errorf("a chunk's line over %d bytes", maxChunkLine)
}
