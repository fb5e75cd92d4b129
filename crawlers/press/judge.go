package press

import (
	"cmp"
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
		want := index.articles[i].CharacterCount
		isRight := math.Abs(float64(f.CharacterCount-want)) <= 0.1*float64(want)
		switch {
		case isRight:
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
	var errs, unseen, dependent []float64
	for _, e := range found.Estimates {
		t, isKnown := truth[night{e.OutletID, e.Night.Format(time.DateOnly)}]
		if !isKnown || t.Readable == 0 {
			continue
		}
		off := math.Abs(e.Articles-float64(t.Readable)) / float64(t.Readable)
		if !t.AreChannelsIndependent {
			dependent = append(dependent, off)
			continue
		}
		errs = append(errs, off)
		unseen = append(unseen, ratio(t.InNeither, t.Readable))
	}
	c.Capture = CaptureScore{Nights: len(errs), MedianError: median(errs), SeenError: median(unseen),
		DependentNights: len(dependent), DependentMedianErr: median(dependent)}
	if len(errs) > 0 {
		c.Capture.WorstError = slices.Max(errs)
	}
}

// median of a list that may be put in order; 0 of none.
func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return (list[(len(list)-1)/2] + list[len(list)/2]) / 2
}
