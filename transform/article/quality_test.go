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
	consent := "<p>We use cookies to show you what you like. You can change what cookies we set in your browser, or take back your consent below.</p><p>Our privacy policy says which cookies these are, and who asks for your consent. Without JavaScript your browser cannot remember it.</p>"
	tests := []struct{ name, head, body, want string }{
		{"a whole article", data(`"wordCount":90`), "<article>" + story + "</article>", ""},
		{"an article without data", title, "<article>" + story + "</article>", ""},
		{"a short one", title, "<p>The mayor of Westhaven opened the new bridge on Monday after two years of works. Traffic on the old ferry fell by half, the harbour office said.</p>", ""},
		{"an article on cookies", "<title>Regulator fines shop over cookies without consent</title><meta name=description content='The shop set cookies before consent, against its own privacy policy'>", strings.ReplaceAll(consent, "We use", "The shop used") + "<p>The regulator fined the shop.</p>", ""},
		{"only the description", title + `<meta name=description content="The mayor of Westhaven opened the new bridge on Monday after two years of works that cost more than planned.">`, "<p>The mayor of Westhaven opened the new bridge on Monday after two years of works that cost more than planned.</p>", "only the description"},
		{"a consent dialogue", title, "<div>" + consent + "</div>", "consent dialogue"},
		{"far less than the page states", data(`"wordCount":1200`), "<article>" + story + "</article>", "the page states 1200 words"},
		{"far more than the page states", data(`"wordCount":100`), "<article>" + distinct(40) + "</article>", "the page states 100 words"},
		{"another text than the page's data has", data(`"articleBody":"` + strings.Repeat("Our paper is read from the coast to the hills by all who can, and that has been so since the year it was founded. ", 4) + `"`), "<article>" + story + "</article>", "own data"},
		{"short, and about something else", title, library, "short, and nothing in common"},
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

func TestTwoReadingsDiffer(t *testing.T) {
	t.Parallel()
	bridge := strings.Repeat("The mayor of Westhaven opened the new bridge on Monday after two years of works. ", 5)
	library := strings.Repeat("A council far away has voted to close its library, though many readers were against it. ", 5)
	a := &Article{Title: "New bridge opens in Westhaven", Body: bridge}
	if got := quality(&document{}, a, extract{witness: library, share: 1}); !strings.Contains(got, "two readings") {
		t.Errorf("reason %q, want that two readings differ", got)
	}
	if got := quality(&document{}, a, extract{witness: bridge + library, share: 1}); got != "" {
		t.Errorf("reason %q where one reading holds the other, want none", got)
	}
}
