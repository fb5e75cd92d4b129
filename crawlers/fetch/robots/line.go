package robots

import "strings"

type key int

const (
	keyUnknown key = iota
	keyAgent
	keyAllow
	keyDisallow
	keyDelay
	keySitemap
)

// keys are the beginnings that name a key, with the misspellings that site
// owners make. Order matters nowhere: no beginning starts another.
var keys = []struct {
	prefix string
	key    key
}{
	{"user-agent", keyAgent}, {"useragent", keyAgent}, {"user agent", keyAgent},
	{"allow", keyAllow},
	{"disallow", keyDisallow}, {"dissallow", keyDisallow}, {"dissalow", keyDisallow},
	{"disalow", keyDisallow}, {"diasllow", keyDisallow}, {"disallaw", keyDisallow},
	{"crawl-delay", keyDelay}, {"crawldelay", keyDelay}, {"crawl delay", keyDelay},
	{"sitemap", keySitemap}, {"site-map", keySitemap},
}

func kindOf(name string) key {
	for _, k := range keys {
		if len(name) >= len(k.prefix) && strings.EqualFold(name[:len(k.prefix)], k.prefix) {
			return k.key
		}
	}
	return keyUnknown
}

// splitLine takes a line apart. A line without a colon counts if it is two
// words, as in "Disallow /private".
func splitLine(line string) (name, value string, ok bool) {
	line, _, _ = strings.Cut(line, "#")
	line = strings.TrimSpace(line)
	if name, value, ok = strings.Cut(line, ":"); !ok {
		i := strings.IndexAny(line, " \t")
		if i < 0 {
			return "", "", false
		}
		name, value = line[:i], strings.TrimSpace(line[i:])
		if strings.ContainsAny(value, " \t") {
			return "", "", false
		}
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	return name, value, name != ""
}

// productToken cuts "Foo/1.2 (x)" down to "Foo".
func productToken(s string) string {
	for i := range len(s) {
		c := s[i]
		if c != '-' && c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return s[:i]
		}
	}
	return s
}

const upperHex = "0123456789ABCDEF"

// form says how a path, or the pattern of a rule, is brought into the one form
// in which both are compared.
type form struct {
	isPattern bool // a star, and a dollar at the end, keep their meaning
	isLiteral bool // no escape is undone
}

// normalise writes escapes in capitals, undoes those that were never needed,
// and escapes what cannot stand in an address (RFC 9309, 2.2.2), also the stars
// and dollars that are characters like others.
func (f form) normalise(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			if plain := unhex(s[i+1])<<4 | unhex(s[i+2]); isUnreserved(plain) && !f.isLiteral {
				b.WriteByte(plain)
			} else {
				b.WriteString(strings.ToUpper(s[i : i+3]))
			}
			i += 2
		case f.isPattern && (c == '*' || c == '$' && i == len(s)-1):
			b.WriteByte(c)
		case c >= 0x80 && f.isLiteral && !f.isPattern:
			b.WriteByte(c)
		case mustEscape(c):
			b.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// isUnreserved tells the characters that mean the same escaped or not.
func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// mustEscape tells what cannot stand in an address, and what is a sign to
// patterns.
func mustEscape(c byte) bool {
	return c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}*$", c) >= 0
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

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
