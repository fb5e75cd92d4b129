// Package dimension says which of the five dimensions a company is written about
// in: global layout, global competitiveness, corporate culture, social
// responsibility, global governance.
//
//	labeller, err := dimension.Load()
//	labels, ok := labeller.Label(article.Language, mention.Quotes)
//
// It reads by rules that are written down, one file a language (rules/*.rules,
// whose form rules.go and pattern.go tell). A rule is one of several reasons to
// speak of a dimension: patterns of words (its cues), what must not stand near
// them (its guards: a potted plant is no factory), where the name stands, and a
// weight, the share of sentences in which it is expected to be right. Each rule
// has a sentence in which it fires and each guard one that it blocks; the tests
// run them all.
//
// token.go parts a sentence into words, wordtree.go finds all words of all rules
// in one walk, fire.go tries the patterns that begin there, vote.go adds up. The
// evidence is the cue itself, in bytes of the quote. To add a rule, write it with
// its examples and run go test ./transform/dimension; to see what it changes,
// overheard eval dimensions.
package dimension

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/overheard-news/overheard/transform/match"
)

//go:embed rules/*.rules
var builtIn embed.FS

// Labeller holds the compiled rules. It is safe for concurrent use.
type Labeller struct {
	sets     map[string]*ruleSet  // by language
	keywords map[string][]keyword // the same
	readers  sync.Pool
}

// Label is one dimension a company is written about in.
type Label struct {
	Dimension   string
	Probability float64 // 0.5 to 1
	Evidence    string  // the words of the surest cue
	Quote       int     // index of the quote it stands in
	Start, End  int     // its bytes in that quote
}

// Load compiles the rules the program was built with.
func Load() (*Labeller, error) { return load(builtIn, "rules") }

func load(fsys fs.FS, folder string) (*Labeller, error) {
	files, err := readRules(fsys, folder)
	if err != nil {
		return nil, err
	}
	l := &Labeller{sets: map[string]*ruleSet{}}
	if l.keywords, err = readKeywords(keywordsFile); err != nil {
		return nil, err
	}
	l.readers.New = func() any { return &reader{} }
	for _, f := range files {
		if l.sets[f.language] != nil {
			return nil, fmt.Errorf("read rules: two files of language %q", f.language)
		}
		l.sets[f.language] = compile(f)
	}
	return l, nil
}

// Languages are those with rules, sorted.
func (l *Labeller) Languages() []string {
	var list []string
	for language := range l.sets {
		list = append(list, language)
	}
	slices.Sort(list)
	return list
}

// Label reads the sentences that name a company. The labels come in the order of
// Names, none if no rule is sure enough. It is not ok where there is nothing to
// judge by: no rules for the language (a BCP 47 tag, of which the first part
// counts), or no quotes.
func (l *Labeller) Label(language string, quotes []match.Quote) (labels []Label, ok bool) {
	s := l.sets[primary(language)]
	if s == nil || len(quotes) == 0 {
		return nil, false
	}
	r := l.readers.Get().(*reader)
	defer l.readers.Put(r)
	var v vote
	for i, q := range quotes {
		for _, f := range s.read(r, q.Text, nameSpan{q.Start, q.End}) {
			v.add(s.rules[f.rule], f, i)
		}
	}
	return v.labels(quotes), true
}

func primary(language string) string {
	first, _, _ := strings.Cut(strings.ToLower(language), "-")
	return first
}
