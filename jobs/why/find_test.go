package why

import (
	"errors"
	"strings"
	"testing"
)

func TestCompaniesByName(t *testing.T) {
	t.Parallel()
	names := []name{
		{"byd", "byd", 1}, {"BYD", "byd", 2}, {"比亚迪", "byd", 2}, {"SZSE:002594", "byd", 3}, {"Build Your Dreams", "byd", 4},
		{"denza", "byd", 1}, // a brand that counts for it
		{"nio", "nio", 1}, {"Nio Inc", "nio", 4}, {"great", "great", 1},
		{"Great Wall", "great", 4}, {"Great Wall", "wall", 4}, {"NIO", "other", 4},
	}
	for _, c := range []struct{ written, want, message string }{
		{"byd", "byd", ""},
		{" ByD ", "byd", ""},
		{"比亚迪", "byd", ""},
		{"szse:002594", "byd", ""},
		{"build your dreams", "byd", ""},
		{"denza", "byd", ""},
		{"Nio", "nio", ""}, // an id is surer than another's alias
		{"Great Wall", "", "several companies: great, wall; ask by id"},
		{"Nio Inv", "", `no company is called "Nio Inv"; did you mean "Nio Inc"?`},
		{"x", "", "overheard companies list"},
		{"", "", "no company is called"},
	} {
		got, err := pick(strings.TrimSpace(c.written), names)
		var unknown *UnknownError
		switch {
		case c.message == "" && err != nil, got != c.want:
			t.Errorf("%q: %q, %v; want %q", c.written, got, err, c.want)
		case c.message != "" && (!errors.As(err, &unknown) || !strings.Contains(err.Error(), c.message)):
			t.Errorf("%q: error %v, want one that says %q", c.written, err, c.message)
		}
	}
}
