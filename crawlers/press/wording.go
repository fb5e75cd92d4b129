package press

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The wording files hold one language each: where it is read, how its outlets
// are called, and the grammar its articles are made of.
//
//	[section]      the lines below are its phrases, one of which is taken
//	[section |]    the lines below are lists, split at the bars
//	{slot}         something bound to the story (co, city, n1 ...), a fresh
//	               number (n, big, pct, past, year), or a phrase of a section
//	<this|that>    one of them
//
// Sections h.KIND, l.KIND and d.KIND hold the headlines, leads and details of
// an event about a company or of a topic; the other names are in story.go.
//
//go:embed wording/*.txt
var wordingFiles embed.FS

type wording struct {
	language           string
	decimal, thousands string
	spaced             bool // words are separated by spaces
	isGenitive         bool // counted things stand in the genitive plural (Slavic)
	fewest             int  // smallest number the phrases are right for
	countries          []country
	sections           map[string][]phrase
	kinds              []string // events the language has headlines for
	topics             []string
}

type country struct {
	code   string
	offset int // minutes east of UTC
	cities []city
}

type city struct{ name, slug string }

type phrase []node

// node is a literal, a slot or a choice; exactly one field is set.
type node struct {
	text    string
	slot    string
	choices []phrase
}

// eventKinds are the events about companies, over the five dimensions; a
// language has those its file holds headlines for.
func eventKinds() []string {
	return []string{"plant", "venture", "launch", "recall", "lawsuit", "sanctions", "donation", "strike", "earnings", "patent"}
}

func otherTopics() []string { return []string{"politics", "sport", "weather", "culture", "local"} }

func readWordings() (map[string]*wording, error) {
	files, err := wordingFiles.ReadDir("wording")
	if err != nil {
		return nil, fmt.Errorf("list wording files: %w", err)
	}
	out := make(map[string]*wording, len(files))
	for _, f := range files {
		data, err := wordingFiles.ReadFile(path.Join("wording", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("read wording %q: %w", f.Name(), err)
		}
		language := strings.TrimSuffix(f.Name(), ".txt")
		w, err := parseWording(language, string(data))
		if err != nil {
			return nil, fmt.Errorf("parse wording %q: %w", f.Name(), err)
		}
		out[language] = w
	}
	return out, nil
}

func parseWording(language, data string) (*wording, error) {
	w := &wording{language: language, decimal: ".", thousands: ",", spaced: true, fewest: 3, sections: map[string][]phrase{}}
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
			w.kinds = append(w.kinds, kind)
		}
	}
	for _, topic := range otherTopics() {
		if len(w.sections["h."+topic]) > 0 {
			w.topics = append(w.topics, topic)
		}
	}
	return w, w.check()
}

func (w *wording) add(section string, isList bool, line string) error {
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
			w.spaced = strings.TrimSpace(value) == "yes"
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

// addCountry reads "GB +0000 Leeds, Київ=kyiv": code, offset, cities and the
// form they take in a host name where it is not the name itself.
func (w *wording) addCountry(line string) error {
	fields := strings.SplitN(line, " ", 3)
	if len(fields) != 3 || len(fields[1]) != 5 {
		return fmt.Errorf("country %q is not CODE +HHMM CITY, CITY", line)
	}
	clock, err := strconv.Atoi(fields[1])
	if err != nil {
		return fmt.Errorf("offset of country %q: %w", line, err)
	}
	c := country{code: fields[0], offset: clock/100*60 + clock%100}
	for name := range strings.SplitSeq(fields[2], ",") {
		name, slug, has := strings.Cut(strings.TrimSpace(name), "=")
		if !has {
			slug = slugOf(name)
		}
		c.cities = append(c.cities, city{name: name, slug: slug})
	}
	w.countries = append(w.countries, c)
	return nil
}

func parsePhrase(s string) (phrase, error) {
	var p phrase
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
func (w *wording) check() error {
	need := []string{"name", "person", "city", "body", "rival", "filler", "passing", "local", "correction", "wire", "month",
		"goods.car", "goods.tech", "goods.daily", "goods.industry", "goods.money", "nav", "ui.notfound", "ui.gone", "ui.subscribe", "ui.share", "ui.mostread", "ui.related", "ui.by"}
	for _, kind := range slices.Concat(w.kinds, w.topics) {
		need = append(need, "l."+kind, "d."+kind)
	}
	for _, section := range need {
		if len(w.sections[section]) == 0 {
			return fmt.Errorf("section %q is missing", section)
		}
	}
	if len(w.countries) == 0 || len(w.kinds) < 8 || len(w.topics) < 4 {
		return fmt.Errorf("needs countries, 8 kinds of event and 4 topics, has %d, %d and %d", len(w.countries), len(w.kinds), len(w.topics))
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

func (w *wording) unknownSlot(p phrase) string {
	for _, n := range p {
		if n.slot != "" && len(w.sections[n.slot]) == 0 && !slices.Contains(boundSlots(), n.slot) {
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

func boundSlots() []string {
	return []string{"co", "co2", "city", "place", "person", "person2", "goods", "product", "n1", "n2", "big1", "pct1", "n", "few", "age", "big", "pct", "year", "past", "day", "someone", "town", "hi", "lo"}
}

// slots is what one story is about. Figures and people that a headline and a
// text share are bound here; the rest is drawn anew at each place.
type slots struct {
	names                        [2][]string // ways to write co and co2, the usual one first
	city, place, person, person2 string
	goods, product               string
	n1, n2, big1, pct1, hi, lo   string
	year                         int
	named                        uint8 // bit 0: co was written, bit 1: co2
}

// say writes one phrase of a section, chosen by the dice.
func (w *wording) say(section string, d *dice, s *slots) string {
	phrases := w.sections[section]
	if len(phrases) == 0 {
		return ""
	}
	return w.put(phrases[d.below(len(phrases))], d, s)
}

func (w *wording) put(p phrase, d *dice, s *slots) string {
	var b strings.Builder
	b.Grow(160)
	w.write(&b, p, d, s)
	if len(p) > 0 && strings.HasPrefix(p[0].slot, "co") {
		return b.String()
	}
	return sentenceCase(b.String())
}

func (w *wording) write(b *strings.Builder, p phrase, d *dice, s *slots) {
	for _, n := range p {
		switch {
		case n.choices != nil:
			w.write(b, n.choices[d.below(len(n.choices))], d, s)
		case n.slot != "":
			w.fill(b, n.slot, d, s)
		default:
			b.WriteString(n.text)
		}
	}
}

func (w *wording) fill(b *strings.Builder, slot string, d *dice, s *slots) {
	switch slot {
	case "co":
		s.named |= 1
		b.WriteString(nameOf(s.names[0], d))
	case "co2":
		s.named |= 2
		b.WriteString(nameOf(s.names[1], d))
	case "city":
		b.WriteString(s.city)
	case "place":
		b.WriteString(s.place)
	case "person":
		if s.person == "" { // nobody is bound yet: this is how somebody is
			phrases := w.sections[slot]
			w.write(b, phrases[d.below(len(phrases))], d, s)
			return
		}
		b.WriteString(s.person)
	case "person2":
		b.WriteString(s.person2)
	case "goods":
		b.WriteString(s.goods)
	case "product":
		b.WriteString(s.product)
	case "hi":
		b.WriteString(s.hi)
	case "lo":
		b.WriteString(s.lo)
	case "n1":
		b.WriteString(s.n1)
	case "n2":
		b.WriteString(s.n2)
	case "big1":
		b.WriteString(s.big1)
	case "pct1":
		b.WriteString(s.pct1)
	case "n":
		b.WriteString(strconv.Itoa(w.plural(d.between(w.fewest, 97))))
	case "few":
		b.WriteString(strconv.Itoa(w.plural(d.between(3, 9))))
	case "age":
		b.WriteString(strconv.Itoa(w.plural(d.between(19, 38))))
	case "someone":
		w.fill(b, "person", d, &slots{}) // somebody new, not the story's
	case "town":
		phrases := w.sections["city"]
		w.write(b, phrases[d.below(len(phrases))], d, s)
	case "day":
		b.WriteString(strconv.Itoa(d.between(1, 28)))
	case "big":
		b.WriteString(w.number(w.plural(d.between(110, 9800))))
	case "pct":
		b.WriteString(w.share(d))
	case "year":
		b.WriteString(strconv.Itoa(s.year + d.between(1, 5)))
	case "past":
		b.WriteString(strconv.Itoa(s.year - d.between(1, 15)))
	default:
		phrases := w.sections[slot]
		w.write(b, phrases[d.below(len(phrases))], d, s)
	}
}

// nameOf prefers the usual name.
func nameOf(names []string, d *dice) string {
	if len(names) == 0 {
		return ""
	}
	if len(names) == 1 || d.chance(0.7) {
		return names[0]
	}
	return names[1+d.below(len(names)-1)]
}

func (w *wording) number(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d%s%03d", n/1000, w.thousands, n%1000)
}

// plural moves a number to one that takes the genitive plural, where that is
// the only form the phrases have.
func (w *wording) plural(n int) int {
	if last := n % 10; w.isGenitive && last >= 1 && last <= 4 {
		return n + 5
	}
	return n
}

func (w *wording) share(d *dice) string {
	return strconv.Itoa(d.between(1, 38)) + w.decimal + strconv.Itoa(d.between(1, 9))
}

// sentenceCase raises the first letter. It is not for phrases that begin with a
// company: "vivo" stays as its owner writes it.
func sentenceCase(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if !unicode.IsLower(r) {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}
