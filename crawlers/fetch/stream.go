package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// ErrChanged is a file that is no longer the one whose download began.
var ErrChanged = errors.New("the file has changed")

const (
	mostFutile   = 8    // attempts in a row that brought nothing
	firstFutile  = 3    // the same before the first byte: the address may be wrong
	mostBreaks   = 1000 // of one download
	mostRestarts = 3    // from the first byte on, where a server knows no ranges
	longestPause = 30 * time.Second
	longestAsked = 2 * time.Minute // that a Retry-After may ask for
)

// Stream is the download of a file of any size, such as a web archive. It passes
// the guard and takes the host's turn as any fetch, but neither robots.txt, which is for
// who finds addresses by himself, nor the limits on time and size: RequestTimeout
// is how long no byte may come.
//
// When the transfer breaks, Read asks for the rest, with pauses that grow, and
// gives up after eight attempts that brought nothing. A server that knows no ranges
// sends the whole file again, at most three times; what was read is skipped. A
// file that changed meanwhile is ErrChanged, never a mixture of both.
//
// It is not safe for concurrent use.
type Stream struct {
	f       *Fetcher
	ctx     context.Context // of the download, as Read has none
	address *url.URL
	client  *http.Client
	end     int64 // first byte not wanted; -1: all are
	offset  int64
	known   fileFacts
	hasMet  bool // the first answer came

	body    io.ReadCloser
	cancel  context.CancelCauseFunc
	idle    *time.Timer
	pending error // how the body ended, not yet acted on
	askedAt int64 // offset of the last attempt

	futile, breaks, restarts int
	err                      error
}

// Stream downloads a file from a byte offset on, until ctx ends. The error is an
// *Error, which may wrap ErrChanged, or wraps the context's; that of Read, too.
func (f *Fetcher) Stream(ctx context.Context, address string, offset int64) (*Stream, error) {
	return f.StreamRange(ctx, address, offset, 0)
}

// StreamRange downloads length bytes of a file, or if that is zero all from the
// offset on.
func (f *Fetcher) StreamRange(ctx context.Context, address string, offset, length int64) (*Stream, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || offset < 0 || length < 0 {
		return nil, &Error{Outcome: OutcomeRefused, Reason: fmt.Sprintf("not an http or https address with an offset (%d)", offset), IsUnsent: true, URL: address, Err: err}
	}
	u.Fragment, u.RawFragment = "", ""
	s := &Stream{f: f, ctx: ctx, address: u, offset: offset, end: -1, known: fileFacts{size: -1}}
	if length > 0 {
		s.end = offset + length
	}
	s.client = &http.Client{Transport: f.wire, CheckRedirect: s.checkRedirect}
	if err := s.connect(); err != nil {
		return nil, s.explain(err)
	}
	return s, nil
}

// Size is that of the whole file in bytes; -1 if the server did not tell.
func (s *Stream) Size() int64 { return s.known.size }

// Validator changes when the file does: its ETag, or else its size and time of
// change. Empty if the server tells neither.
func (s *Stream) Validator() string { return s.known.validator() }

// Offset is the next byte that Read gives.
func (s *Stream) Offset() int64 { return s.offset }

// Breaks is how often the transfer broke so far.
func (s *Stream) Breaks() int { return s.breaks }

// Close ends the download.
func (s *Stream) Close() error {
	s.drop()
	if s.err == nil {
		s.err = fmt.Errorf("download %s: closed", s.address.Redacted())
	}
	return nil
}

// Read reads on, and asks again where the transfer broke.
func (s *Stream) Read(p []byte) (int, error) {
	for s.err == nil {
		if s.end >= 0 && s.offset >= s.end {
			return 0, io.EOF
		}
		if s.body == nil {
			if err := s.connect(); err != nil {
				s.err = s.explain(err)
			}
			continue
		}
		if s.pending == nil && len(p) == 0 {
			return 0, nil
		}
		if n := s.readBody(p); n > 0 {
			return n, nil
		}
		isWhole := s.known.size < 0 || s.offset >= s.known.size
		if errors.Is(s.pending, io.EOF) && isWhole {
			s.drop()
			s.err = io.EOF
			break
		}
		s.broke(s.pending)
	}
	return 0, s.err
}

// readBody reads what the connection has; none is an end, which pending tells.
func (s *Stream) readBody(p []byte) int {
	if s.pending != nil {
		return 0
	}
	if s.end >= 0 {
		p = p[:min(int64(len(p)), s.end-s.offset)]
	}
	s.idle.Reset(s.f.cfg.RequestTimeout)
	n, err := s.body.Read(p)
	s.idle.Stop()
	s.offset += int64(n)
	s.pending = err
	return n
}

// drop ends the connection.
func (s *Stream) drop() {
	if s.body != nil {
		s.idle.Stop()
		s.cancel(nil)
		_ = s.body.Close() // read to its end, or given up
	}
	s.body, s.pending = nil, nil
}

// broke notes that the transfer broke, and waits before the next attempt.
func (s *Stream) broke(cause error) {
	s.drop()
	if errors.Is(cause, io.EOF) {
		cause = io.ErrUnexpectedEOF // not the end, whoever asks
	}
	s.breaks++
	if s.futile++; s.offset > s.askedAt {
		s.futile = 0
	}
	s.f.lg.Info("a download broke off", "url", s.address.Redacted(), "position", s.offset, "error", cause)
	if s.futile >= mostFutile || s.breaks >= mostBreaks {
		s.err = s.explain(fmt.Errorf("broke off at byte %d, for the %d. time: %w", s.offset, s.breaks, cause))
		return
	}
	if err := s.pause(0); err != nil {
		s.err = s.explain(err)
	}
}

// pause waits before the next attempt: longer with each that brought nothing.
func (s *Stream) pause(asked time.Duration) error {
	base := min(time.Second, s.f.cfg.RequestTimeout/30)
	wait := doubled(base, s.futile, longestPause)
	timer := time.NewTimer(max(spread(wait/2, wait), asked))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// connect asks until an answer comes whose body begins at the offset.
func (s *Stream) connect() error {
	for {
		err := s.ask()
		if err == nil {
			return nil
		}
		if s.drop(); s.ctx.Err() != nil {
			return err
		}
		var e *Error
		isStatus := errors.As(err, &e)
		if isStatus && e.Outcome != OutcomeDeferred || isFinal(err) {
			return err
		}
		most := mostFutile
		if !s.hasMet {
			most = firstFutile
		}
		asked := time.Duration(0)
		if isStatus {
			asked = e.RetryAfter
		}
		if !isStatus || !e.IsUnsent { // else its host is left alone for a while
			s.futile++
		}
		if s.futile >= most || asked > longestAsked {
			return err
		}
		if err := s.pause(asked); err != nil {
			return err
		}
	}
}

// isFinal tells failures that another attempt will not mend.
func isFinal(err error) bool {
	return errors.Is(err, ErrChanged) || isUnknown(err) || isTheirs(err)
}

// checkRedirect lets a redirect through the guard.
func (s *Stream) checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > s.f.cfg.MaxRedirects {
		return &Error{Outcome: OutcomeFailed, Reason: fmt.Sprintf("over %d redirects", s.f.cfg.MaxRedirects)}
	}
	return checkAddress(req.URL, s.f.cfg)
}

// explain makes an *Error, or the context's own.
func (s *Stream) explain(err error) error {
	address := s.address.Redacted()
	if cause := s.ctx.Err(); cause != nil {
		return fmt.Errorf("download %s: %w", address, cause)
	}
	var known *Error
	if errors.As(err, &known) {
		e := *known
		e.URL, e.Reason = address, Plain(e.Reason, maxReason)
		return &e
	}
	e := &Error{Outcome: OutcomeDeferred, URL: address, Reason: Plain(bare(err), maxReason), Err: err}
	if errors.Is(err, ErrChanged) {
		e.Outcome = OutcomeFailed
	}
	return e
}
