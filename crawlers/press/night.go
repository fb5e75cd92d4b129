package press

import (
	"cmp"
	"slices"
	"time"

	"github.com/overheard-news/overheard/crawlers/press/dice"
	"github.com/overheard-news/overheard/crawlers/press/wording"
)

func (p *Press) planNights() {
	perNight := make([][][]article, p.cfg.Nights)
	for k := range perNight {
		perNight[k] = p.planNight(p.firstDay + k)
	}
	p.starts = make([][]int, len(p.outlets))
	for i := range p.outlets {
		for k := range perNight {
			p.starts[i] = append(p.starts[i], len(p.articles))
			p.articles = append(p.articles, perNight[k][i]...)
			perNight[k][i] = nil
		}
		p.starts[i] = append(p.starts[i], len(p.articles))
	}
}

// planNight draws a night by itself, so that it is the same night in a press
// that goes on for longer. Wires come first, the rest of an outlet's pages it
// fills itself or with what its sisters wrote.
func (p *Press) planNight(day int) [][]article {
	d := dice.Roll(p.seed, "night", uint64(day))
	out := make([][]article, len(p.outlets))
	want := make([]int, len(p.outlets))
	byLanguage := map[string][]int{}
	sisters := map[string][]int{}
	weekday := nightOf(day).Weekday()
	for i, o := range p.outlets {
		n := p.cfg.ArticlesPerOutletNight * o.volume * (0.8 + 0.4*d.Unit())
		if weekday == time.Saturday || weekday == time.Sunday {
			n *= 0.75
		}
		want[i] = max(1, int(n+0.5))
		byLanguage[o.language] = append(byLanguage[o.language], i)
		sisters[o.publisher] = append(sisters[o.publisher], i)
	}
	pick := p.popularity(day)
	for _, l := range p.spoken() {
		p.planWires(&d, day, pick, byLanguage[l.code], want, out)
	}
	for i := range p.outlets {
		for len(out[i]) < want[i] {
			s := p.newStory(&d, day, p.outlets[i].language, pick, 0.2)
			at := p.carry(&d, out, i, s, 0)
			if !d.Chance(p.cfg.Tricks.Reprints / 2) {
				continue
			}
			for _, sister := range sisters[p.outlets[i].publisher] {
				if sister != i && len(out[sister]) < want[sister] && d.Chance(0.6) {
					p.carry(&d, out, sister, s, at)
				}
			}
		}
	}
	for i := range out {
		slices.SortStableFunc(out[i], func(a, b article) int { return cmp.Compare(a.published, b.published) })
		for k := range out[i] {
			out[i][k].number = int16(k)
			p.dealPages(&out[i][k])
		}
	}
	return out
}

// planWires lets agencies fill their share of one language's pages.
func (p *Press) planWires(d *dice.Dice, day int, pick popularity, members, want []int, out [][]article) {
	quota := 0
	for _, i := range members {
		quota += want[i]
	}
	quota = int(float64(quota) * p.cfg.Tricks.Reprints * 0.75)
	if len(members) < 2 {
		return
	}
	w := p.wordings[p.outlets[members[0]].language]
	for quota > 1 {
		reach := min(d.Heavy(2), quota, len(members)*2/3+1)
		s := p.newStory(d, day, w.Code, pick, 0.4)
		p.stories[s].wire = w.Say("wire", d, &wording.Slots{})
		first := int64(0)
		for _, k := range d.Order(len(members))[:min(reach, len(members))] {
			i := members[k]
			if quota--; len(out[i])*2 > want[i] {
				continue
			}
			at := p.carry(d, out, i, s, first)
			if first == 0 {
				first = at
			}
		}
	}
}

// carry lets an outlet publish a story; after is when somebody else had it, 0
// for nobody.
func (p *Press) carry(d *dice.Dice, out [][]article, i int, s int32, after int64) int64 {
	day := int64(p.stories[s].day)
	a := article{story: s, outlet: int16(i), day: int32(day), published: day*86400 + int64(d.Between(20, 1380))*60 + int64(d.Below(60))}
	if after > 0 {
		a.published = min(after+int64(d.Between(3, 300))*60, day*86400+86000)
		a.flags |= flagReprint
		if d.Chance(0.3) {
			a.flags |= flagLocalLead
		}
		if d.Chance(0.3) {
			a.flags |= flagCut
		}
		if d.Chance(0.35) {
			a.flags |= flagHeadline
		}
	}
	out[i] = append(out[i], a)
	return a.published
}

// newStory invents what happened. share is how often a company is its subject.
func (p *Press) newStory(d *dice.Dice, day int, language string, pick popularity, share float64) int32 {
	w := p.wordings[language]
	s := story{seed: d.Next(), day: int32(day), language: language, company: -1, rival: -1}
	isBusiness := d.Chance(share)
	isPassing, hasRival, isTrap := d.Chance(0.05), d.Chance(0.35), d.Chance(p.cfg.Tricks.Ambiguity)
	company, rival := pick.draw(d, language), pick.draw(d, language)
	switch {
	case isBusiness && company >= 0:
		s.company = company
		if hasRival && rival != company {
			s.rival = rival
		}
		kinds := p.kindsFor(w, company)
		s.kind = kinds[d.Below(len(kinds))]
	default:
		s.kind = w.Topics[d.Below(len(w.Topics))]
		if isPassing && company >= 0 {
			s.company, s.passing = company, true
		} else {
			s.trap = isTrap
		}
	}
	p.stories = append(p.stories, s)
	return int32(len(p.stories) - 1)
}

// kindsFor leaves out what does not happen to a bank.
func (p *Press) kindsFor(w *wording.Language, company int16) []string {
	if goodsOf(p.cfg.Companies[company].Sector) != "goods.money" {
		return w.Kinds
	}
	return slices.DeleteFunc(slices.Clone(w.Kinds), func(kind string) bool {
		return kind == "plant" || kind == "recall" || kind == "patent" || kind == "sanctions" || kind == "launch"
	})
}

// dealPages decides what befalls one address.
func (p *Press) dealPages(a *article) {
	t, o := p.cfg.Tricks, &p.outlets[a.outlet]
	d := dice.Roll(p.seed, "page", uint64(a.outlet), uint64(a.day), uint64(a.number))
	if o.tricks&trickStubs != 0 && a.flags&flagReprint == 0 && p.stories[a.story].wire == "" && d.Chance(0.4) {
		a.flags |= flagStub
	}
	if o.tricks&trickRobotsFolder != 0 && d.Chance(0.15) {
		a.flags |= flagForbidden
	}
	switch r := d.Unit(); {
	case r < t.Deletions:
		a.flags |= flagDeleted
	case r < t.Deletions+t.BrokenPages:
		a.flags |= flagBroken
	case r < t.Deletions+t.BrokenPages+t.Edits:
		a.flags |= flagEdited
	}
	if a.flags&(flagReprint|flagStub) != 0 || p.stories[a.story].wire != "" {
		return // copies of one text look alike
	}
	switch r := d.Unit(); {
	case r < t.LiveBlogs:
		a.flags |= flagLive
	case r < t.LiveBlogs+t.Videos:
		a.flags |= flagVideo
	}
}
