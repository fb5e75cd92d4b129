package evaluate

import (
	"math"
	"testing"
	"time"

	"github.com/overheard-news/overheard/transform/article"
)

func TestBodyF1(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want, got string
		f1              float64
	}{
		{"the same words", "One two, three four five.", "one two three\nfour five", 1},
		{"nothing found", "one two three four", "", 0},
		{"other words", "one two three four", "five six seven eight", 0},
		// Labelled: 1234 2345 3456. Read: 1234 2345. 2·2/(3+2).
		{"the end is missing", "1 2 3 4 5 6", "1 2 3 4 5", .8},
		// Labelled: 2 runs. Read: 4, of which 2 right. 2·2/(2+4).
		{"furniture around it", "1 2 3 4 5", "1 2 3 4 5 x y", 2. / 3},
		{"runs count as often as they occur", "a b c d a b c d", "a b c d", 2. / 6},
		{"fewer than four words are one run", "yes indeed", "Yes, indeed!", 1},
		{"each character of a script without spaces is a token", "我们今天去", "我们 今天去", 1},
		{"soft hyphens are not seen", "one two three ex\u00adample", "one two three example", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := BodyF1(tt.want, tt.got); math.Abs(got-tt.f1) > 1e-9 {
				t.Errorf("BodyF1 = %v, want %v", got, tt.f1)
			}
		})
	}
}

func TestSameTitle(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want, got string
		same            bool
	}{
		{"the same", "A title", "A title", true},
		{"white space", " A  title\n", "A title", true},
		{"quotes and dashes", "“It’s – so”", `"It's - so"`, true},
		{"an ellipsis", "And then...", "And then…", true},
		{"composition", "Cafe\u0301", "Café", true},
		{"case", "A Title", "A title", false},
		{"the site's name", "A title | Site", "A title", false},
		{"nothing found", "A title", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := SameTitle(tt.want, tt.got); got != tt.same {
				t.Errorf("SameTitle(%q, %q) = %v", tt.want, tt.got, got)
			}
		})
	}
}

func TestPublished(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		got, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	tests := []struct {
		name, value, precision string
		got                    time.Time
		day, timed, minute     bool
	}{
		{"the same moment in another zone", "2024-05-01T01:00:00+02:00", "datetime", at("2024-04-30T23:00:30Z"), true, true, true},
		{"the same day an hour later", "2024-05-01T01:00:00+02:00", "datetime", at("2024-05-01T00:00:00Z"), true, true, false},
		{"a minute and a second", "2024-05-01T01:00:00Z", "datetime", at("2024-05-01T01:01:01Z"), true, true, false},
		{"a day as the page writes it", "2024-05-01", "day", at("2024-05-01T00:30:00+09:00"), true, false, false},
		{"a day in UTC", "2024-05-01", "day", at("2024-04-30T20:30:00-05:00"), true, false, false},
		{"another day", "2024-05-01", "day", at("2024-05-02T10:00:00Z"), false, false, false},
		{"a time that is good for its day only", "2024-05-01T00:00:00Z", "day", at("2024-05-01T10:00:00Z"), true, false, false},
		{"a time without zone", "2024-05-01T10:00:00", "datetime-notz", at("2024-05-01T10:00:00Z"), true, false, false},
		{"no date found", "2024-05-01T01:00:00Z", "datetime", time.Time{}, false, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, ok := ParsePublished(tt.value, tt.precision)
			if !ok || p.IsTimed != tt.timed {
				t.Fatalf("ParsePublished = %+v, %v; want timed %v", p, ok, tt.timed)
			}
			if day, minute := p.IsSameDay(tt.got), p.IsSameMinute(tt.got); day != tt.day || minute != tt.minute {
				t.Errorf("same day %v, same minute %v; want %v, %v", day, minute, tt.day, tt.minute)
			}
		})
	}
	for _, bad := range []string{"", "2024", "yesterday it was"} {
		if p, ok := ParsePublished(bad, ""); ok {
			t.Errorf("ParsePublished(%q) = %v", bad, p)
		}
	}
}

func TestCompareAuthors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		want, got []string
		exact     bool
		f1        float64
	}{
		{"in another order and case", []string{"Ann Bell", "Carl Dee"}, []string{"CARL DEE", "Ann Bell"}, true, 1},
		{"one label with several names", []string{"Ann Bell, Carl Dee and Eve Fox"}, []string{"Ann Bell", "Carl Dee", "Eve Fox"}, true, 1},
		{"one missing", []string{"Ann Bell", "Carl Dee"}, []string{"Ann Bell"}, false, 2. / 3},
		{"one too many", []string{"Ann Bell"}, []string{"Ann Bell", "The Site"}, false, 2. / 3},
		{"none", []string{"Ann Bell"}, nil, false, 0},
		{"twice the same", []string{"Ann Bell"}, []string{"Ann Bell", "ann bell"}, true, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			exact, f1 := CompareAuthors(tt.want, tt.got)
			if exact != tt.exact || math.Abs(f1-tt.f1) > 1e-9 {
				t.Errorf("CompareAuthors = %v, %v; want %v, %v", exact, f1, tt.exact, tt.f1)
			}
		})
	}
}

func TestIsSameType(t *testing.T) {
	t.Parallel()
	tests := []struct {
		gold, got string
		same      bool
	}{
		{"article", article.TypeArticle, true},
		{"article", article.TypeLiveBlog, true},
		{"article", article.TypeStub, true},
		{"article", article.TypeListing, false},
		{"article", "unread", false},
		{"collection", article.TypeListing, true},
		{"collection", article.TypeArticle, false},
		{"product", article.TypeOther, true},
		{"product", article.TypeArticle, false},
		{"soft_404", article.TypeSoft404, true},
		{"soft_404", article.TypeOther, false},
		{"live_blog", article.TypeArticle, false},
	}
	for _, tt := range tests {
		if got := IsSameType(tt.gold, tt.got); got != tt.same {
			t.Errorf("IsSameType(%q, %q) = %v", tt.gold, tt.got, got)
		}
	}
}

func TestIsGarbled(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want, got string
		garbled         bool
	}{
		{"clean", "Der Präsident", "Der Präsident", false},
		{"read as the wrong set", "Der Präsident", "Der PrÃ¤sident", true},
		{"a broken byte", "Der Präsident", "Der Pr\ufffdsident", true},
		{"broken in the label too", "Der Pr\ufffdsident", "Der Pr\ufffdsident", false},
		{"other accents", "Ângela à São Paulo", "Ângela à São Paulo", false},
	}
	for _, tt := range tests {
		if got := IsGarbled(tt.want, tt.got); got != tt.garbled {
			t.Errorf("%s: IsGarbled = %v", tt.name, got)
		}
	}
}
