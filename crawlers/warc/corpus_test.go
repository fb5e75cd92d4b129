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
		_, err := rec.Finish()
		return withError(fmt.Sprintf("%s, %d bytes", s, rec.ContentLength), err)
	}
	if err != nil {
		return withError(s, err)
	}
	body, err := res.ReadAll(1 << 20)
	return withError(fmt.Sprintf("%s, status %d, %d bytes", s, res.Status, len(body)), err)
}

func withError(s string, err error) string {
	var damage *DamagedError
	switch {
	case err == nil:
		return s
	case errors.As(err, &damage):
		return s + ": " + damage.Reason
	}
	return s + ": " + err.Error()
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

// TestCorpus reads recorded files of other writers, good ones and bad ones.
func TestCorpus(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("OVERHEARD_SHARED")
	if shared == "" {
		t.Skip("OVERHEARD_SHARED does not say where the corpus is")
	}
	old := []string{"read WARC at byte 0: not a WARC file: it is in the ARC format, which came before WARC: convert it first"}
	tests := map[string][]string{
		"bad.arc":                  old,
		"example.arc":              old,
		"example.arc.gz":           old,
		"example-space-in-url.arc": old,
		"example.warc": {
			"0 warcinfo, 249 bytes", "488 warcinfo, 470 bytes",
			"1197 response http://example.com/, status 200, 1270 bytes", "2566 request http://example.com/, 493 bytes",
			"3370 revisit http://example.com/, status 200, 0 bytes", "4316 request http://example.com/, 493 bytes",
		},
		"example.warc.gz": {
			"0 warcinfo, 249 bytes", "353 warcinfo, 470 bytes",
			"784 response http://example.com/, status 200, 1270 bytes", "2012 request http://example.com/, 493 bytes",
			"2621 revisit http://example.com/, status 200, 0 bytes", "3207 request http://example.com/, 493 bytes",
		},
		"example-bad-non-chunked.warc.gz": { // compressed as one
			"0 warcinfo, 249 bytes", "unpacked 488 warcinfo, 470 bytes",
			"unpacked 1197 response http://example.com/, status 200, 1270 bytes", "unpacked 2566 request http://example.com/, 493 bytes",
			"unpacked 3370 revisit http://example.com/, status 200, 0 bytes: WARC-Block-Digest differs",
			"unpacked 4316 request http://example.com/, 493 bytes",
		},
		"example-bad.warc.gz.bad": { // compressed as one
			"0 warcinfo, 196 bytes", "unpacked 460 response http://example.com?example=1, status 200, 1270 bytes",
			"unpacked 2451 request http://example.com?example=1, 323 bytes", "unpacked 3161 revisit http://example.com?example=1, status 200, 0 bytes",
			"unpacked 4061 request http://example.com?example=1, 323 bytes", "unpacked 4771 response http://www.iana.org/domains/example, status 302, 201 bytes",
		},
		"example-digest.warc": { // in base 32, and in both kinds of base 64
			"0 request http://example.com/, 493 bytes: WARC-Payload-Digest differs", "922 request http://example.com/, 493 bytes",
			"1840 request http://example.com/, 493 bytes", "2758 request http://example.com/, 493 bytes",
		},
		"example-iana.org-chunked.warc": { // digests in hex
			"0 warcinfo, 137 bytes", "405 response http://www.iana.org/, status 200, 7223 bytes", "8379 request http://www.iana.org/, 76 bytes",
		},
		"example-resource.warc.gz": {"0 warcinfo, 249 bytes", "361 warcinfo, 399 bytes", "802 resource http://example.com/, 1303 bytes"},
		"example-space-in-target-uri.warc.gz": {
			"0 warcinfo, 73 bytes", "241 resource file:///example%20with%20spaces.png, 70 bytes",
		},
		"example-trunc.warc": { // its length is two bytes short
			"0 warcinfo, 249 bytes", "488 warcinfo, 470 bytes",
			"1197 response http://example.com/, status 200, 0 bytes: HTTP body: unpack gzip: unexpected EOF",
			"2566 request http://example.com/, 493 bytes",
		},
		"example-wget-bad-target-uri.warc.gz": {
			"0 warcinfo, 232 bytes", "410 request http://example.com/, 141 bytes", "824 response http://example.com/, status 200, 1270 bytes",
			"1978 metadata metadata://gnu.org/software/wget/warc/MANIFEST.txt, 48 bytes",
			"2295 resource metadata://gnu.org/software/wget/warc/wget_arguments.txt, 49 bytes",
			"2681 resource metadata://gnu.org/software/wget/warc/wget.log, 471 bytes",
		},
		"example-wrong-chunks.warc.gz": { // a record over three gzip members
			"0 response http://example.com/, status 200, 1270 bytes: WARC-Block-Digest differs", "1130 request http://example.com/, 137 bytes",
		},
		"post-test.warc.gz": {
			"0 response http://httpbin.org/post, status 200, 545 bytes", "720 request http://httpbin.org/post, 227 bytes",
			"1196 response http://httpbin.org/post, status 200, 552 bytes", "1919 request http://httpbin.org/post, 223 bytes",
			"2395 response http://httpbin.org/post?foo=bar, status 200, 551 bytes", "3118 request http://httpbin.org/post?foo=bar, 224 bytes",
		},
	}
	files, err := filepath.Glob(filepath.Join(shared, "corpus", "warc", "*"))
	if err != nil || len(files) != len(tests) {
		t.Fatalf("%d files of %d: %v", len(files), len(tests), err)
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(filepath.Join(shared, "corpus", "warc", name))
			if err != nil {
				t.Fatal(err)
			}
			r := NewReader(bytes.NewReader(data), 0)
			r.ChecksDigests = true
			if diff := cmp.Diff(want, summaries(r)); diff != "" {
				t.Error(diff)
			}
			if len(want) > 1 && r.Offset() != int64(len(data)) {
				t.Errorf("ended at byte %d of %d", r.Offset(), len(data))
			}
		})
	}
}
