package match

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/overheard-news/overheard/sql/seeds"
)

// clue is a word that speaks for a company or for another sense of its name.
// One that is written with a capital asks for one: Seal is a car, seal is not.
// One that ends in a star stands for any ending.
type clue struct {
	key       int32
	isCapital bool
	isStem    bool
	from, to  time.Time
}

// sense is another meaning of a name.
type sense struct {
	cues      []clue
	countries []string // whose press means it by default
}

func senseKey(company, folded string) string { return company + "\x00" + folded }

// owner returns the index of a company; one the set does not list stands alone.
func (c *compiler) owner(company string) int32 {
	if i, ok := c.owned[company]; ok {
		return i
	}
	i := int32(len(c.owners))
	c.owned[company] = i
	c.owners = append(c.owners, owner{family: company})
	return i
}

func (c *compiler) addOwners(set seeds.Set) {
	parents := map[string]string{}
	for _, company := range set.Companies {
		parents[company.ID] = company.ParentID
	}
	for _, company := range set.Companies {
		o := &c.owners[c.owner(company.ID)]
		o.family, o.sector = topmost(company.ID, parents), company.Sector
		o.trade = c.bySector[company.Sector]
		o.anchors = c.clues(companyAnchors(company))
		o.from, o.to = company.ValidFrom, company.ValidTo
	}
	for _, anchor := range set.Anchors {
		o := &c.owners[c.owner(anchor.CompanyID)]
		for _, clue := range c.clues([]string{anchor.Anchor}) {
			clue.from, clue.to = anchor.ValidFrom, anchor.ValidTo
			o.anchors = append(o.anchors, clue)
		}
	}
}

// topmost follows the parents up; a ring ends where it began.
func topmost(company string, parents map[string]string) string {
	for range len(parents) {
		parent := parents[company]
		if parent == "" {
			break
		}
		company = parent
	}
	return company
}

func (c *compiler) addSenses(list []seeds.Sense) {
	for _, s := range list {
		key := senseKey(s.CompanyID, fold(strings.TrimSpace(s.Alias)))
		c.senses[key] = append(c.senses[key], sense{cues: c.clues(s.Cues), countries: s.Countries})
	}
}

// clues makes keys of words, each once.
func (c *compiler) clues(list []string) []clue {
	var found []clue
	for _, word := range list {
		word, isStem := strings.CutSuffix(strings.TrimSpace(word), "*")
		text := fold(word)
		if text == "" {
			continue
		}
		first, _ := utf8.DecodeRuneInString(word)
		found = append(found, clue{key: c.clueKey(text), isCapital: unicode.IsUpper(first), isStem: isStem})
	}
	slices.SortStableFunc(found, func(a, b clue) int { return int(a.key - b.key) })
	return slices.CompactFunc(found, func(a, b clue) bool { return a == b })
}

func (c *compiler) clueKey(text string) int32 {
	if k, ok := c.clueAt[text]; ok {
		return k
	}
	k := int32(len(c.clueKeys))
	c.clueAt[text] = k
	c.clueKeys = append(c.clueKeys, key{text: text})
	return k
}

// capitals are head office cities that any report on China names.
var capitals = map[string]bool{"beijing": true, "shanghai": true, "hong kong": true}

// companyAnchors returns a company's ticker the ways it is written, and its
// city unless every report names it.
func companyAnchors(company seeds.Company) []string {
	var list []string
	if exchange, code, ok := strings.Cut(company.Ticker, ":"); ok && code != "" {
		list = append(list, exchange+":"+code, exchange+": "+code)
		if suffix := tickerSuffixes[exchange]; suffix != "" {
			list = append(list, code+suffix)
		}
		if short := strings.TrimLeft(code, "0"); exchange == "HKEX" || exchange == "SEHK" {
			list = append(list, "HKEX: "+short, "HKEX:"+short, "SEHK: "+short, short+".HK", strings.Repeat("0", max(0, 4-len(short)))+short+".HK")
		}
	}
	if !capitals[strings.ToLower(company.HQCity)] && company.HomeCountry == "CN" {
		list = append(list, company.HQCity)
	}
	return list
}

var tickerSuffixes = map[string]string{"SSE": ".SS", "SZSE": ".SZ", "NYSE": ".N", "NASDAQ": ".O", "HKEX": ".HK", "SEHK": ".HK"}

// later and earlier take the zero time for no bound.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
