package dimension

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/overheard-news/overheard/sql/seeds"
)

// Names are the five dimensions, in the order they are told in.
func Names() []string { return slices.Clone(dimensions) }

var dimensions = []string{"global_layout", "global_competitiveness", "corporate_culture", "social_responsibility", "global_governance"}

// rule says that a sentence speaks of a dimension.
type rule struct {
	id        string
	dimension int     // index in dimensions
	weight    float64 // declared probability that it is right where it fires
	line      int
	cues      []pattern
	guards    []guard
	near      int // the cue stands at most so many words from the name; 0 is anywhere
	side      int // where the name must stand: -1 before the cue, 1 after it, 0 anywhere
	inClause  bool
	yes       []example
}

// guard keeps a rule from firing where one of its patterns stands.
type guard struct {
	patterns []pattern
	within   int // words from the cue; 0 is anywhere in the sentence
	line     int
	no       []example
}

// example is a sentence with the company in square brackets.
type example struct {
	text       string
	start, end int // bytes of the name
	line       int
}

// ruleFile is one language.
type ruleFile struct {
	language string
	rules    []*rule
	words    *vocabulary
	lists    map[string][][]int32
	prefixes []string        // written onto a word: Arabic al-, wa-, bi-
	suffixes []string        // the same behind it: -ha, -hum
	clauses  map[string]bool // words that begin another clause
}

// readRules reads every file NAME.rules of a folder; the faults are told all at once.
func readRules(fsys fs.FS, folder string) ([]*ruleFile, error) {
	names, err := fs.Glob(fsys, folder+"/*.rules")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("read rules: no file %s/*.rules", folder)
	}
	var files []*ruleFile
	var faults []error
	for _, name := range names {
		content, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read rules: %w", err)
		}
		f, problems := parseRules(name, string(content))
		for _, p := range problems {
			faults = append(faults, p)
		}
		files = append(files, f)
	}
	return files, errors.Join(faults...)
}

// ruleParser reads one file, line by line, and goes on behind a fault.
type ruleParser struct {
	file     string
	line     int
	out      *ruleFile
	rule     *rule
	isCued   bool // the rule has a cue, sound or not
	problems []seeds.Problem
}

func (p *ruleParser) report(line int, remedy, format string, args ...any) {
	p.problems = append(p.problems, seeds.Problem{File: p.file, Line: line, Message: fmt.Sprintf(format, args...), Remedy: remedy})
}

// parseRules reads the rules of one language. Lines that begin with space belong
// to the line before.
func parseRules(file, content string) (*ruleFile, []seeds.Problem) {
	p := &ruleParser{file: file, out: &ruleFile{words: newVocabulary(), lists: map[string][][]int32{}, clauses: map[string]bool{}}}
	if !utf8.ValidString(content) {
		p.report(1, "save the file as UTF-8", "is not UTF-8")
		return p.out, p.problems
	}
	lines := strings.Split(content, "\n")
	for i := 0; i < len(lines); i++ {
		p.line = i + 1
		text := lines[i]
		for i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" && strings.TrimLeft(lines[i+1], " \t") != lines[i+1] {
			i++
			text += " " + strings.TrimSpace(lines[i])
		}
		if strings.TrimSpace(text) != "" && !strings.HasPrefix(text, "#") {
			key, value, _ := strings.Cut(strings.TrimSpace(text), " ")
			p.take(key, strings.TrimSpace(value))
		}
	}
	p.endRule()
	if p.out.language == "" {
		p.report(1, "begin the file with: language CODE", "names no language")
	}
	return p.out, p.problems
}

func (p *ruleParser) take(key, value string) {
	within := 0
	if n, ok := strings.CutPrefix(key, "not/"); ok {
		key = "not"
		var err error
		if within, err = strconv.Atoi(n); err != nil || within < 1 || within > maxGap {
			p.report(p.line, "write not/N with N words", "%q is no distance", n)
			return
		}
	}
	if p.rule == nil && slices.Contains([]string{"cue", "near", "side", "scope", "yes", "not", "no"}, key) {
		p.report(p.line, "begin with: rule DIMENSION NAME WEIGHT", "%s stands outside a rule", key)
		return
	}
	switch key {
	case "language":
		p.out.language = value
	case "let":
		p.takeList(value)
	case "same":
		p.takeSame(value)
	case "prefixes":
		p.out.prefixes = append(p.out.prefixes, p.folded(value)...)
	case "suffixes":
		p.out.suffixes = append(p.out.suffixes, p.folded(value)...)
	case "clause":
		for _, word := range p.folded(value) {
			p.out.clauses[word] = true
		}
	case "rule":
		p.endRule()
		p.beginRule(value)
	case "cue":
		p.isCued = true
		p.rule.cues = append(p.rule.cues, p.pattern(value)...)
	case "not":
		p.rule.guards = append(p.rule.guards, guard{patterns: p.pattern(value), within: within, line: p.line})
	case "near", "side", "scope":
		p.takeRelation(key, value)
	case "yes":
		p.rule.yes = append(p.rule.yes, p.example(value))
	case "no":
		if len(p.rule.guards) == 0 {
			p.report(p.line, "put it behind the guard that blocks it", "no stands before any guard")
			return
		}
		g := &p.rule.guards[len(p.rule.guards)-1]
		g.no = append(g.no, p.example(value))
	default:
		p.report(p.line, "keys are language, let, same, prefixes, suffixes, clause, rule, cue, near, side, scope, yes, not and no", "unknown key %q", key)
	}
}

// folded gives the words of a line in the form they are compared in.
func (p *ruleParser) folded(value string) []string {
	var list []string
	for word := range strings.FieldsSeq(value) {
		list = append(list, string(appendFolded(nil, word, p.out.words.same)))
	}
	return list
}

func (p *ruleParser) takeList(value string) {
	name, words, ok := strings.Cut(value, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" || len(strings.Fields(words)) == 0 {
		p.report(p.line, "write: let NAME = WORD WORD ...", "is no list")
		return
	}
	if _, taken := p.out.lists[name]; taken {
		p.report(p.line, "give it a name of its own", "there is a list %q already", name)
		return
	}
	var list [][]int32
	for field := range strings.FieldsSeq(words) {
		alts, err := p.out.words.parseAlternatives(field, p.out.lists)
		if err != nil {
			p.report(p.line, "correct the word", "list %s: %v", name, err)
			continue
		}
		list = append(list, alts...)
	}
	p.out.lists[name] = list
}

// takeSame reads pairs of characters of which the first is read as the second.
func (p *ruleParser) takeSame(value string) {
	if len(p.out.words.number) > 0 {
		p.report(p.line, "put it at the head of the file", "same stands behind words it holds for")
	}
	for pair := range strings.FieldsSeq(value) {
		runes := []rune(pair)
		if len(runes) != 2 || runes[0] == runes[1] {
			p.report(p.line, "write two characters, the first to be read as the second", "%q is no pair", pair)
			continue
		}
		if other, taken := p.out.words.same[runes[0]]; taken && other != runes[1] {
			p.report(p.line, "keep one of the two", "%c is %c already", runes[0], other)
		}
		p.out.words.same[runes[0]] = runes[1]
	}
}

func (p *ruleParser) beginRule(value string) {
	fields := strings.Fields(value)
	p.rule, p.isCued = &rule{line: p.line, inClause: true}, false
	if len(fields) != 3 {
		p.report(p.line, "write: rule DIMENSION NAME WEIGHT", "%q is no head of a rule", value)
		return
	}
	r := p.rule
	r.dimension = slices.Index(dimensions, fields[0])
	if r.dimension < 0 {
		p.report(p.line, "dimensions are "+strings.Join(dimensions, ", "), "unknown dimension %q", fields[0])
		r.dimension = 0
	}
	r.id = fields[0] + "." + fields[1]
	if slices.ContainsFunc(p.out.rules, func(other *rule) bool { return other.id == r.id }) {
		p.report(p.line, "give it a name of its own", "there is a rule %q already", r.id)
	}
	weight, err := strconv.ParseFloat(fields[2], 64)
	if err != nil || !(weight > 0 && weight < 1) {
		p.report(p.line, "write how often the rule is right, above 0 and below 1", "weight %q", fields[2])
	}
	r.weight = weight
	p.out.rules = append(p.out.rules, r)
}

func (p *ruleParser) endRule() {
	r := p.rule
	if r == nil {
		return
	}
	if !p.isCued {
		p.report(r.line, "add: cue PATTERN", "rule %s has no cue", r.id)
	}
	if len(r.yes) == 0 {
		p.report(r.line, "add: yes SENTENCE, the company in [square brackets]", "rule %s has no example", r.id)
	}
	for _, g := range r.guards {
		if len(g.no) == 0 {
			p.report(g.line, "add: no SENTENCE that only this guard keeps from firing", "a guard of rule %s has no example", r.id)
		}
	}
	p.rule = nil
}

func (p *ruleParser) takeRelation(key, value string) {
	switch key + " " + value {
	case "side before":
		p.rule.side = -1
		return
	case "side after":
		p.rule.side = 1
		return
	case "scope clause":
		p.rule.inClause = true
		return
	case "scope sentence":
		p.rule.inClause = false
		return
	}
	n, err := strconv.Atoi(value)
	if key != "near" || err != nil || n < 1 || n > 1000 {
		p.report(p.line, "write near N (words), side before|after or scope clause|sentence", "%s %q", key, value)
		return
	}
	p.rule.near = n
}

func (p *ruleParser) pattern(value string) []pattern {
	var list []pattern
	for part := range strings.SplitSeq(value, " / ") {
		some, err := p.out.words.parsePattern(part, p.out.lists)
		if err != nil {
			p.report(p.line, "correct the pattern", "%v", err)
		}
		list = append(list, some...)
	}
	return list
}

func (p *ruleParser) example(value string) example {
	before, rest, hasOpen := strings.Cut(value, "[")
	name, after, hasClose := strings.Cut(rest, "]")
	if !hasOpen || !hasClose || name == "" || strings.ContainsAny(after, "[]") {
		p.report(p.line, "put the company, once, into [square brackets]", "the example names no company")
	}
	return example{text: before + name + after, start: len(before), end: len(before) + len(name), line: p.line}
}
