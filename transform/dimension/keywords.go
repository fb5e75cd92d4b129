package dimension

import (
	"bytes"
	_ "embed" // keywords.csv
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"github.com/overheard-news/overheard/transform/match"
)

//go:embed rules/keywords.csv
var keywordsFile []byte

// keyword is a word or words that stand for a dimension, wherever they stand.
type keyword struct {
	dimension int
	folded    string // words parted by spaces
}

// readKeywords reads the plain list that the rules are measured against: the cues
// by which the method describes the dimensions, in each language of the rules.
func readKeywords(content []byte) (map[string][]keyword, error) {
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read rules/keywords.csv: %w", err)
	}
	lists := map[string][]keyword{}
	for i, row := range rows[1:] {
		d := slices.Index(dimensions, row[1])
		if len(row) != 3 || d < 0 {
			return nil, fmt.Errorf("rules/keywords.csv:%d: unknown dimension %q", i+2, row[1])
		}
		for word := range strings.SplitSeq(row[2], "|") {
			var t tokens
			t.read(word, nameSpan{}, nil)
			lists[row[0]] = append(lists[row[0]], keyword{dimension: d, folded: t.joined()})
		}
	}
	return lists, nil
}

// joined gives the folded words of t, parted and surrounded by single spaces.
func (t *tokens) joined() string {
	var out strings.Builder
	for i := range t.list {
		out.WriteByte(' ')
		out.Write(t.word(i))
	}
	out.WriteByte(' ')
	return out.String()
}

// Keywords says which dimensions a plain list of words would tell, without stems,
// guards, weights or regard to the name: what the rules are measured against. It is
// not ok where Label is not.
func (l *Labeller) Keywords(language string, quotes []match.Quote) (names []string, ok bool) {
	s := l.sets[primary(language)]
	if s == nil || len(quotes) == 0 {
		return nil, false
	}
	var said [8]bool
	var t tokens
	for _, q := range quotes {
		t.read(q.Text, nameSpan{q.Start, q.End}, s.same)
		text := t.joined()
		for _, k := range l.keywords[s.language] {
			said[k.dimension] = said[k.dimension] || strings.Contains(text, k.folded)
		}
	}
	for d, name := range dimensions {
		if said[d] {
			names = append(names, name)
		}
	}
	return names, true
}
