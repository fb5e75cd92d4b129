package article

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// extractor finds the text of an article in a page. It must not change the tree.
type extractor interface {
	extract(root *html.Node, page *url.URL) (extract, error)
}

type extract struct {
	text   string
	byline string
}

// maxBlocks is the number of <p> from which only the witness reads: the main
// extractor compares each with each and takes seconds over 10,000.
const maxBlocks = 5000

// maxBody bounds the stored text in characters; the longest live blogs have a
// third of it.
const maxBody = 300_000

// thin is the length in characters below which a text is no opinion.
const thin = 200

// body asks two extractors and believes the main one, except where the comparison
// shows which of its faults it has committed. Neither is best alone: the first
// keeps paragraphs the second loses, and now and then brings the furniture of the
// page with them, or only that. The page's own articleBody is a last rescue. An
// extractor that panics on odd markup has found nothing.
func (n *Normaliser) body(doc *document, page *url.URL, title string) extract {
	var best extract
	if doc.blocks <= maxBlocks {
		best = n.try(n.main, doc.root, page)
	}
	witness := n.try(n.witness, doc.root, page)
	if prefersWitness(best.text, witness.text) {
		witness.byline = firstNonEmpty(best.byline, witness.byline)
		best = witness
	}
	if declared := declaredBody(doc.ld.body); isBetter(declared, best.text) {
		best.text = declared
	}
	best.text = cut(dropTitle(best.text, title), maxBody)
	return best
}

// prefersWitness compares two readings of a page. The thresholds are from 832
// pages with known text, where this choice scores .93 (F1 of runs of four
// words) and each alone .88 and .91.
func prefersWitness(main, witness string) bool {
	mainSize, witnessSize := utf8.RuneCountInString(main), utf8.RuneCountInString(witness)
	switch {
	case witnessSize < thin:
		return mainSize < thin && witnessSize > 2*mainSize
	case mainSize < thin && witnessSize > 2*mainSize:
		return true
	}
	confirmed, covered := overlap(main, witness)
	switch {
	case confirmed < .3 && covered < .3: // two different texts: the one in sentences
		return proseShare(witness) > proseShare(main)-.1
	case confirmed < .85: // the main reading brought furniture
		return true
	case covered >= .95: // the same but for a few stray lines
		return confirmed < .95
	case covered < .6: // the witness has far more: a lost text, or the comments
		return proseShare(witness) > .75
	}
	return false
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

func (n *Normaliser) try(e extractor, root *html.Node, page *url.URL) (found extract) {
	defer func() {
		if r := recover(); r != nil {
			n.lg.Warn("extractor panicked", "url", page.String(), "panic", fmt.Sprint(r))
			found = extract{}
		}
	}()
	found, err := e.extract(root, page)
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

func firstNonEmpty(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// trafilaturaExtractor favours recall: what is left out is never found again,
// while a stray caption seldom names a company.
type trafilaturaExtractor struct{}

func (trafilaturaExtractor) extract(root *html.Node, page *url.URL) (extract, error) {
	result, err := trafilatura.ExtractDocument(root, trafilatura.Options{
		OriginalURL:     page,
		Focus:           trafilatura.FavorRecall,
		ExcludeComments: true,
		HtmlDateMode:    trafilatura.Disabled,
	})
	if err != nil {
		return extract{}, err
	}
	return extract{text: blockText(result.ContentNode), byline: result.Metadata.Author}, nil
}

type readabilityExtractor struct{}

func (readabilityExtractor) extract(root *html.Node, page *url.URL) (extract, error) {
	result, err := readability.FromDocument(root, page)
	if err != nil {
		return extract{}, err
	}
	if result.Node == nil {
		return extract{}, nil
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
