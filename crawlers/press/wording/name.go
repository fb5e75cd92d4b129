package wording

import (
	"strings"

	"github.com/overheard-news/overheard/crawlers/press/dice"
)

// Name is a company as one article calls it.
type Name struct {
	Forms     []string // ways to write it, the usual one first
	NeedsMore bool     // the name alone could mean something else: its first mention says what it is
	IsChinese bool
	Trade     string // one of trades, for the context
	Seat      string // its home town in English; empty if unknown
}

func trades() []string {
	return strings.Fields("phone electronics car bank insurer airline shipping chip appliance telecom internet energy mining building consumer pharma industry")
}

// TradeOf names the trade of a sector, both in words of English.
func TradeOf(sector string) string {
	sector = strings.ToLower(sector)
	for _, t := range []struct{ trade, words string }{
		{"bank", "bank"}, {"insurer", "insur"}, {"airline", "airline"}, {"shipping", "shipping logistic"}, {"phone", "phone handset"},
		{"car", "cars auto vehicle"}, {"chip", "semicon display chip"}, {"appliance", "applianc"}, {"telecom", "telecom"},
		{"electronics", "electronic computer drone surveil gadget"}, {"internet", "internet softw game e-com financ online"},
		{"energy", "electric oil solar power energy"}, {"mining", "mining metal steel"}, {"building", "construct estate"},
		{"consumer", "food drink consum brand retail apparel"}, {"pharma", "pharma medic health"},
	} {
		for word := range strings.FieldsSeq(t.words) {
			if strings.Contains(sector, word) {
				return t.trade
			}
		}
	}
	return "industry"
}

// companyOf takes a slot for a name apart: 0 for the company, 1 for its rival,
// -1 for another slot; whether it may introduce; and the case it asks for.
func companyOf(slot string) (company int, isIntroduction bool, ending string) {
	base, ending, _ := strings.Cut(slot, ".")
	switch base {
	case "co":
		return 0, false, ending
	case "co2":
		return 1, false, ending
	case "who":
		return 0, true, ending
	case "who2":
		return 1, true, ending
	}
	return -1, false, ""
}

// writeName writes a company: with its context where it needs one and has none
// yet, with an ending where the slot asks for one.
func (w *Language) writeName(b *strings.Builder, company int, isIntroduction bool, ending string, d *dice.Dice, s *Slots) {
	n, bit := s.Names[company], uint8(1)<<company
	isNew := s.Introduced&bit == 0
	s.Named |= bit
	s.Introduced |= bit
	if ending != "" {
		b.WriteString(w.inflected(n, ending))
		return
	}
	s.Plain |= bit
	if n.NeedsMore && isIntroduction && isNew {
		section := "context"
		if !n.IsChinese {
			section = "context.plain"
		}
		var fitting []Phrase
		for _, p := range w.sections[section] {
			if w.seat(n.Seat) != "" || !p.has("seat") {
				fitting = append(fitting, p)
			}
		}
		w.write(b, fitting[d.Below(len(fitting))], d, &Slots{Names: [2]Name{{Forms: []string{n.usual(d)}, Trade: n.Trade, Seat: n.Seat}}})
		return
	}
	b.WriteString(n.usual(d))
}

// usual prefers the usual form.
func (n Name) usual(d *dice.Dice) string {
	if len(n.Forms) == 0 {
		return ""
	}
	if len(n.Forms) == 1 || d.Chance(0.7) {
		return n.Forms[0]
	}
	return n.Forms[1+d.Below(len(n.Forms)-1)]
}

// begins says whether a text begins with a form of the name.
func (n Name) begins(text string) bool {
	for _, form := range n.Forms {
		if strings.HasPrefix(text, form) {
			return true
		}
	}
	return false
}

// inflected is the first form that takes the ending; empty if none does.
func (w *Language) inflected(n Name, ending string) string {
	for _, form := range n.Forms {
		if out := inflect(w.Code, ending, form); out != "" {
			return out
		}
	}
	return ""
}

// seat is a city of China as the language writes it; empty if the press does not
// know how. A file whose seats have a line for * knows only those it lists.
func (w *Language) seat(city string) string {
	if local, has := w.seats[city]; has {
		return local
	}
	if _, isClosed := w.seats["*"]; isClosed {
		return ""
	}
	return city
}

// fitting returns the phrases of a section that can be written: all that they
// name is there and takes the endings asked for, and nobody who needs context
// is named before it is given.
func (w *Language) fitting(section string, s *Slots) []Phrase {
	var out []Phrase
	for _, p := range w.sections[section] {
		if introduced := s.Introduced; w.fits(p, s, &introduced) {
			out = append(out, p)
		}
	}
	return out
}

// fits adds to introduced whom the phrase introduces whatever the dice say.
func (w *Language) fits(p Phrase, s *Slots, introduced *uint8) bool {
	for _, n := range p {
		if company, isIntroduction, ending := companyOf(n.slot); company >= 0 {
			name, bit := s.Names[company], uint8(1)<<company
			if isIntroduction && ending == "" {
				*introduced |= bit
			}
			isBare := name.NeedsMore && *introduced&bit == 0
			if len(name.Forms) == 0 || isBare || ending != "" && w.inflected(name, ending) == "" {
				return false
			}
		}
		before, by := *introduced, ^uint8(0)
		for _, c := range n.choices {
			one := before
			if !w.fits(c, s, &one) {
				return false
			}
			by &= one
		}
		if n.choices != nil {
			*introduced = by
		}
	}
	return true
}

// introduces says whether the phrase names a company with its context.
func (p Phrase) introduces() bool { return p.has("who") || p.has("who2") }

func (p Phrase) has(slot string) bool {
	for _, n := range p {
		if n.slot == slot {
			return true
		}
		for _, c := range n.choices {
			if c.has(slot) {
				return true
			}
		}
	}
	return false
}
