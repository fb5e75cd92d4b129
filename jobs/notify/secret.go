package notify

import (
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
)

// secrets are words that no log, error or table may show.
type secrets []string

// secretsOf are an address with all in it that opens a door: its path, query and
// password, as written and decoded.
func secretsOf(raw string) secrets {
	s := secrets{raw}
	u, err := url.Parse(raw)
	if err != nil {
		return s
	}
	s = append(s, u.String(), u.RequestURI(), u.EscapedPath(), u.Path, u.RawQuery, u.User.String())
	if decoded, err := url.QueryUnescape(u.RawQuery); err == nil {
		s = append(s, decoded)
	}
	if password, ok := u.User.Password(); ok {
		plain := "\x00" + u.User.Username() + "\x00" + password // as SMTP sends them
		for _, text := range []string{password, plain} {
			s = append(s, text, url.QueryEscape(text), base64.StdEncoding.EncodeToString([]byte(text)))
		}
	}
	slices.SortFunc(s, func(a, b string) int { return len(b) - len(a) }) // or a part would leave the rest
	return s
}

// hide takes the secrets out of a text.
func (s secrets) hide(text string) string {
	for _, word := range s {
		if len(word) > 1 && word != "/" {
			text = strings.ReplaceAll(text, word, "(hidden)")
		}
	}
	return text
}

// bare is an error's text without the address that net/http puts before it.
func bare(err error) string {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err.Error()
	}
	return err.Error()
}
