package match

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/overheard-news/overheard/sql/seeds"
)

// entry is one alias, ready for use.
type entry struct {
	company  string
	alias    string
	class    byte   // 'A' to 'D'
	language string // primary subtag, empty for all
	spelling string // what a case-sensitive alias must look like, empty if any case will do
	from, to time.Time
	owner    int32   // index of the company, for what all its names share
	anchors  []clue  // words that speak for the company behind this name
	senses   []sense // what else the name may mean
	initials string  // class D: first letters of its capitalised words
	isName   bool    // written with a capital first
	isShort  bool    // up to three letters: could be a unit of measure
	isTwoHan bool
}

// key is one string the automaton looks for, and what it stands for.
type key struct {
	text  string
	edge  edge
	plain []int32 // entries written so
	stems []stem  // entries written so before an ending
}

type stem struct {
	entry  int32
	letter rune // the last letter, lost before the ending
}

// owner is a company as far as its less sure names need it.
type owner struct {
	family   string // the topmost parent that is followed
	sector   string
	anchors  []clue
	trade    []clue // words of the sector
	from, to time.Time
}

// compiler builds two automata: one over the names, through which all text goes,
// and one over the clues, through which only those texts go that hold a name of
// class B or C.
type compiler struct {
	index    map[string]int32
	keys     []key
	clueAt   map[string]int32
	clueKeys []key
	entries  []entry
	owners   []owner
	owned    map[string]int32   // company to owner
	senses   map[string][]sense // by company and folded alias
	bySector map[string][]clue
	china    []clue
}

// businessSector is the name under which sectors.txt holds words of no sector.
const businessSector = "business"

// New compiles the aliases of a set. What its companies, anchors and senses say
// speaks for or against the aliases of class B and C.
func New(set seeds.Set) (*Matcher, error) {
	c := &compiler{index: map[string]int32{}, clueAt: map[string]int32{}, owned: map[string]int32{}, senses: map[string][]sense{}}
	if err := c.addSectors(); err != nil {
		return nil, err
	}
	c.addOwners(set)
	c.addSenses(set.Senses)
	sorted := slices.Clone(set.Aliases)
	slices.SortStableFunc(sorted, compareAliases)
	for _, alias := range sorted {
		if err := c.add(alias); err != nil {
			return nil, fmt.Errorf("compile alias %q of %q: %w", alias.Alias, alias.CompanyID, err)
		}
	}
	machine, err := automatonOf(c.keys)
	if err != nil {
		return nil, fmt.Errorf("compile %d aliases: %w", len(set.Aliases), err)
	}
	context, err := automatonOf(c.clueKeys)
	if err != nil {
		return nil, fmt.Errorf("compile %d anchors and cues: %w", len(c.clueKeys), err)
	}
	m := &Matcher{
		machine: machine, keys: c.keys, entries: c.entries, owners: c.owners,
		context: context, clueKeys: c.clueKeys, china: c.china, business: c.bySector[businessSector],
	}
	m.readings.New = func() any { return &reading{} }
	return m, nil
}

func automatonOf(keys []key) (*automaton, error) {
	texts := make([]string, len(keys))
	for i := range keys {
		texts[i] = keys[i].text
		keys[i].edge = edgeOf(texts[i])
	}
	return newAutomaton(texts)
}

func compareAliases(a, b seeds.Alias) int {
	for _, order := range []int{
		strings.Compare(a.CompanyID, b.CompanyID), strings.Compare(a.Class, b.Class),
		strings.Compare(a.Alias, b.Alias), strings.Compare(a.Language, b.Language),
	} {
		if order != 0 {
			return order
		}
	}
	return 0
}

func (c *compiler) add(alias seeds.Alias) error {
	text := fold(strings.TrimSpace(alias.Alias))
	if alias.CompanyID == "" {
		return fmt.Errorf("no company")
	}
	if len(alias.Class) != 1 || !strings.Contains("ABCD", alias.Class) {
		return fmt.Errorf("class %q is none of A, B, C, D", alias.Class)
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return fmt.Errorf("no letter and no digit in it")
	}
	e := entry{
		company: alias.CompanyID, alias: alias.Alias, class: alias.Class[0],
		owner: c.owner(alias.CompanyID),
	}
	company := c.owners[e.owner]
	e.from, e.to = later(alias.ValidFrom, company.from), earlier(alias.ValidTo, company.to)
	if !isBeyondLatin(text) {
		e.language = primary(alias.Language)
	}
	if alias.IsCaseSensitive {
		e.spelling = spelled(strings.TrimSpace(alias.Alias))
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimSpace(alias.Alias))
	letters := utf8.RuneCountInString(text)
	e.isName = unicode.IsUpper(first)
	e.isShort = letters <= 3
	e.isTwoHan = letters == 2 && kindOf(first) == kindHan
	if e.class == 'D' {
		e.initials = initials(alias.Alias)
	}
	if e.class == 'B' || e.class == 'C' {
		e.anchors = c.clues(alias.Anchors)
		e.senses = c.senses[senseKey(alias.CompanyID, text)]
	}
	id := int32(len(c.entries))
	c.entries = append(c.entries, e)
	k := c.key(text)
	c.keys[k].plain = append(c.keys[k].plain, id)
	if short := stemOf(text); short != text {
		k := c.key(short)
		last, _ := utf8.DecodeLastRuneInString(text)
		c.keys[k].stems = append(c.keys[k].stems, stem{entry: id, letter: last})
	}
	return nil
}

func (c *compiler) key(text string) int32 {
	if k, ok := c.index[text]; ok {
		return k
	}
	k := int32(len(c.keys))
	c.index[text] = k
	c.keys = append(c.keys, key{text: text})
	return k
}

func isBeyondLatin(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r >= utf8.RuneSelf && unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r)
	})
}

// primary returns the primary subtag of a language, empty for undetermined.
func primary(language string) string {
	tag, _, _ := strings.Cut(strings.ToLower(language), "-")
	if tag == "und" || tag == "mul" {
		return ""
	}
	return tag
}

// initials returns the first letters of the words that have a capital:
// "Insurance Corporation of British Columbia" gives ICBC.
func initials(s string) string {
	var out strings.Builder
	for _, word := range strings.Fields(s) {
		if r, _ := utf8.DecodeRuneInString(word); unicode.IsUpper(r) {
			out.WriteRune(r)
		}
	}
	return out.String()
}
