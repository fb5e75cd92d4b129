package press

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// text is what an article says, with who is named where.
type text struct {
	headline   string
	named      uint8 // in the headline; bit 0 the story's company, bit 1 its rival
	paragraphs []paragraph
}

type paragraph []sentence

type sentence struct {
	text  string
	named uint8
}

// goodsOf tells what companies of a sector sell, as a section of the wording.
func goodsOf(sector string) string {
	sector = strings.ToLower(sector)
	for _, s := range []struct{ section, words string }{
		{"goods.money", "bank insur financ payment securit broker invest"},
		{"goods.car", "auto car vehicle motor"},
		{"goods.tech", "electron phone telecom internet softw tech media e-com game chip semicond computer online applian drone robot surveil"},
		{"goods.daily", "food drink consum brand pharma retail cater apparel"},
	} {
		for word := range strings.FieldsSeq(s.words) {
			if strings.Contains(sector, word) {
				return s.section
			}
		}
	}
	return "goods.industry"
}

// bind draws what a story is about.
func (p *Press) bind(s *story) slots {
	w := p.wordings[s.language]
	d := roll(s.seed, "bind")
	b := slots{year: nightOf(int(s.day)).Year()}
	section := "goods.industry"
	if s.company >= 0 {
		b.names[0] = p.names[s.language][s.company]
		section = goodsOf(p.cfg.Companies[s.company].Sector)
	}
	if s.rival >= 0 {
		b.names[1] = p.names[s.language][s.rival]
	}
	b.city, b.goods = w.sections["city"][d.below(len(w.sections["city"]))][0].text, w.sections[section][d.below(len(w.sections[section]))][0].text
	b.place = b.city
	b.person, b.person2 = w.say("person", &d, &slots{}), w.say("person", &d, &slots{})
	b.product = string(rune('A'+d.below(26))) + strconv.Itoa(d.between(2, 90)*10) + []string{"", "", " Pro", " Plus", " Air"}[d.below(5)]
	b.n1, b.n2 = strconv.Itoa(w.plural(d.between(12, 97))), strconv.Itoa(w.plural(max(w.fewest, d.between(3, 11))))
	b.big1, b.pct1 = w.number(w.plural(d.between(110, 9800))), w.share(&d)
	b.hi, b.lo = strconv.Itoa(d.between(2, 5)), strconv.Itoa(d.below(2))
	return b
}

// compose writes the article as a reader finds it: the story's text, and what
// the outlet did to it.
func (p *Press) compose(a *article, isEdited bool) text {
	s := &p.stories[a.story]
	w := p.wordings[s.language]
	b := p.bind(s)
	own := roll(p.seed, "copy", uint64(a.outlet), uint64(a.day), uint64(a.number))
	d := roll(s.seed, "text")
	t := text{paragraphs: p.tell(s, w, &b, &d)}
	if a.flags&flagCut != 0 && len(t.paragraphs) > 3 {
		t.paragraphs = t.paragraphs[:len(t.paragraphs)-1]
	}
	if a.flags&flagLocalLead != 0 {
		b.place = p.outlets[a.outlet].town
		lead := paragraph{w.sentence("local", &own, &b)}
		t.paragraphs = slices.Insert(t.paragraphs, 0, lead)
		b.place = b.city
	}
	if a.flags&flagStub != 0 {
		t.paragraphs = t.paragraphs[:1]
	}
	if isEdited && a.flags&flagEdited != 0 {
		last := len(t.paragraphs) - 1
		t.paragraphs[last] = paragraph{w.sentence("correction", &own, &b)}
	}
	t.headline, t.named = p.headline(a)
	return t
}

// headline is apart from the text because addresses are made of it.
func (p *Press) headline(a *article) (string, uint8) {
	s := &p.stories[a.story]
	w := p.wordings[s.language]
	b := p.bind(s)
	d := roll(s.seed, "headline")
	if a.flags&flagHeadline != 0 {
		d = roll(s.seed, "headline", uint64(a.outlet))
	}
	line := w.say("h."+s.kind, &d, &b)
	for range 8 { // a headline about a venture needs its partner
		if !(b.named&2 != 0 && s.rival < 0) {
			break
		}
		b.named = 0
		line = w.say("h."+s.kind, &d, &b)
	}
	return line, b.named
}

func (w *wording) sentence(section string, d *dice, b *slots) sentence {
	b.named = 0
	line := w.say(section, d, b)
	return sentence{line, b.named}
}

// tell writes four to eight paragraphs: the lead, the details of the event, and
// sentences that could stand in many stories, none of them twice.
func (p *Press) tell(s *story, w *wording, b *slots, d *dice) []paragraph {
	lead := w.sentence("l."+s.kind, d, b)
	details := w.several("d."+s.kind, 4, d, b)
	general := "filler"
	if s.company >= 0 && !s.passing {
		general = "body"
	}
	rest := w.several(general, d.between(6, 10), d, b)
	rest = append(rest, details[min(2, len(details)):]...)
	details = details[:min(2, len(details))]
	if s.rival >= 0 {
		rest = append(rest, w.several("rival", d.between(1, 2), d, b)...)
	}
	for i, j := range d.order(len(rest)) {
		rest[i], rest[j] = rest[j], rest[i]
	}
	if s.passing {
		rest = slices.Insert(rest, len(rest)/2, w.sentence("passing", d, b))
	}
	if s.trap {
		rest = slices.Insert(rest, d.below(len(rest)), w.sentence("trap", d, b))
	}
	return p.credit(s, w, layOut(append(append([]sentence{lead}, details...), rest...), d), b, d)
}

// several takes phrases of a section, none of them twice.
func (w *wording) several(section string, n int, d *dice, b *slots) []sentence {
	phrases := w.sections[section]
	var out []sentence
	for _, i := range d.order(len(phrases))[:min(n, len(phrases))] {
		b.named = 0
		line := w.put(phrases[i], d, b)
		out = append(out, sentence{line, b.named})
	}
	return out
}

// layOut breaks sentences into four to eight paragraphs.
func layOut(sentences []sentence, d *dice) []paragraph {
	var out []paragraph
	for len(sentences) > 0 {
		n := min(d.between(1, 3), len(sentences))
		if len(out) == 0 {
			n = min(2, len(sentences))
		}
		if len(out) == 7 {
			n = len(sentences)
		}
		out, sentences = append(out, sentences[:n:n]), sentences[n:]
	}
	return out
}

// credit names the agency, at the head as most do or at the foot, where a cut
// tail takes it away.
func (p *Press) credit(s *story, w *wording, ps []paragraph, b *slots, d *dice) []paragraph {
	if s.wire == "" {
		return ps
	}
	if d.chance(0.7) {
		head := "(" + s.wire + ") - "
		if w.spaced {
			head = strings.ToUpper(b.city) + " " + head
		}
		ps[0][0].text = head + ps[0][0].text
		return ps
	}
	return append(ps, paragraph{{text: "(" + s.wire + ")"}})
}

// join puts the sentences of a paragraph together.
func (w *wording) join(p paragraph) string {
	var b strings.Builder
	for i, s := range p {
		if i > 0 && w.spaced {
			b.WriteByte(' ')
		}
		b.WriteString(s.text)
	}
	return b.String()
}

// slugOf makes the part of an address that readers can read: Latin letters
// without their marks, digits and hyphens. Other scripts leave nothing.
func slugOf(s string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn))), s)
	if err != nil {
		plain = s
	}
	return hyphenate(plain, func(r rune) bool { return r < unicode.MaxASCII })
}

// hyphenate keeps the letters and digits that are allowed, in lower case, at
// most about sixty bytes of them.
func hyphenate(s string, isAllowed func(rune) bool) string {
	var b strings.Builder
	isGap := false
	for _, r := range strings.ToLower(s) {
		if !(unicode.IsLetter(r) || unicode.IsDigit(r)) || !isAllowed(r) {
			isGap = b.Len() > 0
			continue
		}
		if isGap {
			if b.Len() > 60 {
				break
			}
			b.WriteByte('-')
			isGap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
