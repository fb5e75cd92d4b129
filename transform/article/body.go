package article

import (
	"cmp"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	goreadability "codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/overheard-news/overheard/transform/prose"
)

// extract is the text of a page, and what quality needs to judge it.
type extract struct {
	text     string
	byline   string
	declared string  // the text as the page's own data has it
	witness  string  // the second reading, if one was made
	share    float64 // part of the page's prose that the text has
	fit      float64 // part of the title's and description's words that it has; 0 if not known
}

// maxBlocks is the number of <p> up to which a second reading is made: the
// extractor compares boxes with each other.
const maxBlocks = 5000

// maxBody bounds the stored text in characters; the longest live blogs have a
// third of it.
const maxBody = 300_000

// thin is the length in characters below which a text is no opinion.
const thin = 300

// body reads the text. Most pages are read once, by transform/prose. A second
// reading, by another method, is made where the first is thin or has little to do
// with what the page says of itself; it wins if it has more to say, or if the two
// have nothing in common and it fits the title better. The page's own articleBody
// is the last rescue. A reading that panics on odd markup has found nothing.
func (n *Normaliser) body(doc *document, page *url.URL, title string) extract {
	description := doc.description()
	declared := declaredBody(doc.ld.body)
	found := n.try(page, func() (extract, error) {
		r := prose.Read(doc.root, prose.Clues{Title: title, Description: description, Declared: declared})
		return extract{text: r.Text, byline: r.Byline, share: r.Share}, nil
	})
	fit := support(found.text, title+" "+description)
	found.fit = fit
	if size := utf8.RuneCountInString(found.text); (size < thin || fit < .5) && doc.blocks <= maxBlocks {
		second := n.try(page, func() (extract, error) { return readability(doc.root, page) })
		found.witness, found.byline = second.text, cmp.Or(found.byline, second.byline)
		if isRescue(found.text, second.text) || !isSameText(found.text, second.text) && support(second.text, title+" "+description) > fit {
			found.text, found.witness, found.share, found.fit = second.text, found.text, 0, 0
		}
	}
	found.declared = declared
	if isBetter(declared, found.text) {
		found.text, found.fit = declared, 0
	}
	found.text = cut(dropTitle(found.text, title), maxBody)
	return found
}

// isRescue tells whether a second reading found a text where the first did not.
func isRescue(first, second string) bool {
	return utf8.RuneCountInString(first) < thin && utf8.RuneCountInString(second) > 2*utf8.RuneCountInString(first)
}

// isSameText tells whether two readings of a page are of the same text, if not of
// the same part of it.
func isSameText(a, b string) bool {
	confirmed, covered := overlap(a, b)
	return confirmed >= .3 || covered >= .3
}

// support is the share of the longer words of a title or description that a text
// has too, 0 to 1, and 1 if there are none.
func support(text, about string) float64 {
	in := map[string]bool{}
	for w := range longWords(text) {
		in[w] = true
	}
	have, all := 0, 0
	for w := range longWords(about) {
		all++
		if in[w] {
			have++
		}
	}
	if all == 0 {
		return 1
	}
	return float64(have) / float64(all)
}

// longWords gives the words of four letters and more in lower case, and the pairs
// of characters in scripts without spaces.
func longWords(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }) {
			if r := []rune(w); isDense(r[0]) {
				for i := range len(r) - 1 {
					if !yield(string(r[i : i+2])) {
						return
					}
				}
			} else if len(r) > 3 && !yield(strings.ToLower(w)) {
				return
			}
		}
	}
}

// overlap is the share of each text's runs of four words that the other has too.
func overlap(a, b string) (aInB, bInA float64) {
	inA, inB := map[uint64]bool{}, map[uint64]bool{}
	for r := range runs(a) {
		inA[r] = true
	}
	both := 0
	for r := range runs(b) {
		if !inB[r] && inA[r] {
			both++
		}
		inB[r] = true
	}
	if len(inA) == 0 || len(inB) == 0 {
		return 0, 0
	}
	return float64(both) / float64(len(inA)), float64(both) / float64(len(inB))
}

// proseShare is the part of a text that is in lines of sentences; menus, lists of
// headlines and tables are not.
func proseShare(s string) float64 {
	all, prose := 0, 0
	for l := range strings.Lines(s) {
		l = strings.TrimSpace(l)
		n := utf8.RuneCountInString(l)
		all += n
		if n < 80 && (n < 30 || !isDense([]rune(l)[0])) {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(l, "\"'”’»)]』」"))
		if strings.ContainsRune(".!?…。！？।؟", last) {
			prose += n
		}
	}
	if all == 0 {
		return 0
	}
	return float64(prose) / float64(all)
}

func (n *Normaliser) try(page *url.URL, read func() (extract, error)) (found extract) {
	defer func() {
		if r := recover(); r != nil {
			n.lg.Warn("extractor panicked", "url", page.String(), "panic", fmt.Sprint(r))
			found = extract{}
		}
	}()
	found, err := read()
	if err != nil { // an error is its way to say that there is no text
		return extract{}
	}
	found.text = paragraphs(found.text)
	return found
}

// declaredBody is the articleBody of the linked data as text; some sites put
// their markup into it.
func declaredBody(s string) string {
	if strings.Contains(s, "&lt;") || strings.Contains(s, "&#") || strings.Contains(s, "&amp;") {
		s = html.UnescapeString(s)
	}
	if strings.Contains(s, "</") || strings.Contains(s, "/>") || strings.Contains(s, "<br") {
		if nodes, err := html.ParseFragment(strings.NewReader(s), nil); err == nil {
			var b strings.Builder
			for _, n := range nodes {
				b.WriteString(blockText(n))
			}
			s = b.String()
		}
	}
	return paragraphs(s)
}

// isBetter lets the declared text replace the extracted one only if it is much
// longer and begins alike: the field also holds summaries and transcripts.
func isBetter(declared, extracted string) bool {
	size := utf8.RuneCountInString(declared)
	if size < 400 || float64(size) < 1.6*float64(utf8.RuneCountInString(extracted)) {
		return false
	}
	if utf8.RuneCountInString(extracted) < 100 {
		return true
	}
	all := letters(declared)
	var shared, total int
	for l := range strings.Lines(extracted) {
		key := []rune(letters(l))
		if len(key) < 20 {
			continue
		}
		total++
		if strings.Contains(all, string(key[:20])) {
			shared++
		}
	}
	return shared*2 >= total
}

// dropTitle removes the headline where it opens the text: it is stored beside it,
// and a name in it must not count as named in the lead as well.
func dropTitle(body, title string) string {
	first, rest, _ := strings.Cut(body, "\n")
	if title != "" && rest != "" && equalFold(first, title) {
		return rest
	}
	return body
}

// cut shortens a text to whole paragraphs.
func cut(body string, limit int) string {
	if len(body) <= limit || utf8.RuneCountInString(body) <= limit {
		return body
	}
	body = string([]rune(body)[:limit])
	if i := strings.LastIndexByte(body, '\n'); i > 0 {
		return body[:i]
	}
	return body
}

// readability reads a page by the scores of its boxes.
func readability(root *html.Node, page *url.URL) (extract, error) {
	result, err := goreadability.FromDocument(root, page)
	if err != nil || result.Node == nil {
		return extract{}, err
	}
	return extract{text: blockText(result.Node), byline: result.Byline()}, nil
}

// blockText writes a tree as text with a line for each block, the way a browser
// would set it: inline elements run on, line breaks in the source are spaces.
func blockText(n *html.Node) string {
	var b strings.Builder
	writeBlocks(&b, n)
	return b.String()
}

func writeBlocks(b *strings.Builder, n *html.Node) {
	if n == nil {
		return
	}
	if n.Type == html.TextNode {
		b.WriteString(strings.Map(func(r rune) rune {
			if r == '\n' || r == '\r' {
				return ' '
			}
			return r
		}, n.Data))
		return
	}
	block := false
	if n.Type == html.ElementNode {
		switch n.DataAtom {
		case atom.Br:
			b.WriteByte('\n')
			return
		case atom.Td, atom.Th:
			b.WriteByte(' ')
		case atom.Script, atom.Style, atom.Template, atom.Head:
			return
		default:
			block = !isInline(n.DataAtom)
		}
	}
	if block {
		b.WriteByte('\n')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeBlocks(b, c)
	}
	if block {
		b.WriteByte('\n')
	}
}

func isInline(a atom.Atom) bool {
	switch a {
	case 0, atom.A, atom.Abbr, atom.Acronym, atom.B, atom.Bdi, atom.Bdo, atom.Big, atom.Cite, atom.Code, atom.Data, atom.Del, atom.Dfn, atom.Em, atom.Font, atom.I,
		atom.Img, atom.Ins, atom.Kbd, atom.Label, atom.Mark, atom.Nobr, atom.Q, atom.Ruby, atom.Rb, atom.Rt, atom.Rp, atom.S, atom.Samp, atom.Small, atom.Span,
		atom.Strike, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.Tt, atom.U, atom.Var, atom.Wbr:
		return true
	}
	return false
}
