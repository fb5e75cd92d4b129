package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
)

// readBack is a record as it was read, in the shape it was written in.
func readBack(rec *Record) (NewRecord, error) {
	got := NewRecord{Type: rec.Type, ID: rec.ID, TargetURI: rec.TargetURI, Date: rec.Date, ContentType: rec.ContentType}
	var err error
	if res, noResponse := rec.Response(); noResponse == nil {
		got.Payload, err = res.ReadAll(1 << 30)
		got.Head = ResponseHead(res.Status, res.Header, len(got.Payload))
	} else if got.Payload, err = io.ReadAll(rec.Block()); err == nil {
		_, err = rec.Finish()
	}
	return got, err
}

// sameBytes compares payloads at once: byte by byte takes a minute.
var sameBytes = cmp.Comparer(bytes.Equal)

func randomRecord(r *rand.Rand) NewRecord {
	sizes := []int{0, 1, 2, 100, textBuffer - 1, textBuffer, textBuffer + 1, 300_000}
	payload := make([]byte, sizes[r.IntN(len(sizes))])
	for i := range payload {
		payload[i] = "<p>\r\nWARC/1.0\x00\x1f\x8b\x08 ab"[r.IntN(20)]
	}
	types := []string{TypeResponse, TypeResponse, TypeResource, TypeRequest, TypeMetadata, TypeWarcinfo, TypeConversion, TypeRevisit}
	rec := NewRecord{
		Type: types[r.IntN(len(types))], ID: newID(), Payload: payload,
		TargetURI: fmt.Sprintf("https://a.example/%d?q=Zürich", r.IntN(1000)),
		Date:      time.Unix(r.Int64N(4e9), r.Int64N(1e9)).UTC(), ContentType: "text/plain",
	}
	if rec.Type == TypeResponse {
		rec.ContentType = "application/http; msgtype=response"
		rec.Head = ResponseHead(100+r.IntN(500), http.Header{"Content-Type": {"text/html"}, "Set-Cookie": {"a", "b"}}, len(payload))
	}
	return rec
}

// TestReaderReadsWhatWriterWrites writes random records in each form, reads them
// through buffers of odd sizes, and each again from its own offset.
func TestReaderReadsWhatWriterWrites(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 4))
		var file, plain bytes.Buffer
		w := NewWriter(&file)
		var want []NewRecord
		var offsets []int64
		for range 1 + random.IntN(12) {
			rec := randomRecord(random)
			offsets = append(offsets, w.Written)
			length, err := w.Write(rec)
			if err != nil || length != w.Written-offsets[len(offsets)-1] {
				t.Fatalf("seed %d: wrote %d, %v", seed, length, err)
			}
			want = append(want, rec)
		}
		z, err := gzip.NewReader(bytes.NewReader(file.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&plain, z); err != nil {
			t.Fatal(err)
		}
		forms := map[string]string{"record-wise": file.String(), "plain": plain.String(), "as one": zipped(plain.String())}
		for form, data := range forms {
			src := []io.Reader{strings.NewReader(data), iotest.HalfReader(strings.NewReader(data)), iotest.DataErrReader(strings.NewReader(data))}[seed%3]
			r := NewReader(src, 0)
			r.ChecksDigests = true
			resumed := 0
			for i := range want {
				rec, err := r.Next()
				if err != nil {
					t.Fatalf("seed %d, %s, record %d: %v", seed, form, i, err)
				}
				offset, isSeekable := rec.Offset, rec.IsSeekable
				if (form == "record-wise" && offset != offsets[i]) || isSeekable != (form != "as one" || i == 0) {
					t.Fatalf("seed %d, %s, record %d: at %d, seekable %v", seed, form, i, offset, isSeekable)
				}
				got, err := readBack(rec)
				if err != nil {
					t.Fatalf("seed %d, %s, record %d: %v", seed, form, i, err)
				}
				if diff := cmp.Diff(want[i], got, sameBytes); diff != "" {
					t.Fatalf("seed %d, %s, record %d: %s", seed, form, i, diff)
				}
				if !isSeekable {
					continue
				}
				length, err := rec.Finish()
				if form != "as one" && (err != nil || r.Offset() != offset+length) {
					t.Fatalf("seed %d, %s, record %d: %d bytes from %d, but then %d, %v", seed, form, i, length, offset, r.Offset(), err)
				}
				alone := NewReader(io.NewSectionReader(strings.NewReader(data), offset, 1<<40), offset)
				again, err := alone.Next()
				if err != nil {
					t.Fatalf("seed %d, %s, record %d again: %v", seed, form, i, err)
				}
				got, err = readBack(again)
				if diff := cmp.Diff(want[i], got, sameBytes); diff != "" || err != nil || again.Offset != offset {
					t.Fatalf("seed %d, %s, record %d again: %v %s", seed, form, i, err, diff)
				}
				resumed++
			}
			if _, err := r.Next(); !errors.Is(err, io.EOF) {
				t.Fatalf("seed %d, %s: at the end: %v", seed, form, err)
			}
			if form != "as one" && resumed != len(want) {
				t.Errorf("seed %d, %s: %d of %d read again", seed, form, resumed, len(want))
			}
		}
	}
}

// TestResponseHeadIsConsistent: what undid the encodings leaves no trace of them.
func TestResponseHeadIsConsistent(t *testing.T) {
	t.Parallel()
	got := string(ResponseHead(200, http.Header{
		"Content-Type": {"text/html; charset=koi8-r"}, "Content-Encoding": {"gzip"}, "Transfer-Encoding": {"chunked"},
		"Content-Length": {"7"}, "X-Odd": {"a\r\nX-Forged: b"}, "Bad:Name": {"x"},
	}, 42))
	want := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=koi8-r\r\nX-Odd: a X-Forged: b\r\nContent-Length: 42\r\n\r\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWriterRefusesWhatWouldBreakAHeader(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)
	for name, rec := range map[string]NewRecord{
		"an address of two lines": {Type: TypeResource, Date: now, TargetURI: "https://a.example/\r\nX: y"},
		"a field with a space":    {Type: TypeResource, Date: now, Header: Header{{"a b", "c"}}},
		"no date":                 {Type: TypeResource},
		"no type":                 {Date: now},
	} {
		var file bytes.Buffer
		if _, err := NewWriter(&file).Write(rec); err == nil || file.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", name, err, file.Len())
		}
	}
}

// FuzzReader: whatever a file holds, it is read in bounded steps and memory, to an
// end.
func FuzzReader(f *testing.F) {
	good := recordOf(0) + recordOf(1)
	f.Add([]byte(good), false)
	f.Add([]byte(zipped(recordOf(0), recordOf(1))), false)
	f.Add([]byte(good), true)
	f.Add([]byte(plainRecord("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")), true)
	f.Fuzz(func(t *testing.T, data []byte, isZipped bool) {
		if isZipped {
			data = []byte(zipped(string(data)))
		}
		r := NewReader(bytes.NewReader(data), 0)
		r.ChecksDigests = true
		for range 4*len(data) + 10 {
			rec, err := r.Next()
			if offset := r.Offset(); offset < 0 || offset > int64(len(data)) {
				t.Fatalf("offset %d of %d", offset, len(data))
			}
			var damage *DamagedError
			if errors.As(err, &damage) {
				continue
			}
			if err != nil {
				return
			}
			if res, err := rec.Response(); err == nil {
				if body, err := res.ReadAll(1 << 16); err == nil && len(body) > 1<<16 {
					t.Fatalf("a body of %d bytes", len(body))
				}
			}
		}
		t.Fatal("it does not end")
	})
}
