// Package wording is the grammar the synthetic press writes in: for each of its
// languages a file that says where it is read, how its outlets are called, and
// what phrases its articles are made of.
//
// Read returns the languages (this file reads and checks the files), Say and Put
// write phrases with what a story is about (say.go), and Name is a company as one
// article calls it: bare, with the context that a name of many meanings needs at
// its first mention (name.go), or with the ending of a grammatical case
// (ending.go).
package wording

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A file holds one language.
//
//	[section]      the lines below are its phrases, one of which is taken
//	[section |]    the lines below are lists, split at the bars
//	{slot}         something bound to the story (co, city, n1 ...), a fresh
//	               number (n, big, pct, past, year), or a phrase of a section
//	{who}, {who2}  as {co} and {co2}, the story's company and its rival; a name
//	               that needs context has it here, at its first mention
//	{co.gen}       the name in a case of the language (ending.go)
//	<this|that>    one of them
//
// Sections h.KIND, l.KIND and d.KIND hold the headlines, leads and details of
// an event about a company or of a topic; trap holds sentences with words that
// only look like a company; context is how a Chinese company is introduced,
// context.plain how a foreign one is, trade.TRADE what both are called there.
//
//go:embed *.txt
var files embed.FS

// Language is one language of the press.
type Language struct {
	Code               string
	Spaced             bool // words are separated by spaces
	Countries          []Country
	Kinds              []string // events the language has headlines for
	Topics             []string
	decimal, thousands string
	isGenitive         bool // counted things stand in the genitive plural (Slavic)
	fewest             int  // smallest number the phrases are right for
	sections           map[string][]Phrase
	seats              map[string]string // how cities of China are written here
}

// Country is one in which the language is read.
type Country struct {
	Code   string
	Zone   *time.Location
	Cities []City
}

// City is where an outlet has its seat; the slug is for host names.
type City struct{ Name, Slug string }

// Phrase is a line of a file.
type Phrase []node

// node is a literal, a slot or a choice; exactly one field is set.
type node struct {
	text    string
	slot    string
	choices []Phrase
}

// eventKinds are the events about companies, over the five dimensions; a
// language has those its file holds headlines for.
func eventKinds() []string {
	return []string{"plant", "venture", "launch", "recall", "lawsuit", "sanctions", "donation", "strike", "earnings", "patent"}
}

func otherTopics() []string { return []string{"politics", "sport", "weather", "culture", "local"} }

// Read reads the files that come with the program, by language.
func Read() (map[string]*Language, error) {
	list, err := files.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("list wording files: %w", err)
	}
	out := make(map[string]*Language, len(list))
	for _, f := range list {
		data, err := files.ReadFile(f.Name())
		if err != nil {
			return nil, fmt.Errorf("read wording %q: %w", f.Name(), err)
		}
		language := strings.TrimSuffix(f.Name(), ".txt")
		w, err := parse(language, string(data))
		if err != nil {
			return nil, fmt.Errorf("parse wording %q: %w", f.Name(), err)
		}
		out[language] = w
	}
	return out, nil
}

func parse(language, data string) (*Language, error) {
	w := &Language{Code: language, decimal: ".", thousands: ",", Spaced: true, fewest: 3, sections: map[string][]Phrase{}, seats: map[string]string{}}
	section, isList := "", false
	for number, line := range strings.Split(data, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[] ")
			section, isList = strings.TrimSpace(strings.TrimSuffix(section, "|")), strings.HasSuffix(section, "|")
			continue
		}
		if err := w.add(section, isList, line); err != nil {
			return nil, fmt.Errorf("line %d: %w", number+1, err)
		}
	}
	for _, kind := range eventKinds() {
		if len(w.sections["h."+kind]) > 0 {
			w.Kinds = append(w.Kinds, kind)
		}
	}
	for _, topic := range otherTopics() {
		if len(w.sections["h."+topic]) > 0 {
			w.Topics = append(w.Topics, topic)
		}
	}
	return w, w.check()
}

func (w *Language) add(section string, isList bool, line string) error {
	switch section {
	case "":
		return fmt.Errorf("text before the first section: %q", line)
	case "settings":
		key, value, _ := strings.Cut(line, "=")
		switch strings.TrimSpace(key) {
		case "decimal":
			w.decimal = strings.TrimSpace(value)
		case "thousands":
			w.thousands = strings.Trim(strings.TrimSpace(value), `"`)
		case "spaced":
			w.Spaced = strings.TrimSpace(value) == "yes"
		case "genitive":
			w.isGenitive = strings.TrimSpace(value) == "yes"
		case "fewest":
			var err error
			if w.fewest, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return fmt.Errorf("setting fewest: %w", err)
			}
		default:
			return fmt.Errorf("unknown setting %q", key)
		}
		return nil
	case "countries":
		return w.addCountry(line)
	case "seats":
		city, name, _ := strings.Cut(line, "=")
		w.seats[strings.TrimSpace(city)] = strings.TrimSpace(name)
		return nil
	}
	parts := []string{line}
	if isList {
		parts = strings.Split(line, "|")
	}
	for _, part := range parts {
		p, err := parsePhrase(strings.TrimSpace(part))
		if err != nil {
			return err
		}
		w.sections[section] = append(w.sections[section], p)
	}
	return nil
}

// addCountry reads "GB Europe/London Leeds, Київ=kyiv": code, time zone, cities
// and the form they take in a host name where it is not the name itself.
func (w *Language) addCountry(line string) error {
	fields := strings.SplitN(line, " ", 3)
	if len(fields) != 3 {
		return fmt.Errorf("country %q is not CODE ZONE CITY, CITY", line)
	}
	zone, err := time.LoadLocation(fields[1])
	if err != nil {
		return fmt.Errorf("time zone of country %q: %w", line, err)
	}
	c := Country{Code: fields[0], Zone: zone}
	for name := range strings.SplitSeq(fields[2], ",") {
		name, slug, has := strings.Cut(strings.TrimSpace(name), "=")
		if !has {
			slug = Slug(name)
		}
		c.Cities = append(c.Cities, City{Name: name, Slug: slug})
	}
	w.Countries = append(w.Countries, c)
	return nil
}

func parsePhrase(s string) (Phrase, error) {
	var p Phrase
	for s != "" {
		at := strings.IndexAny(s, "{<")
		if at != 0 {
			if at < 0 {
				at = len(s)
			}
			p, s = append(p, node{text: s[:at]}), s[at:]
			continue
		}
		closing := "}"
		if s[0] == '<' {
			closing = ">"
		}
		end := strings.Index(s, closing)
		if end < 0 {
			return nil, fmt.Errorf("%q is not closed", s)
		}
		inner := s[1:end]
		s = s[end+1:]
		if closing == "}" {
			p = append(p, node{slot: inner})
			continue
		}
		var n node
		for choice := range strings.SplitSeq(inner, "|") {
			c, err := parsePhrase(choice)
			if err != nil {
				return nil, err
			}
			n.choices = append(n.choices, c)
		}
		p = append(p, n)
	}
	return p, nil
}

// check refuses a file that would stop an article half-way.
func (w *Language) check() error {
	need := []string{"name", "person", "city", "body", "rival", "filler", "passing", "local", "correction", "wire", "month", "trap", "context", "context.plain",
		"goods.car", "goods.tech", "goods.daily", "goods.industry", "goods.money", "nav", "ui.notfound", "ui.gone", "ui.subscribe", "ui.share", "ui.mostread", "ui.related", "ui.by", "ui.consent", "consent"}
	for _, kind := range slices.Concat(w.Kinds, w.Topics) {
		need = append(need, "l."+kind, "d."+kind)
	}
	for _, trade := range trades() {
		need = append(need, "trade."+trade)
	}
	for _, section := range need {
		if len(w.sections[section]) == 0 {
			return fmt.Errorf("section %q is missing", section)
		}
	}
	if len(w.Countries) == 0 || len(w.Kinds) < 8 || len(w.Topics) < 4 {
		return fmt.Errorf("needs countries, 8 kinds of event and 4 topics, has %d, %d and %d", len(w.Countries), len(w.Kinds), len(w.Topics))
	}
	introducing := []string{"passing", "rival"}
	for _, kind := range w.Kinds {
		introducing = append(introducing, "l."+kind)
	}
	for _, section := range introducing {
		if !slices.ContainsFunc(w.sections[section], func(p Phrase) bool { return p.introduces() }) {
			return fmt.Errorf("section %q has no phrase that introduces a company with {who} or {who2}", section)
		}
	}
	for section, phrases := range w.sections {
		for _, p := range phrases {
			if slot := w.unknownSlot(p); slot != "" {
				return fmt.Errorf("section %q: no section or slot %q", section, slot)
			}
		}
	}
	return nil
}

func (w *Language) unknownSlot(p Phrase) string {
	for _, n := range p {
		if n.slot != "" && len(w.sections[n.slot]) == 0 && !isBound(n.slot) {
			return n.slot
		}
		for _, c := range n.choices {
			if slot := w.unknownSlot(c); slot != "" {
				return slot
			}
		}
	}
	return ""
}

// isBound says whether a slot is one that fill knows.
func isBound(slot string) bool {
	if company, _, _ := companyOf(slot); company >= 0 {
		return true
	}
	return slices.Contains(strings.Fields("city place person person2 goods product n1 n2 big1 pct1 n few age big pct year past day someone town hi lo name trade seat"), slot)
}
