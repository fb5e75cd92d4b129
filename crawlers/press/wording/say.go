package wording

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/overheard-news/overheard/crawlers/press/dice"
)

// Slots is what one story is about. Figures and people that a headline and a
// text share are bound here; the rest is drawn anew at each place.
type Slots struct {
	Names                        [2]Name // the story's company and its rival
	City, Place, Person, Person2 string
	Goods, Product               string
	N1, N2, Big1, Pct1, Hi, Lo   string
	Year                         int
	Named                        uint8 // bit 0: the company was written, bit 1: the rival
	Plain                        uint8 // as Named, of names without an ending
	Introduced                   uint8 // who needs no context any more
}

// Say writes one phrase of a section, chosen by the dice among those that fit;
// nothing if none does.
func (w *Language) Say(section string, d *dice.Dice, s *Slots) string {
	if phrases := w.fitting(section, s); len(phrases) > 0 {
		return w.Put(phrases[d.Below(len(phrases))], d, s)
	}
	return ""
}

// Pick takes phrases of a section that fit, none of them twice.
func (w *Language) Pick(section string, n int, d *dice.Dice, s *Slots) []Phrase {
	phrases := w.fitting(section, s)
	out := make([]Phrase, 0, n)
	for _, i := range d.Order(len(phrases))[:min(n, len(phrases))] {
		out = append(out, phrases[i])
	}
	return out
}

// List returns the entries of a section as they stand.
func (w *Language) List(section string) []string {
	var out []string
	for _, p := range w.sections[section] {
		out = append(out, p[0].text)
	}
	return out
}

// Count is how many phrases a section has.
func (w *Language) Count(section string) int { return len(w.sections[section]) }

// Nth writes one phrase of a section.
func (w *Language) Nth(section string, i int, d *dice.Dice, s *Slots) string {
	return w.Put(w.sections[section][i], d, s)
}

// commas mends what an insertion that ends in a comma does before a mark.
var commas = strings.NewReplacer(",,", ",", ",.", ".", ",;", ";")

// Put writes a phrase.
func (w *Language) Put(p Phrase, d *dice.Dice, s *Slots) string {
	var b strings.Builder
	b.Grow(160)
	w.write(&b, p, d, s)
	out := commas.Replace(b.String())
	if len(p) > 0 {
		if company, _, _ := companyOf(p[0].slot); company >= 0 && s.Names[company].begins(out) {
			return out
		}
	}
	return sentenceCase(out)
}

// Random returns a number that the phrases of the language are right for.
func (w *Language) Random(d *dice.Dice, low, high int) int {
	return w.plural(d.Between(max(w.fewest, low), high))
}

func (w *Language) write(b *strings.Builder, p Phrase, d *dice.Dice, s *Slots) {
	for _, n := range p {
		switch {
		case n.choices != nil:
			w.write(b, n.choices[d.Below(len(n.choices))], d, s)
		case n.slot != "":
			w.fill(b, n.slot, d, s)
		default:
			b.WriteString(n.text)
		}
	}
}

func (w *Language) fill(b *strings.Builder, slot string, d *dice.Dice, s *Slots) {
	if company, isIntroduction, ending := companyOf(slot); company >= 0 {
		w.writeName(b, company, isIntroduction, ending, d, s)
		return
	}
	switch slot {
	case "name":
		b.WriteString(s.Names[0].Forms[0])
	case "trade":
		phrases := w.sections["trade."+s.Names[0].Trade]
		w.write(b, phrases[d.Below(len(phrases))], d, s)
	case "seat":
		b.WriteString(w.seat(s.Names[0].Seat))
	case "city":
		b.WriteString(s.City)
	case "place":
		b.WriteString(s.Place)
	case "person":
		if s.Person == "" { // nobody is bound yet: this is how somebody is
			phrases := w.sections[slot]
			w.write(b, phrases[d.Below(len(phrases))], d, s)
			return
		}
		b.WriteString(s.Person)
	case "person2":
		b.WriteString(s.Person2)
	case "goods":
		b.WriteString(s.Goods)
	case "product":
		b.WriteString(s.Product)
	case "hi":
		b.WriteString(s.Hi)
	case "lo":
		b.WriteString(s.Lo)
	case "n1":
		b.WriteString(s.N1)
	case "n2":
		b.WriteString(s.N2)
	case "big1":
		b.WriteString(s.Big1)
	case "pct1":
		b.WriteString(s.Pct1)
	case "n":
		b.WriteString(strconv.Itoa(w.plural(d.Between(w.fewest, 97))))
	case "few":
		b.WriteString(strconv.Itoa(w.plural(d.Between(3, 9))))
	case "age":
		b.WriteString(strconv.Itoa(w.plural(d.Between(19, 38))))
	case "someone":
		w.fill(b, "person", d, &Slots{}) // somebody new, not the story's
	case "town":
		phrases := w.sections["city"]
		w.write(b, phrases[d.Below(len(phrases))], d, s)
	case "day":
		b.WriteString(strconv.Itoa(d.Between(1, 28)))
	case "big":
		b.WriteString(w.Number(w.plural(d.Between(110, 9800))))
	case "pct":
		b.WriteString(w.Share(d))
	case "year":
		b.WriteString(strconv.Itoa(s.Year + d.Between(1, 5)))
	case "past":
		b.WriteString(strconv.Itoa(s.Year - d.Between(1, 15)))
	default:
		phrases := w.sections[slot]
		w.write(b, phrases[d.Below(len(phrases))], d, s)
	}
}

// Number writes a whole number with the separator of the language.
func (w *Language) Number(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d%s%03d", n/1000, w.thousands, n%1000)
}

// plural moves a number to one that takes the genitive plural, where that is
// the only form the phrases have.
func (w *Language) plural(n int) int {
	if last := n % 10; w.isGenitive && last >= 1 && last <= 4 {
		return n + 5
	}
	return n
}

// Share writes a share in per cent.
func (w *Language) Share(d *dice.Dice) string {
	return strconv.Itoa(d.Between(1, 38)) + w.decimal + strconv.Itoa(d.Between(1, 9))
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
