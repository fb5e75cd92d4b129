package article

import (
	"strings"
	"testing"
)

func TestQuality(t *testing.T) {
	t.Parallel()
	title := "<title>New bridge opens in Westhaven</title>"
	data := func(fields string) string {
		return title + `<script type="application/ld+json">{"@type":"NewsArticle","headline":"New bridge opens in Westhaven",` + fields + `}</script>`
	}
	library := "<p>A council far away has voted to close its library, though readers had collected nine thousand names against the plan.</p>"
	others := "<section id=comments>" + strings.Repeat(library, 6) + "</section>"
	consent := "<p>We use cookies to show you what you like. You can change what cookies we set in your browser, or take back your consent below.</p><p>Our privacy policy says which cookies these are, and who asks for your consent. Without JavaScript your browser cannot remember it.</p>"
	tests := []struct{ name, head, body, want string }{
		{"a whole article", data(`"wordCount":90`), "<article>" + story + "</article>", ""},
		{"an article without data", title, "<article>" + story + "</article>", ""},
		{"a short one", title, "<p>The mayor of Westhaven opened the new bridge on Monday after two years of works. Traffic on the old ferry fell by half, the harbour office said.</p>", ""},
		{"an article on cookies", "<title>Regulator fines shop over cookies without consent</title><meta name=description content='The shop set cookies before consent, against its own privacy policy'>", strings.ReplaceAll(consent, "We use", "The shop used") + "<p>The regulator fined the shop.</p>", ""},
		{"a consent dialogue", title, "<div>" + consent + "</div>", "consent dialogue"},
		{"far less than the page states", data(`"wordCount":1200`), "<article>" + story + "</article>" + others, "the page states 1200 words"},
		{"less than the page states, and nothing else there", data(`"wordCount":1200`), "<article>" + story + "</article>", ""},
		{"more than the page states", data(`"wordCount":100`), "<article>" + distinct(40) + "</article><section id=comments>" + distinct(60) + "</section>", "the page states 100 words"},
		{"another text than the page's data has", data(`"articleBody":"` + strings.Repeat("Our paper is read from the coast to the hills by all who can, and that has been so since the year it was founded. ", 4) + `"`), "<article>" + story + "</article>", "own data"},
		{"the text of another page", "<title>Westhaven harbour office opens second bridge</title><meta name=description content='Crossing the river takes minutes since Monday, says mayor Hollis'>", "<article>" + strings.Repeat(library, 4) + strings.Repeat("<p>Nobody asked why the shelves were empty, and nobody who had signed was invited to the vote in the town hall.</p>", 4) + "</article>", "nothing in common with title and description"},
		{"a text that breaks off", title, strings.Replace("<article>"+story+"</article>", "two boats.", "two boats and…", 1), "breaks off"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, v := normalise(t, Page{Body: []byte(document1(tt.head, tt.body))})
			if a == nil || v.Outcome != Stored {
				t.Fatalf("verdict %+v", v)
			}
			if tt.want == "" && a.QualityReason != "" || !strings.Contains(a.QualityReason, tt.want) {
				t.Errorf("reason %q, want %q; text %q", a.QualityReason, tt.want, clip(a.Body, 300))
			}
		})
	}
}

// TestQualityAmongOtherTexts covers signs that count only where the text is a small
// part of the page's prose.
func TestQualityAmongOtherTexts(t *testing.T) {
	t.Parallel()
	bridge := "The mayor of Westhaven opened the new bridge on Monday after two years of works that cost more than planned."
	library := "A council far away has voted to close its library, though readers had collected nine thousand names against the plan."
	tests := []struct{ name, text, description, want string }{
		{"only the description", bridge, bridge, "only the description"},
		{"more than the description", strings.Repeat(bridge+"\n", 3), bridge, ""},
		{"about something else", library, "A ferry goes out of service", "nothing in common"},
		{"about the same", bridge, "A ferry goes out of service", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := &Article{Title: "New bridge opens in Westhaven", Body: tt.text}
			doc := &document{meta: map[string]string{"description": tt.description}}
			if got := quality(doc, a, extract{share: .2}); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("reason %q, want %q", got, tt.want)
			}
			if got := quality(doc, a, extract{share: .9}); got != "" {
				t.Errorf("reason %q where the text is most of the page, want none", got)
			}
		})
	}
}

func TestLongMenu(t *testing.T) {
	t.Parallel()
	a := &Article{Title: "New bridge opens in Westhaven", Body: strings.Repeat("Ferries, tides and weather on the bridge of Westhaven\n", 60)}
	if got := quality(&document{}, a, extract{share: 1}); !strings.Contains(got, "no sentences") {
		t.Errorf("reason %q, want that there are no sentences", got)
	}
}

func TestTwoReadingsDiffer(t *testing.T) {
	t.Parallel()
	bridge := strings.Repeat("The mayor of Westhaven opened the new bridge on Monday after two years of works. ", 5)
	library := strings.Repeat("A council far away has voted to close its library, though many readers were against it. ", 5)
	a := &Article{Title: "New bridge opens in Westhaven", Body: bridge}
	if got := quality(&document{}, a, extract{witness: library, share: 1}); got != "" {
		t.Errorf("reason %q where the text fits the title and the other does not, want none", got)
	}
	a.Title = "Council closes library"
	if got := quality(&document{}, a, extract{witness: library, share: 1}); !strings.Contains(got, "two readings") {
		t.Errorf("reason %q, want that two readings differ", got)
	}
	a.Title = "New bridge opens in Westhaven"
	if got := quality(&document{}, a, extract{witness: bridge + library, share: 1}); got != "" {
		t.Errorf("reason %q where one reading holds the other, want none", got)
	}
}
