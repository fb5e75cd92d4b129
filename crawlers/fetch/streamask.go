package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// fileFacts are what a server tells of a file as a whole.
type fileFacts struct {
	size           int64 // -1: not known
	etag, modified string
}

func (k fileFacts) validator() string {
	switch {
	case k.etag != "":
		return k.etag
	case k.modified != "":
		return fmt.Sprintf("%d bytes of %s", k.size, k.modified)
	}
	return ""
}

// condition is what makes a server send the whole file, rather than a part, if it
// has changed: If-Range takes no weak ETag.
func (k fileFacts) condition() string {
	if k.etag != "" && !strings.HasPrefix(k.etag, "W/") {
		return k.etag
	}
	return k.modified
}

// check tells whether what a later answer says is of the same file.
func (k fileFacts) check(now fileFacts) error {
	switch {
	case k.etag != "" && now.etag != "" && k.etag != now.etag:
		return fmt.Errorf("%w: its ETag was %s and is %s", ErrChanged, k.etag, now.etag)
	case k.modified != "" && now.modified != "" && k.modified != now.modified:
		return fmt.Errorf("%w: it was of %s and is of %s", ErrChanged, k.modified, now.modified)
	case k.size >= 0 && now.size >= 0 && k.size != now.size:
		return fmt.Errorf("%w: it had %d bytes and has %d", ErrChanged, k.size, now.size)
	case (k.etag == "" || now.etag == "") && (k.modified == "" || now.modified == "") && (k.size < 0 || now.size < 0):
		return fmt.Errorf("%w, or may have: the server tells neither ETag, date nor size", ErrChanged)
	}
	return nil
}

// ask sends one request for the rest. The host's turn is given back with the head of
// the answer: a download may take hours.
func (s *Stream) ask() error {
	f := s.f
	if err := checkAddress(s.address, f.cfg); err != nil {
		return err
	}
	h, err := f.limiter.start(s.ctx, hostOf(s.address), nil)
	if err != nil {
		return err
	}
	end := ending{about: addressHash(s.address)}
	ctx, cancel := context.WithCancelCause(s.ctx)
	s.cancel = cancel
	s.idle = time.AfterFunc(f.cfg.RequestTimeout, func() {
		cancel(fmt.Errorf("no byte within %v", f.cfg.RequestTimeout))
	})
	s.askedAt = s.offset
	res, err := s.send(traced(ctx, f, h, originOf(s.address))) //nolint:bodyclose // drop closes it
	s.idle.Stop()
	if err == nil {
		end.status, end.retryAfter = res.StatusCode, retryAfter(res.Header, time.Now())
		end.reply = replyOf(res.StatusCode, false)
	}
	f.limiter.finish(h, end)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		cancel(nil)
		return err
	}
	s.body = &causeReader{res.Body, ctx}
	return s.accept(res)
}

// send asks for the rest of the file as it stands on the server, byte for byte.
func (s *Stream) send(ctx context.Context) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{"User-Agent": {s.f.cfg.UserAgent}, "Accept": {"*/*"}, "Accept-Encoding": {"identity"}}
	if s.offset > 0 || s.end >= 0 {
		last := ""
		if s.end >= 0 {
			last = strconv.FormatInt(s.end-1, 10)
		}
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%s", s.offset, last))
		if condition := s.known.condition(); condition != "" {
			req.Header.Set("If-Range", condition)
		}
	}
	return s.client.Do(req)
}

// accept takes an answer if its body is what is missing, or holds it.
func (s *Stream) accept(res *http.Response) error {
	now := fileFacts{size: -1, etag: res.Header.Get("ETag"), modified: res.Header.Get("Last-Modified")}
	first, total, isRange := contentRange(res.Header.Get("Content-Range"))
	switch res.StatusCode {
	case http.StatusPartialContent:
		if now.size = total; !isRange || first != s.offset {
			return &Error{Outcome: OutcomeFailed, Status: res.StatusCode, Reason: fmt.Sprintf("asked for byte %d, got %q", s.offset, res.Header.Get("Content-Range"))}
		}
	case http.StatusOK:
		now.size = res.ContentLength
	case http.StatusRequestedRangeNotSatisfiable:
		if now.size = total; max(total, s.known.size) != s.offset {
			return &Error{Outcome: OutcomeFailed, Status: res.StatusCode, Reason: fmt.Sprintf("there is no byte %d in the file (%q)", s.offset, res.Header.Get("Content-Range"))}
		}
		s.pending = io.EOF
	default:
		err := statusError(&Response{Status: res.StatusCode, Header: res.Header}, false)
		if err == nil {
			err = &Error{Outcome: OutcomeFailed, Status: res.StatusCode, Reason: fmt.Sprintf("status %d to a download", res.StatusCode)}
		}
		return err
	}
	if s.hasMet {
		if err := s.known.check(now); err != nil {
			return err
		}
	}
	s.learn(now)
	if s.hasMet = true; res.StatusCode == http.StatusOK && s.offset > 0 {
		return s.skip()
	}
	return nil
}

// learn keeps what is told of the file; an answer may tell less than the one before.
func (s *Stream) learn(now fileFacts) {
	if s.known.size < 0 {
		s.known.size = now.size
	}
	if s.known.etag == "" {
		s.known.etag = now.etag
	}
	if s.known.modified == "" {
		s.known.modified = now.modified
	}
}

// skip reads what was read before, as the server began with the first byte.
func (s *Stream) skip() error {
	wanted := s.offset
	if s.restarts++; s.restarts > mostRestarts {
		return &Error{Outcome: OutcomeFailed, Status: http.StatusOK, Reason: fmt.Sprintf("the server knows no ranges, and broke off %d times: byte %d was reached", mostRestarts, wanted)}
	}
	if s.known.size >= 0 && s.known.size < wanted {
		return &Error{Outcome: OutcomeFailed, Status: http.StatusOK, Reason: fmt.Sprintf("the file has %d bytes: there is no byte %d", s.known.size, wanted)}
	}
	s.f.lg.Warn("the server knows no ranges: the file is read from its start again", "url", s.address.Redacted(), "position", wanted)
	defer func() { s.offset = wanted }()
	buffer := make([]byte, 64<<10)
	for s.offset = 0; s.offset < wanted; {
		if s.readBody(buffer[:min(int64(len(buffer)), wanted-s.offset)]) == 0 && s.pending != nil {
			if errors.Is(s.pending, io.EOF) && s.known.size < 0 {
				return &Error{Outcome: OutcomeFailed, Status: http.StatusOK, Reason: fmt.Sprintf("the file has %d bytes: there is no byte %d", s.offset, wanted)}
			}
			return fmt.Errorf("broke off at byte %d: %w", s.offset, s.pending)
		}
	}
	return nil
}

// contentRange reads "bytes 100-199/1000", "bytes 100-199/*" or "bytes */1000".
func contentRange(s string) (first, total int64, isRange bool) {
	first, total = -1, -1
	rest, isBytes := strings.CutPrefix(strings.TrimSpace(s), "bytes ")
	span, size, hasSize := strings.Cut(rest, "/")
	if !isBytes || !hasSize {
		return first, total, false
	}
	if n, err := strconv.ParseInt(strings.TrimSpace(size), 10, 64); err == nil && n >= 0 {
		total = n
	}
	from, _, _ := strings.Cut(strings.TrimSpace(span), "-")
	if n, err := strconv.ParseInt(from, 10, 64); err == nil && n >= 0 {
		first, isRange = n, true
	}
	return first, total, isRange
}

// causeReader tells why a body ended that we ended ourselves.
type causeReader struct {
	io.ReadCloser
	ctx context.Context
}

func (c *causeReader) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if cause := context.Cause(c.ctx); err != nil && cause != nil && !errors.Is(err, io.EOF) {
		err = cause
	}
	return n, err
}
