package warc

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // what the format uses, against accidents
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"
)

// digest compares what a record says of its block or payload with what is read.
// Writers do not agree on what the payload of a chunked answer is: both are right.
type digest struct {
	name        string
	want        []byte
	isPayload   bool
	raw, joined hash.Hash
	isJoined    bool
}

// newDigest reads a value such as "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", in base
// 32 as it should be, or in hex or base 64. It is nil if the algorithm is none we
// know.
func newDigest(name, value string) *digest {
	algorithm, text, _ := strings.Cut(value, ":")
	d := &digest{name: name}
	switch strings.ToLower(strings.ReplaceAll(algorithm, "-", "")) {
	case "sha1":
		d.raw, d.joined = sha1.New(), sha1.New() //nolint:gosec // see above
	case "sha256":
		d.raw, d.joined = sha256.New(), sha256.New()
	default:
		return nil
	}
	var err error
	switch text = strings.TrimRight(text, "="); len(text) {
	case hex.EncodedLen(d.raw.Size()):
		d.want, err = hex.DecodeString(text)
	case base64.RawStdEncoding.EncodedLen(d.raw.Size()):
		text = strings.NewReplacer("-", "+", "_", "/").Replace(text)
		d.want, err = base64.RawStdEncoding.DecodeString(text)
	default:
		d.want, err = base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(text))
	}
	if err != nil {
		d.want = nil // which nothing is equal to
	}
	return d
}

// expectDigests notes the digests of a record.
func (rec *Record) expectDigests() {
	for _, f := range rec.Header {
		isPayload := strings.EqualFold(f.Name, "WARC-Payload-Digest")
		if !isPayload && !strings.EqualFold(f.Name, "WARC-Block-Digest") {
			continue
		}
		if isPayload && rec.Type == TypeRevisit {
			continue // of the payload that is not here
		}
		if d := newDigest(f.Name, f.Value); d != nil {
			d.isPayload = isPayload && rec.isHTTP()
			rec.digests = append(rec.digests, d)
		}
	}
}

func (d *digest) block(p []byte) {
	if !d.isPayload {
		d.raw.Write(p)
	}
}

func (d *digest) payload(p []byte) {
	if d.isPayload {
		d.raw.Write(p)
	}
}

func (d *digest) decoded(p []byte) {
	if d.isPayload {
		d.joined.Write(p)
		d.isJoined = true
	}
}

func (d *digest) isRight() bool {
	return bytes.Equal(d.raw.Sum(nil), d.want) || d.isJoined && bytes.Equal(d.joined.Sum(nil), d.want)
}
