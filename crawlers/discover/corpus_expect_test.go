package discover

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// wanted is what the author of a recorded feed says its first entry has.
type wanted struct {
	field, value string
	at           time.Time
}

var (
	expectation = regexp.MustCompile(`entries\[0\]\['(title|link|published_parsed|updated_parsed|created_parsed)'\] == (?:u?'((?:[^'\\]|\\.)*)'|u?"((?:[^"\\]|\\.)*)"|\((\d+), (\d+), (\d+), (\d+), (\d+), (\d+))`)
	headerLine  = regexp.MustCompile(`(?i)Header:\s*Content-type:[ \t]*(.*)`)
	pythonRune  = regexp.MustCompile(`\\x[0-9a-fA-F]{2}`)
)

// feedparserWants reads the expectations of a test of feedparser, which stand in
// its first comment.
func feedparserWants(text string) []wanted {
	var all []wanted
	for _, m := range expectation.FindAllStringSubmatch(text[:min(len(text), 4000)], -1) {
		w := wanted{field: strings.TrimSuffix(m[1], "_parsed"), value: m[2] + m[3]}
		if m[4] != "" {
			var n [6]int
			for i := range n {
				n[i], _ = strconv.Atoi(m[4+i])
			}
			w.at = time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC)
		} else {
			w.value = pythonRune.ReplaceAllStringFunc(w.value, func(s string) string { return `\u00` + s[2:] })
			unquoted, err := strconv.Unquote(`"` + strings.ReplaceAll(strings.ReplaceAll(w.value, `\'`, `'`), `"`, `\"`) + `"`)
			if err != nil {
				continue
			}
			w.value = unquoted
		}
		all = append(all, w)
	}
	return all
}

// feedRSWants reads those of feed-rs, which stand in a file beside the feed.
func feedRSWants(body []byte) []wanted {
	var doc struct {
		Entries []struct {
			Title              *struct{ Content string }
			Links              []struct{ Href, Rel string }
			Published, Updated *time.Time
		}
	}
	if json.Unmarshal(body, &doc) != nil || len(doc.Entries) == 0 {
		return nil
	}
	e := doc.Entries[0]
	var all []wanted
	if e.Title != nil && e.Title.Content != "" {
		all = append(all, wanted{field: "title", value: e.Title.Content})
	}
	if len(e.Links) == 1 {
		all = append(all, wanted{field: "link", value: e.Links[0].Href})
	}
	if e.Published != nil {
		all = append(all, wanted{field: "published", at: *e.Published})
	}
	return all
}

// The first entries of recorded feeds have the titles, addresses and times that
// the authors of other readers expect. Every feed that has no address gets one,
// as we keep no item without.
func TestCorpusFeedsReadAsExpected(t *testing.T) {
	t.Parallel()
	files := corpusFiles(t, corpus(t, "feeds"))
	counts := counted{}
	var paths []string
	for path := range files {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		var wants []wanted
		contentType, source := "", ""
		switch body := files[path]; {
		case strings.HasPrefix(path, "feeds/feedparser/") && strings.HasSuffix(path, ".xml"):
			source = "feedparser"
			text := toText("", body)
			wants = feedparserWants(text)
			if m := headerLine.FindStringSubmatch(text[:min(len(text), 4000)]); m != nil {
				contentType = m[1]
			}
		case strings.HasSuffix(path, ".serde.json"):
			source = "feed-rs"
			wants = feedRSWants(body)
			path = strings.TrimSuffix(path, ".serde.json") + ".xml"
		}
		body, ok := files[path]
		if !ok || len(wants) == 0 {
			continue
		}
		items, err := ParseFeed("https://paper.example/feed", contentType, body)
		if len(items) == 0 && !errors.Is(err, ErrNotFeed) {
			items, _ = ParseFeed("https://paper.example/feed", contentType, withAddress(body))
		}
		for _, w := range wants {
			got := "no item"
			isRight := false
			if len(items) > 0 {
				switch w.field {
				case "title":
					got = items[0].Title
					isRight = sameTitle(got, w.value)
				case "link":
					got = cmpOr(items[0].AnnouncedURL, items[0].URL)
					isRight = strings.TrimRight(got, "/") == strings.TrimRight(w.value, "/")
				default:
					got = items[0].PublishedAt.String()
					isRight = items[0].PublishedAt.Equal(w.at)
				}
			}
			if counts.add(source+" "+w.field, isRight); !isRight {
				t.Logf("%s: %s %q %v, got %q (%v)", path, w.field, w.value, w.at, got, err)
			}
		}
	}
	counts.log(t, "first entries as expected")
	floors(t, counts, map[string]float64{"feedparser title": 0.85, "feedparser link": 0.8, "feedparser published": 1, "feed-rs title": 0.93, "feed-rs link": 0.88, "feed-rs published": 0.95})
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

var tag = regexp.MustCompile(`<[^<>]*>`)

// sameTitle overlooks markup, which feedparser cleans and we leave to the reader.
func sameTitle(a, b string) bool {
	flat := func(s string) string {
		return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(s, ""))), " ")
	}
	return flat(a) == flat(b) || a == flat(b)
}

var firstEntry = regexp.MustCompile(`<((?:[a-z0-9]+:)?(?:item|entry))((?:\s[^<>]*)?)>`)

// withAddress gives each entry an id that is an address.
func withAddress(body []byte) []byte {
	n := 0
	return firstEntry.ReplaceAllFunc(body, func(m []byte) []byte {
		n++
		if strings.Contains(string(m), "entry") {
			return fmt.Appendf(slices.Clip(m), `<id>https://paper.example/added-%d</id>`, n)
		}
		return fmt.Appendf(slices.Clip(m), `<guid>https://paper.example/added-%d</guid>`, n)
	})
}
