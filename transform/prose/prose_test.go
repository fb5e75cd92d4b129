package prose

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// Sentences to make pages of. Each is prose by itself.
const (
	one   = "The mayor of Westhaven opened the new bridge on Monday, after two years of works that cost more than planned."
	two   = "Residents had waited through three winters, and many of them crossed it on foot before the first bus was allowed to pass."
	three = "The contractor said that the steel had come late, and that the next bridge upstream would be finished before summer."
	four  = "Traffic on the old ferry fell by half within the week, the harbour office said, and its owner will sell one of two boats."
	other = "A council far away has voted to close its library, though readers had collected nine thousand names against the plan."
)

func para(lines ...string) string {
	return "<p>" + strings.Join(lines, "</p>\n<p>") + "</p>"
}

// story is a text long enough not to be read a second time.
var story = para(one, two, three, four)

func parse(t testing.TB, s string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestRead(t *testing.T) {
	t.Parallel()
	whole := []string{one, two, three, four}
	about := Clues{Title: "New bridge opens in Westhaven"}
	h1 := "<h1>New bridge opens in Westhaven</h1>"
	tests := []struct {
		name  string
		clues Clues
		page  string
		want  []string
	}{
		{"paragraphs in an article", about, "<nav><a href=/>Home</a> <a href=/s>Sport</a></nav><article>" + h1 + story + "</article><footer>Example Times, since 1901</footer>", whole},
		{"no headline, no names", Clues{}, "<div>" + story + "</div><div><a href=/a>One more</a><a href=/b>And another</a></div>", whole},
		{"lines parted by breaks in a cell", about, "<table><tr><td><a href=/>Home</a><br><a href=/s>Sport</a></td><td>" + strings.Join(whole, "<br><br>") + "</td></tr></table>", whole},
		{"each paragraph in a box of its own", about, h1 + `<div class=chunk>` + para(one) + `</div><div class=ad>Advertisement</div><div class=chunk>` + para(two) + `</div><div class=chunk>` + para(three, four) + `</div>`, whole},
		{"a text cut in two by an advertisement", about, h1 + `<div class="text part">` + para(one, two) + `</div><div><a href=/x>Buy this</a></div><div class="text rest">` + para(three, four) + `</div>`, whole},
		{"headings with text under them stay", about, h1 + "<div>" + para(one) + "<h2>What comes next</h2>" + para(two, three, four) + "<h3>Subjects</h3></div>", []string{one, "What comes next", two, three, four}},
		{"lists and quotes stay", about, h1 + "<div>" + para(one, two) + "<ul><li>Length: 400 m</li><li>Lanes: four</li></ul><blockquote>" + para(three) + "</blockquote>" + para(four) + "</div>", []string{one, two, "Length: 400 m", "Lanes: four", three, four}},
		{"a row of data is a line", about, h1 + "<div>" + para(one, two, three) + "<table><tr><td>Cars</td><td>400</td></tr><tr><td>Buses</td><td>12</td></tr></table>" + para(four) + "</div>", []string{one, two, three, "Cars 400", "Buses 12", four}},
		{"the standfirst between headline and text", about, "<header>" + h1 + "<p>The works took longer than planned, but the ferry is history.</p><div class=byline>By Ada Quill</div></header><div>" + story + "</div>", append([]string{"The works took longer than planned, but the ferry is history."}, whole...)},
		{"a standfirst without a stop, as the description has it", Clues{Title: about.Title, Description: "Works took longer than planned but the ferry is history"}, h1 + "<h2>Works took longer than planned but the ferry is history</h2><div>" + story + "</div>", append([]string{"Works took longer than planned but the ferry is history"}, whole...)},
		{"places and dates before the text go", about, h1 + "<div><p>WESTHAVEN</p><p>9 March 2026</p>" + story + "</div>", whole},
		{"captions go", about, h1 + "<div>" + para(one, two) + "<figure><img src=x><figcaption>" + other + "</figcaption></figure>" + para(three, four) + "</div>", whole},
		{"captions without a name go", about, h1 + "<div>" + para(one, two) + "<div><img src=x><div>" + other + "</div></div>" + para(three, four) + "</div>", whole},
		{"a paragraph with an image is none", about, h1 + "<div>" + para(one, two) + "<p><img src=x>" + three + "</p>" + para(four) + "</div>", whole},
		{"what is hidden goes", about, h1 + "<div>" + story + `<p style="display: none">` + other + `</p><p hidden>` + other + `</p><p class="sr-only">` + other + "</p></div>", whole},
		{"comments go, be they longer than the text", about, h1 + "<div>" + story + "</div><section id=comments>" + strings.Repeat(para(other+" Well said."), 12) + "</section>", whole},
		{"terms of use go, be they longer than the text", about, h1 + "<div>" + story + "</div><div id=site_terms>" + strings.Repeat(para(other+" You agree."), 12) + "</div>", whole},
		{"a gate in front of an embedded film goes", about, h1 + "<div>" + para(one, two) + "<div><p>Recommended external content</p><p>To show this, personal data may be sent to third parties; by a click you accept it.</p></div>" + para(three, four) + "</div>", whole},
		{"a name that the text itself has is no use", about, `<div class="with-sidebar comment-page">` + h1 + "<div class=share-page>" + story + "</div></div>", whole},
		{"a class that all paragraphs have is no use", about, h1 + "<div>" + strings.ReplaceAll(story, "<p>", "<p class=paywall>") + "</div>", whole},
		{"teasers below go", about, "<main>" + h1 + "<div class=box>" + story + "</div><div class=box><h3><a href=/l>Library to close in a town far away</a></h3>" + para(other) + "</div></main>", whole},
		{"other articles go", about, "<article class=post>" + h1 + story + "</article><article class=post><h2><a href=/l>Library to close</a></h2>" + para(other, other) + "</article>", whole},
		{"links after a heading go with it", about, h1 + "<div>" + story + "<p>More from Westhaven:</p><p><a href=/a>Ferry for sale</a></p></div>", whole},
		{"everything below a heading over links", about, h1 + "<div>" + story + "<h3>You might also like</h3><ul><li>" + "A library closes in a town far away, and nobody knows why." + "</li></ul></div>", whole},
		{"a box on something else among the paragraphs goes", about, h1 + "<div>" + para(one, two) + "<div class=box><h4>Elsewhere</h4>" + para(other) + "<p>Told by Ada Quill.</p></div>" + para(three, four) + "</div>", whole},
		{"a fact box stays", about, h1 + "<div>" + para(one, two) + "<div class=box><h4>Facts</h4><p>Traffic: residents crossed the bridge by ferry before.</p><p>Owner of the works: the contractor of the harbour office.</p></div>" + para(three, four) + "</div>", []string{one, two, "Facts", "Traffic: residents crossed the bridge by ferry before.", "Owner of the works: the contractor of the harbour office.", three, four}},
		{"a box under a heading of the title's words stays", about, h1 + "<div>" + para(one, two) + "<div class=box><h4>Bridges in numbers</h4>" + para(other) + "<p>Told by Ada Quill.</p></div>" + para(three, four) + "</div>", []string{one, two, "Bridges in numbers", other, "Told by Ada Quill.", three, four}},
		{"who wrote it goes", about, h1 + "<p class=byline>By Ada Quill</p><div class=text>" + story + "</div><div class=box>" + para("Quill has told of bridges and of harbours for this paper since 1999, and lives in Westhaven with two cats.") + "</div>", whole},
		{"who wrote it, marked as such, goes", about, h1 + "<div class=text>" + story + "<div class=author-info>" + para("The reporter has told of bridges and of harbours for this paper since 1999, and lives in Westhaven with two cats.") + "</div></div>", whole},
		{"names of a page builder are no use", about, h1 + `<div class="widget-box id1">` + para(one) + `</div><div class="widget-box id2">` + para(two) + `</div><div class="widget-box id3">` + para(three) + `</div><div class="widget-box id4">` + para(four) + `</div>`, whole},
		{"the same words inside the text stay", about, h1 + "<div>" + para(one) + "<p>More in a moment.</p>" + para(two, three, four) + "</div>", []string{one, "More in a moment.", two, three, four}},
		{"a newsletter, a copyright", about, h1 + "<div>" + story + "<p>Sign up for our newsletter and read us every morning.</p><p>© 2026 Example Times</p></div>", whole},
		{"a pull quote", about, h1 + "<div>" + para(one, two) + "<aside class=pull><p>many of them crossed it on foot before the first bus</p></aside><blockquote>the next bridge upstream would be finished before summer</blockquote>" + para(three, four) + "</div>", whole},
		{"where the page marks the text", about, h1 + `<div itemprop=articleBody>` + para(one, two, three, four) + "</div><div>" + para(other, other+" Twice.", other+" Thrice.", other+" And again.", other+" And on.") + "</div>", whole},
		{"where the page's data ends", Clues{Title: about.Title, Declared: strings.Join(whole, "\n")}, h1 + "<div>" + story + para(other) + "</div>", whole},
		{"nothing that is prose", about, "<a href=/a>One</a><a href=/b>Two</a>", nil},
		{"an empty page", Clues{}, "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			if r := Read(parse(t, tt.page), tt.clues); r.Text != "" {
				got = strings.Split(r.Text, "\n")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReadAgain covers pages whose names hide the text.
func TestReadAgain(t *testing.T) {
	t.Parallel()
	page := "<div class=promo>" + para(one) + "</div><div class=social>" + para(two) + "</div><div class=banner>" + para(three) + "</div><div class=related>" + para(four) + "</div><div class=shop>" + para(other) + "</div>"
	r := Read(parse(t, page), Clues{})
	if !r.IsRetried || !strings.Contains(r.Text, one) {
		t.Errorf("read %+v, want the text at the second look", r)
	}
}

func TestShare(t *testing.T) {
	t.Parallel()
	alone := Read(parse(t, "<div>"+story+"</div>"), Clues{})
	if alone.Share != 1 {
		t.Errorf("share %.2f of a page that is all text, want 1", alone.Share)
	}
	among := Read(parse(t, "<div>"+story+"</div><section id=comments>"+strings.Repeat(para(other), 12)+"</section>"), Clues{})
	if among.Share <= .1 || among.Share >= .4 {
		t.Errorf("share %.2f of a page that is mostly comments, want about a quarter", among.Share)
	}
}

func TestByline(t *testing.T) {
	t.Parallel()
	about := Clues{Title: "New bridge opens in Westhaven"}
	h1 := "<h1>New bridge opens in Westhaven</h1>"
	long := "<div class=author>" + strings.Repeat("Ada Quill has written of bridges for years. ", 5) + "</div>"
	tests := []struct{ name, page, want string }{
		{"none", h1 + story, ""},
		{"a span", h1 + "<span class=byline>By Ada Quill</span>" + story, "By Ada Quill"},
		{"the name inside", h1 + `<div class=byline>Written with care by <a rel=author href=/q>Ada Quill</a> in Westhaven</div>` + story, "Ada Quill"},
		{"not the one of a teaser above", `<span class=author>Ben Ink</span>` + h1 + "<span class=author>Ada Quill</span>" + story, "Ada Quill"},
		{"not the one of a comment", h1 + "<div>" + story + "</div><div class=comments><span class=author>Ben Ink</span></div>", ""},
		{"a portrait of the author is none", h1 + long + story, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Read(parse(t, tt.page), about).Byline; got != tt.want {
				t.Errorf("byline %q, want %q", got, tt.want)
			}
		})
	}
}

// TestHeavyPages holds pages that a careless reading compares with themselves.
func TestHeavyPages(t *testing.T) {
	t.Parallel()
	var declared strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&declared, "Gang %d of the works set beam %d above the river, and the harbour master wrote it down. ", i, i*31)
	}
	tests := []struct{ name, page string }{
		{"paragraphs", "<article>" + strings.Repeat(para(one), 20_000) + "</article>"},
		{"short lines", "<div>" + strings.Repeat("Related<br>", 20_000) + "</div>"},
		{"boxes of one class", strings.Repeat("<div class=x>"+para(one)+"</div>", 10_000)},
		{"boxes in boxes", strings.Repeat("<div class=related>", 400) + strings.Repeat(para(one), 5000)},
		{"quotes", "<div>" + strings.Repeat("<blockquote>"+one+"</blockquote>", 10_000) + "</div>"},
		{"cells", "<table>" + strings.Repeat("<tr><td>"+one+"</td><td>1</td></tr>", 5000) + "</table>"},
		{"names", strings.Repeat(`<b class="a b c author">x</b> `, 20_000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root := parse(t, tt.page)
			start := time.Now()
			Read(root, Clues{Title: one, Description: two, Declared: declared.String()})
			if took := time.Since(start); took > 5*time.Second { // it takes a tenth of a second
				t.Errorf("took %s", took)
			}
		})
	}
}

// TestReadLeavesTheTree holds that pages can be read by many at once.
func TestReadLeavesTheTree(t *testing.T) {
	t.Parallel()
	root := parse(t, "<article><h1>New bridge</h1>"+story+"</article>")
	var before, after strings.Builder
	if err := html.Render(&before, root); err != nil {
		t.Fatal(err)
	}
	want := Read(root, Clues{Title: "New bridge"})
	done := make(chan Reading)
	for range 4 {
		go func() { done <- Read(root, Clues{Title: "New bridge"}) }()
	}
	for range 4 {
		if diff := cmp.Diff(want, <-done); diff != "" {
			t.Errorf("another reading (-first +now):\n%s", diff)
		}
	}
	if err := html.Render(&after, root); err != nil {
		t.Fatal(err)
	}
	if before.String() != after.String() {
		t.Error("the tree was changed")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("<article><h1>New bridge</h1>"+story+"</article>", "New bridge", one)
	f.Add("<table><tr><td>x<td><p><div class=a><img>y", "", "")
	f.Add("<p>"+strings.Repeat("a<br>", 50)+"<a>b:</a>", "\x00\xff", strings.Repeat("\u00e9", 400))
	f.Fuzz(func(t *testing.T, page, title, declared string) {
		if len(page) > 32<<10 || len(declared) > 32<<10 {
			return
		}
		page = strings.ToValidUTF8(page, "?")
		root, err := html.Parse(strings.NewReader(page))
		if err != nil {
			return
		}
		start := time.Now()
		r := Read(root, Clues{Title: title, Description: title, Declared: declared})
		if took := time.Since(start); took > 2*time.Second {
			t.Fatalf("took %s", took)
		}
		if !utf8.ValidString(r.Text) || len(r.Text) > 2*len(page) || r.Share < 0 || r.Share > 1 {
			t.Fatalf("read %+v", r)
		}
	})
}

// BenchmarkRead reads pages already parsed; the parse alone is there to compare.
func BenchmarkRead(b *testing.B) {
	menu := "<nav><ul>" + strings.Repeat("<li><a href=/x>A section of the paper</a></li>", 80) + "</ul></nav>"
	teasers := strings.Repeat("<div class=teaser><h3><a href=/l>Library to close in a town far away</a></h3>"+para(other)+"</div>", 40)
	pages := []struct{ name, page string }{
		{"short", "<h1>New bridge</h1>" + story},
		{"furnished", menu + "<article><h1>New bridge</h1>" + strings.Repeat(story, 5) + "</article><aside>" + teasers + "</aside>" + menu},
		{"commented", menu + "<article><h1>New bridge</h1>" + story + "</article><div id=comments>" + strings.Repeat("<div class=comment><b>Ben</b>"+para(other)+"</div>", 300) + "</div>"},
		{"long", "<h1>New bridge</h1><div>" + strings.Repeat(story, 400) + "</div>"},
	}
	for _, p := range pages {
		b.Run(p.name+"/parse", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(p.page)))
			for b.Loop() {
				parse(b, p.page)
			}
		})
		b.Run(p.name+"/read", func(b *testing.B) {
			root := parse(b, p.page)
			b.ReportAllocs()
			b.SetBytes(int64(len(p.page)))
			for b.Loop() {
				Read(root, Clues{Title: "New bridge"})
			}
		})
	}
}
