// Package canonical gives every article one address. Clean brings a discovered
// URL into normal form, Same judges whether the address a page declares for itself
// can be believed, and ID turns an address into the number articles are keyed by.
//
// The rules err on the side of two addresses for one article: a duplicate is found
// later by its text, but two articles that share an address lose one of them.
// The normal form is stored and hashed, so every change of a rule here changes ids.
package canonical

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/nlnwa/whatwg-url/url"
)

// MaxLength is the longest address kept, in bytes. Longer ones are search forms
// and traps; the limit also keeps them below what a Postgres index row can hold.
const MaxLength = 2048

// maxRaw bounds what is parsed at all: tracking can triple an honest address.
const maxRaw = 4 * MaxLength

// Reasons for which Clean refuses an address.
var (
	ErrNotWeb  = errors.New("not an http or https address")
	ErrTooLong = errors.New("address is too long")
	ErrBad     = errors.New("address cannot be parsed")
)

// Clean returns the normal form of an absolute http or https URL: the WHATWG
// serialisation without credentials, fragment, default port, session ids and
// tracking parameters. Remaining parameters keep their order, for some sites read
// them by place. The scheme is left alone: plain http may be all a site serves.
// Clean(Clean(x)) is Clean(x).
func Clean(raw string) (string, error) {
	return settle(raw, nil)
}

// settle normalises until nothing changes: taking a part away can leave an address
// that parses anew ("http://00../" is a number once its dots are gone). Two rounds
// do for all but made-up ones.
func settle(raw string, base *url.Url) (string, error) {
	for range 5 {
		u, err := parse(raw, base)
		if err != nil {
			return "", err
		}
		clean, err := normalise(u)
		if err != nil || clean == raw {
			return clean, err
		}
		raw, base = clean, nil
	}
	return "", fmt.Errorf("%w: %q has no normal form", ErrBad, raw)
}

// ID is the first 63 bits of the SHA-256 of a cleaned address, so it is never
// negative and needs no registry to be the same on every machine.
func ID(u string) int64 {
	sum := sha256.Sum256([]byte(u))
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 1)
}

// parse reads an address, relative to base if there is one.
func parse(raw string, base *url.Url) (*url.Url, error) {
	if len(raw) > maxRaw {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLong, len(raw))
	}
	raw = strings.ToValidUTF8(strings.TrimSpace(raw), string(utf8.RuneError))
	var u *url.Url
	var err error
	if base != nil {
		u, err = base.Parse(raw)
	} else {
		u, err = url.Parse(raw)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w", ErrBad, raw, err)
	}
	if s := u.Scheme(); s != "http" && s != "https" {
		return nil, fmt.Errorf("%w: %q", ErrNotWeb, raw)
	}
	return u, nil
}

// normalise writes a parsed address in normal form. It builds the string from its
// parts instead of setting them on u: the setters leave a "?" or "#" behind.
func normalise(u *url.Url) (string, error) {
	host := strings.TrimRight(u.Hostname(), ".")
	if host == "" {
		return "", fmt.Errorf("%w: no host in %q", ErrBad, u.String())
	}
	if inner := cached(host, u.Pathname()); inner != "" {
		if q := u.Query(); q != "" {
			inner += "?" + q
		}
		return inner, nil // settle cleans it in its next round
	}
	var b strings.Builder
	b.WriteString(u.Scheme() + "://" + host)
	if p := u.Port(); p != "" { // the parser has dropped a default port
		b.WriteString(":" + p)
	}
	b.WriteString(cleanPath(u.Pathname()))
	if q := cleanQuery(u.Query()); q != "" {
		b.WriteString("?" + q)
	}
	if b.Len() > MaxLength {
		return "", fmt.Errorf("%w: %d bytes", ErrTooLong, b.Len())
	}
	return b.String(), nil
}

// cached is the address a cache of AMP pages serves for another site; empty for
// all other addresses. The site's host stands in the path, after an s for https.
func cached(host, path string) string {
	var rest string
	switch {
	case strings.HasSuffix(host, ".cdn.ampproject.org"), strings.HasSuffix(host, ".ampproject.net"), host == "cdn.ampproject.org":
		kind, after, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		if kind != "c" && kind != "v" && kind != "wp" {
			return ""
		}
		rest = after
	case strings.HasPrefix(host, "www.google.") && strings.HasPrefix(path, "/amp/"):
		rest = strings.TrimPrefix(path, "/amp/")
	default:
		return ""
	}
	scheme := "http://"
	if inner, ok := strings.CutPrefix(rest, "s/"); ok {
		scheme, rest = "https://", inner
	}
	if name, _, _ := strings.Cut(rest, "/"); !strings.Contains(name, ".") {
		return ""
	}
	return scheme + rest
}

// cleanPath drops path parameters that carry a session (";jsessionid=…", and the
// "(S(…))" segment of ASP.NET) and settles how bytes are escaped.
func cleanPath(path string) string {
	segments := strings.Split(escape(path), "/")
	kept := segments[:0]
	for _, s := range segments {
		if aspSession.MatchString(s) {
			continue
		}
		if i := strings.IndexByte(s, ';'); i >= 0 {
			parts := strings.Split(s, ";")
			s = parts[0]
			for _, p := range parts[1:] {
				name, value, _ := strings.Cut(p, "=")
				if !isSession(name, value) {
					s += ";" + p
				}
			}
		}
		kept = append(kept, s)
	}
	if len(kept) < 2 {
		return "/"
	}
	return strings.Join(kept, "/")
}

// cleanQuery drops the parameters that say how a reader came, not what is read.
func cleanQuery(query string) string {
	if query == "" {
		return ""
	}
	var kept []string
	for p := range strings.SplitSeq(escape(query), "&") {
		name, value, _ := strings.Cut(p, "=")
		if p == "" || p == "=" || isTracking(name, value) || isSession(name, value) {
			continue
		}
		kept = append(kept, p)
	}
	return strings.Join(kept, "&")
}

// escape writes percent escapes with capital digits and undoes those that were
// never needed, so that "%7e" and "~" are one address.
func escape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' || i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
			b.WriteByte(s[i])
			continue
		}
		c := unhex(s[i+1])<<4 | unhex(s[i+2])
		if isUnreserved(c) {
			b.WriteByte(c)
		} else {
			b.WriteString(strings.ToUpper(s[i : i+3]))
		}
		i += 2
	}
	return b.String()
}

// isUnreserved tells the characters RFC 3986 never escapes. The dot is left out:
// undoing "%2e" could make a dot segment that the parser no longer sees.
func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '~'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}
