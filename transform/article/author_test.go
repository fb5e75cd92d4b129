package article

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAuthors(t *testing.T) {
	t.Parallel()
	ld := func(author string) string {
		return `<script type="application/ld+json">{"@type":"Article","headline":"x","author":` + author + `}</script>`
	}
	tests := []struct {
		name, head string
		want       []string
	}{
		{"none", "", []string{}},
		{"one as text", ld(`"Ada Quill"`), []string{"Ada Quill"}},
		{"joined", ld(`"By Ada Quill and Ben Ink, Cy Pen"`), []string{"Ada Quill", "Ben Ink", "Cy Pen"}},
		{"an address is no name", ld(`"https://example.com/author/ada"`) + `<meta name=author content="Ada Quill">`, []string{"Ada Quill"}},
		{"a user name is no name", `<meta name=author content="admin">`, []string{}},
		{"a degree is no name", ld(`"Ada Quill, PhD"`), []string{"Ada Quill"}},
		{"twice is once", ld(`[{"name":"Ada Quill"},{"name":"ADA QUILL"}]`), []string{"Ada Quill"}},
		{"from meta", `<meta name="author" content="Von Ada Quill">`, []string{"Ada Quill"}},
		{"references", `<script type="application/ld+json">{"@graph":[{"@type":"Article","headline":"x","author":{"@id":"#ada"}},{"@type":"Person","@id":"#ada","name":"Ada Quill"}]}</script>`, []string{"Ada Quill"}},
		{"initials in brackets", ld(`["Ada Quill (aq)","Ben Ink (bi)"]`), []string{"Ada Quill", "Ben Ink"}},
		{"an agency", ld(`{"@type":"Organization","name":"Reuters"}`), []string{"Reuters"}},
		{"a person before the site", `<meta property="og:site_name" content="Example Times">` + ld(`"Example Times"`) + `<meta name="author" content="Ada Quill">`, []string{"Ada Quill"}},
		{"a library's order", `<meta name="citation_author" content="Quill, Ada"><meta name="citation_author" content="Ink, Ben">`, []string{"Ada Quill", "Ben Ink"}},
		{"as sharing cards have it", `<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ada Quill">`, []string{"Ada Quill"}},
		{"a person before the publisher", `<meta name="publisher" content="Example Media (www.example.com)"><meta name="author" content="Example Media">` + ld(`"Example Media"`) + `<meta name="byl" content="By Ada Quill">`, []string{"Ada Quill"}},
		{"the words of a link", `<meta name="author" content="Zeige alle Beiträge von Ada Quill">`, []string{"Ada Quill"}},
		{"the site for want of another", `<meta property="og:site_name" content="Example Times">` + ld(`"Example Times"`), []string{"Example Times"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, v := normalise(t, Page{Body: []byte(document1("<title>A bridge opens at last</title>"+tt.head, story))})
			if a == nil {
				t.Fatalf("verdict %+v", v)
			}
			if diff := cmp.Diff(tt.want, a.Authors); diff != "" {
				t.Errorf("authors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBylines(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		want       []string
	}{
		{"a class", `<div class="article-byline">By <a href="/x">Ada Quill</a> and Ben Ink</div>`, []string{"Ada Quill", "Ben Ink"}},
		{"rel", `<a rel=author href=/x>Ada Quill</a>`, []string{"Ada Quill"}},
		{"two beside each other", `<a rel=author href=/x>Ada Quill</a> and <a rel=author href=/y>Ben Ink</a>`, []string{"Ada Quill", "Ben Ink"}},
		{"a card", `<div class="author vcard"><img alt=""><span class="fn">Ada Quill</span><p>has written about bridges for years</p></div>`, []string{"Ada Quill"}},
		{"bare text", `<p>By Ada Quill</p>`, []string{"Ada Quill"}},
		{"bare text with a link", `<p>Von <a href=/q>Ada Quill</a>, 9. März 2026</p>`, []string{"Ada Quill"}},
		{"a label", `<ul><li><strong>Autorin/Autor</strong> Ada Quill</li></ul>`, []string{"Ada Quill"}},
		{"a link to authors", `<a href="/author/ada-quill">Ada Quill</a>`, []string{"Ada Quill"}},
		{"a label of blogs", `<span>Erstellt von <a href=/q>Ada Quill</a></span>`, []string{"Ada Quill"}},
		{"a button", `<div class=byline>Follow us</div>`, []string{}},
		{"with an office", `<div class=byline>Ada Quill Staff Writer</div>`, []string{"Ada Quill"}},
		{"with a date", `<div class=byline>Ada Quill | March 9, 2026</div>`, []string{"Ada Quill"}},
		{"French", `<p>Par Ada Quill et Ben Ink</p>`, []string{"Ada Quill", "Ben Ink"}},
		{"Chinese", `<p>作者：李明</p>`, []string{"李明"}},
		{"a name that begins like a month", `<div class=byline>April Jung</div>`, []string{"April Jung"}},
		{"a name with an article", `<div class=byline>Karim El Fassi</div>`, []string{"Karim El Fassi"}},
		{"a sentence", `<p>By the time they came it was over.</p>`, []string{}},
		{"a commenter", `<div class="comment"><span class="author">Troll King</span></div>`, []string{}},
		{"a box of related stories", `<div class="related-posts"><span class="byline">Other Writer</span></div>`, []string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, v := normalise(t, Page{Body: []byte(document1("<title>A bridge opens at last</title>", "<h1>A bridge opens at last</h1>"+tt.body+story))})
			if a == nil {
				t.Fatalf("verdict %+v", v)
			}
			if diff := cmp.Diff(tt.want, a.Authors); diff != "" {
				t.Errorf("authors (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzAuthors(f *testing.F) {
	for _, s := range []string{"By Ada Quill and Ben Ink", "Quill, Ada; x@y.z", "Von  (", "作者：李明、王"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		byStart(s)
		names := cleanAuthors([]string{s, s})
		if len(names) > maxAuthors {
			t.Fatalf("%d names", len(names))
		}
		for _, n := range names {
			if n != strings.TrimSpace(n) || n == "" || strings.ContainsAny(n, "@<>\n") {
				t.Fatalf("%q is no name", n)
			}
		}
	})
}
