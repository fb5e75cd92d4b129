package press

import (
	"slices"
	"strconv"
	"strings"

	"github.com/overheard-news/overheard/crawlers/press/dice"
	"github.com/overheard-news/overheard/crawlers/press/wording"
)

// text is what an article says, with who is named where.
type text struct {
	headline   sentence
	paragraphs []paragraph
}

type paragraph []sentence

type sentence struct {
	text  string
	named uint8 // bit 0 the story's company, bit 1 its rival
	plain uint8 // as named, of names without an ending
	trap  bool  // holds a word that only looks like a company
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

// hardShare is how often a company goes by a name that needs context, where it
// has one: with the companies of the seed files about 15 % of all mentions.
const hardShare = 0.26

// nameOf decides by which name a story calls its company (0) or rival (1), and of
// which class that is.
func (p *Press) nameOf(s *story, role int) (wording.Name, string) {
	company := []int16{s.company, s.rival}[role]
	if company < 0 {
		return wording.Name{}, ""
	}
	c, known := p.cfg.Companies[company], p.names[s.language][company]
	d := dice.Roll(s.seed, "name", uint64(role))
	if len(known.hard) > 0 && (len(known.sure) == 0 || d.Chance(hardShare)) {
		f := known.hard[d.Below(len(known.hard))]
		return wording.Name{Forms: []string{f.Text}, NeedsMore: true, IsChinese: c.Chinese, Trade: c.trade(), Seat: c.Seat}, f.Class
	}
	return wording.Name{Forms: known.sure}, classSure
}

// bind draws what a story is about.
func (p *Press) bind(s *story) wording.Slots {
	w := p.wordings[s.language]
	d := dice.Roll(s.seed, "bind")
	b := wording.Slots{Year: nightOf(int(s.day)).Year()}
	section := "goods.industry"
	if s.company >= 0 {
		section = goodsOf(p.cfg.Companies[s.company].Sector)
	}
	for role := range b.Names {
		b.Names[role], _ = p.nameOf(s, role)
	}
	b.City, b.Goods = oneOf(w.List("city"), &d), oneOf(w.List(section), &d)
	b.Place = b.City
	b.Person, b.Person2 = w.Say("person", &d, &wording.Slots{}), w.Say("person", &d, &wording.Slots{})
	b.Product = string(rune('A'+d.Below(26))) + strconv.Itoa(d.Between(2, 90)*10) + oneOf([]string{"", "", " Pro", " Plus", " Air"}, &d)
	b.N1, b.N2 = strconv.Itoa(w.Random(&d, 12, 97)), strconv.Itoa(w.Random(&d, 3, 11))
	b.Big1, b.Pct1 = w.Number(w.Random(&d, 110, 9800)), w.Share(&d)
	b.Hi, b.Lo = strconv.Itoa(d.Between(2, 5)), strconv.Itoa(d.Below(2))
	return b
}

func oneOf(list []string, d *dice.Dice) string { return list[d.Below(len(list))] }

// compose writes the article as a reader finds it: the story's text, and what
// the outlet did to it, after so many edits.
func (p *Press) compose(a *article, edits int) text {
	s := &p.stories[a.story]
	w := p.wordings[s.language]
	b := p.bind(s)
	own := dice.Roll(p.seed, "copy", uint64(a.outlet), uint64(a.day), uint64(a.number))
	d := dice.Roll(s.seed, "text")
	t := text{paragraphs: p.tell(s, w, &b, &d)}
	if a.flags&flagCut != 0 && len(t.paragraphs) > 3 {
		t.paragraphs = t.paragraphs[:len(t.paragraphs)-1]
	}
	if a.flags&flagLocalLead != 0 {
		b.Place = p.outlets[a.outlet].town
		lead := paragraph{say(w, "local", &own, &b)}
		t.paragraphs = slices.Insert(t.paragraphs, 0, lead)
		b.Place = b.City
	}
	switch {
	case a.flags&flagStub != 0:
		t.paragraphs = t.paragraphs[:1]
	case a.flags&flagVideo != 0:
		t.paragraphs = t.paragraphs[:min(2, len(t.paragraphs))]
	}
	for range edits {
		t.paragraphs[len(t.paragraphs)-1] = paragraph{say(w, "correction", &own, &b)}
	}
	t.headline = p.headline(a)
	return t
}

// headline is apart from the text because addresses are made of it. It has no
// room for context: a name that needs some stands bare here.
func (p *Press) headline(a *article) sentence {
	s := &p.stories[a.story]
	b := p.bind(s)
	d := dice.Roll(s.seed, "headline")
	if a.flags&flagHeadline != 0 {
		d = dice.Roll(s.seed, "headline", uint64(a.outlet))
	}
	b.Introduced = everybody
	return say(p.wordings[s.language], "h."+s.kind, &d, &b)
}

// everybody is the set of both companies of a story.
const everybody = 1<<0 | 1<<1

func say(w *wording.Language, section string, d *dice.Dice, b *wording.Slots) sentence {
	b.Named, b.Plain = 0, 0
	line := w.Say(section, d, b)
	return sentence{text: line, named: b.Named, plain: b.Plain}
}

func put(w *wording.Language, phrases []wording.Phrase, d *dice.Dice, b *wording.Slots) []sentence {
	out := make([]sentence, 0, len(phrases))
	for _, p := range phrases {
		b.Named, b.Plain = 0, 0
		line := w.Put(p, d, b)
		out = append(out, sentence{text: line, named: b.Named, plain: b.Plain})
	}
	return out
}

// tell writes four to eight paragraphs: the lead, the details of the event, and
// sentences that could stand in many stories, none of them twice. Sentences are
// ordered first and written then, so that the first to name somebody introduces
// them.
func (p *Press) tell(s *story, w *wording.Language, b *wording.Slots, d *dice.Dice) []paragraph {
	out := []sentence{say(w, "l."+s.kind, d, b)}
	details := w.Pick("d."+s.kind, 4, d, b)
	general := "filler"
	if s.company >= 0 && !s.passing {
		general = "body"
	}
	rest := w.Pick(general, d.Between(6, 10), d, b)
	rest = append(rest, details[min(2, len(details)):]...)
	details = details[:min(2, len(details))]
	if s.rival >= 0 {
		rest = append(rest, w.Pick("rival", d.Between(1, 2), d, b)...)
	}
	for i, j := range d.Order(len(rest)) {
		rest[i], rest[j] = rest[j], rest[i]
	}
	if s.passing {
		rest = slices.Insert(rest, len(rest)/2, w.Pick("passing", 1, d, b)...)
	}
	trap := -1
	if s.trap {
		at := d.Below(len(rest))
		rest = slices.Insert(rest, at, w.Pick("trap", 1, d, b)...)
		trap = len(out) + len(details) + at
	}
	out = append(out, put(w, append(details, rest...), d, b)...)
	if trap >= 0 {
		out[trap].trap = true
	}
	return p.credit(s, w, layOut(out, d), b, d)
}

// layOut breaks sentences into four to eight paragraphs.
func layOut(sentences []sentence, d *dice.Dice) []paragraph {
	var out []paragraph
	for len(sentences) > 0 {
		n := min(d.Between(1, 3), len(sentences))
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
func (p *Press) credit(s *story, w *wording.Language, ps []paragraph, b *wording.Slots, d *dice.Dice) []paragraph {
	if s.wire == "" {
		return ps
	}
	if d.Chance(0.7) {
		head := "(" + s.wire + ") - "
		if w.Spaced {
			head = strings.ToUpper(b.City) + " " + head
		}
		ps[0][0].text = head + ps[0][0].text
		return ps
	}
	return append(ps, paragraph{{text: "(" + s.wire + ")"}})
}

// join puts the sentences of a paragraph together.
func join(w *wording.Language, p paragraph) string {
	var b strings.Builder
	for i, s := range p {
		if i > 0 && w.Spaced {
			b.WriteByte(' ')
		}
		b.WriteString(s.text)
	}
	return b.String()
}
