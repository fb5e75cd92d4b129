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

// escape brings a pattern to the form of an escaped URL: bytes beyond ASCII
// percent-encoded, the digits of what is encoded already in capitals.
func escape(pattern string) string {
	var b strings.Builder
	b.Grow(len(pattern))
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '%' && i+2 < len(pattern) && isHex(pattern[i+1]) && isHex(pattern[i+2]):
			b.WriteString(strings.ToUpper(pattern[i : i+3]))
			i += 2
		case c >= 0x80:
			b.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
