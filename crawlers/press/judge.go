package press

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
)

// scoreTexts judges texts by their length: a wrong body is hardly ever as long as
// the right one.
func (c *ScoreCard) scoreTexts(index *truthIndex, hits map[int]FoundArticle) {
	for i := range index.articles {
		f, isHit := hits[i]
		if !isHit || f.CharacterCount == 0 {
			continue
		}
		c.Texts++
		switch {
		case isTextRight(f, &index.articles[i]):
			c.TextsRight++
			if f.IsSuspect {
				c.RightTextsDoubted++
			}
			continue
		case f.IsSuspect:
			c.WrongTextsDoubted++
		}
		c.WrongTexts = example(c.WrongTexts, f.CanonicalURL)
	}
}

// isTextRight compares a text with the true one by its length. Lines that stand
// inside the text may be taken with it: they are judged by what they name.
func isTextRight(f FoundArticle, a *TruthArticle) bool {
	return 10*f.CharacterCount >= 9*a.CharacterCount && 10*f.CharacterCount <= 11*(a.CharacterCount+a.LineCount)
}

// scoreTricks counts over the hosts of each trick, and over those without any.
func (c *ScoreCard) scoreTricks(p *Press, index *truthIndex, hits map[int]FoundArticle) {
	names := named()
	scores := make([]TrickScore, len(names)+1)
	count := func(host int, add func(*TrickScore)) {
		for k := range names {
			if p.outlets[host].tricks&(1<<k) != 0 {
				add(&scores[k])
			}
		}
		if p.outlets[host].tricks == 0 {
			add(&scores[len(names)])
		}
	}
	for host := range p.outlets {
		count(host, func(s *TrickScore) { s.Outlets++ })
	}
	for i := range index.articles {
		f, isHit := hits[i]
		a := &index.articles[i]
		if !a.IsToBeHad {
			continue
		}
		count(int(p.articles[i].outlet), func(s *TrickScore) {
			s.ToBeHad++
			if !isHit {
				return
			}
			s.Found++
			if f.Night.Format(time.DateOnly) == a.Night.Format(time.DateOnly) {
				s.Nights++
			}
			if f.CharacterCount == 0 {
				return
			}
			s.Texts++
			if isTextRight(f, a) {
				s.TextsRight++
			}
		})
	}
	for k := range scores {
		scores[k].Trick = append(names, "no_trick")[k]
		if scores[k].Outlets > 0 {
			c.Tricks = append(c.Tricks, scores[k])
		}
	}
}

// scorePages judges what addresses were taken for, articles and others.
func (c *ScoreCard) scorePages(p *Press, index *truthIndex, found Found) {
	scores := map[string]*PageTypeScore{}
	for _, f := range found.Pages {
		want := p.typeOf(index, f.URL)
		if want == "" {
			continue
		}
		if scores[want] == nil {
			scores[want] = &PageTypeScore{PageType: want}
		}
		scores[want].Pages++
		if f.PageType == want {
			scores[want].Right++
			continue
		}
		c.WrongPages = example(c.WrongPages, f.URL+": "+cmp.Or(f.PageType, "nothing")+", not "+want)
	}
	for _, t := range sortedKeys(scores) {
		c.PageTypes = append(c.PageTypes, *scores[t])
	}
}

// typeOf is the type of the page at an address, whatever its host, session or
// side; empty where nobody would say.
func (p *Press) typeOf(index *truthIndex, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host, _, isKnown := p.locate(u.Hostname())
	if !isKnown {
		return ""
	}
	a, _ := p.find(host, u)
	switch o := &p.outlets[host]; {
	case a != nil && (index.articles[p.placeOf(a)].IsToBeHad || index.articles[p.placeOf(a)].Why == WhyConsent):
		return index.articles[p.placeOf(a)].PageType
	case a != nil:
		return ""
	case o.tricks&trickSoftNotFound != 0 && strings.HasPrefix(u.Path, "/news/removed-story-"):
		return "soft_404"
	case u.Path == "/", strings.HasPrefix(u.Path, "/section/"), strings.HasPrefix(u.Path, "/tag/"):
		return "listing"
	case u.Path == "/consent":
		return "consent_wall"
	}
	return ""
}

// scoreEstimates judges estimates of how much was published.
func (c *ScoreCard) scoreEstimates(index *truthIndex, found Found) {
	type night struct {
		outlet string
		date   string
	}
	truth := map[night]TruthOutlet{}
	for _, t := range index.outlets {
		truth[night{t.OutletID, t.Night.Format(time.DateOnly)}] = t
	}
	type miss struct {
		off  float64
		line string
	}
	var worst []miss
	for _, e := range found.Estimates {
		t, isKnown := truth[night{e.OutletID, e.Night.Format(time.DateOnly)}]
		if !isKnown {
			continue
		}
		into := &c.Dependent
		if t.AreChannelsIndependent {
			into = &c.Independent
		}
		off := math.Abs(e.Articles - float64(t.Readable))
		into.Nights++
		into.Published += t.Readable
		into.Announced += t.Readable - t.InNeither
		into.Estimated += e.Articles
		into.Error += off
		worst = append(worst, miss{off, fmt.Sprintf("%s on %s: %.0f estimated, %d published", e.OutletID, e.Night.Format(time.DateOnly), e.Articles, t.Readable)})
	}
	for _, s := range []*CaptureScore{&c.Independent, &c.Dependent} {
		s.Error /= float64(max(1, s.Published))
	}
	slices.SortFunc(worst, func(a, b miss) int { return cmp.Or(cmp.Compare(b.off, a.off), cmp.Compare(a.line, b.line)) })
	for _, m := range worst {
		if m.off >= 1 {
			c.WorstEstimates = example(c.WorstEstimates, m.line)
		}
	}
}
