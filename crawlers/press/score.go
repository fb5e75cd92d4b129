package press

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Found is what a reader of the press stored. What it leaves out is not judged.
type Found struct {
	Articles  []FoundArticle
	Mentions  []FoundMention
	Ranking   []string        // ids of the companies with attention, first first
	Pages     []FoundPage     // what was read, articles or not
	Estimates []FoundEstimate // of what the channels announced and missed
	Visits    []time.Time     // when the reader came; none: once, now, when the last night is over
	Index     *FoundIndex     // nil: not judged
}

// FoundArticle is one stored article. A StoryID of 0 means a story of its own.
type FoundArticle struct {
	CanonicalURL, OutletID string
	Night                  time.Time
	StoryID                int64
	CharacterCount         int  // of the text in code points; 0: not told
	IsSuspect              bool // the reader doubts that the text is the article's
}

// FoundPage is what a reader took an address for: article, live_blog, video,
// stub, listing, soft_404, consent_wall or other.
type FoundPage struct {
	URL, PageType string
}

// FoundEstimate is how many articles a reader believes an outlet published in a
// night.
type FoundEstimate struct {
	OutletID string
	Night    time.Time
	Articles float64
}

// FoundMention is one company found in an article, with the class of the name
// it was found by; without the class it counts for no precision by class.
type FoundMention struct {
	CanonicalURL, CompanyID, Class string
	Alias                          string
}

// Score compares what was found with the truth. Ports are overlooked, and so is
// a slash at the end of an address.
func (p *Press) Score(found Found) ScoreCard {
	index := p.truth(found.Visits)
	card := ScoreCard{Manners: p.Manners()}
	hits := card.scoreArticles(p, index, found)
	card.scoreDuplicates(index, hits)
	card.scoreMentions(index, hits, found)
	card.scoreTexts(index, hits)
	card.scorePages(p, index, found)
	card.scoreEstimates(index, found)
	card.scoreTricks(p, index, hits)
	truth := make([]string, 0, len(index.ranking))
	for _, s := range index.ranking {
		truth = append(truth, s.CompanyID)
	}
	card.RankedCompanies = len(truth)
	card.KendallTau = kendall(truth, found.Ranking)
	if found.Index != nil {
		card.scoreIndex(p, index, found.Index)
	}
	return card
}

// keyOf takes the port and a last slash off an address.
func keyOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	u.Host = u.Hostname()
	return strings.TrimSuffix(u.String(), "/")
}

// scoreArticles returns what was found, by its place in the truth.
func (c *ScoreCard) scoreArticles(p *Press, index *truthIndex, found Found) map[int]FoundArticle {
	hits := make(map[int]FoundArticle, len(found.Articles))
	nights, places, all := 0, 0, 0
	had, there := map[string]int{}, map[string]int{}
	for _, f := range found.Articles {
		i, isTrue := index.byURL[keyOf(f.CanonicalURL)]
		if _, again := hits[i]; !isTrue || again {
			c.Extra++
			if isTrue {
				c.Twice++
			}
			c.ExtraURLs = example(c.ExtraURLs, f.CanonicalURL)
			continue
		}
		a := &index.articles[i]
		switch {
		case a.IsToBeHad:
			had[a.OutletID]++
		case a.Why == WhyUnannounced:
			c.Lucky++
		default:
			c.Forbidden++
			c.ExtraURLs = example(c.ExtraURLs, f.CanonicalURL+" ("+a.Why+")")
			continue
		}
		hits[i] = f
		all++
		if f.Night.Format(time.DateOnly) == a.Night.Format(time.DateOnly) {
			nights++
		}
		if f.OutletID == a.OutletID {
			places++
		}
	}
	for i := range index.articles {
		if a := &index.articles[i]; a.IsToBeHad {
			there[a.OutletID]++
			if _, isHit := hits[i]; !isHit {
				c.Missed = example(c.Missed, a.CanonicalURL)
			}
		}
	}
	for outlet, n := range there {
		granted := p.granted(outlet, found.Visits)
		c.ToBeHad += min(n, granted)
		c.Found += min(had[outlet], granted)
	}
	c.Recall, c.NightsRight, c.OutletsRight = ratio(c.Found, c.ToBeHad), ratio(nights, all), ratio(places, all)
	return hits
}

// granted is how many articles a reader may fetch from an outlet within the
// budgets of the days of its visits, after robots.txt and the channels.
func (p *Press) granted(outlet string, visits []time.Time) int {
	if p.cfg.HostDailyBudget == 0 {
		return math.MaxInt
	}
	days, channels := map[int]bool{}, len(p.outlets[p.bySlug[outlet]].declaredChannels())
	for _, v := range visits {
		days[dayOf(v)] = true
	}
	return max(0, max(1, len(days))*(p.cfg.HostDailyBudget-1)-max(1, len(visits))*channels)
}

// scoreDuplicates counts the pairs that are together in truth, in what was
// found, and in both, from the sizes of the groups.
func (c *ScoreCard) scoreDuplicates(index *truthIndex, hits map[int]FoundArticle) {
	truth, found, both := map[int64]int{}, map[int64]int{}, map[[2]int64]int{}
	for i, f := range hits {
		t, s := index.articles[i].StoryID, f.StoryID
		if s == 0 {
			s = math.MinInt64 + int64(i)
		}
		truth[t]++
		found[s]++
		both[[2]int64{t, s}]++
	}
	c.DuplicatePairs = pairs(truth)
	c.DuplicatePrecision, c.DuplicateRecall = ratio(pairs(both), pairs(found)), ratio(pairs(both), c.DuplicatePairs)
}

func pairs[K comparable](groups map[K]int) int {
	sum := 0
	for _, n := range groups {
		sum += n * (n - 1) / 2
	}
	return sum
}

// scoreMentions judges found articles only, so that a missed article does not
// count twice; a mention in what is no article is wrong.
func (c *ScoreCard) scoreMentions(index *truthIndex, hits map[int]FoundArticle, found Found) {
	type mention struct {
		article int
		company string
	}
	truth := map[mention]TruthMention{}
	for i := range hits {
		for _, m := range index.articles[i].Mentions {
			truth[mention{i, m.CompanyID}] = m
		}
	}
	c.Mentions = len(truth)
	right, wrong, fooled, taken := map[mention]bool{}, 0, map[int]bool{}, map[mention]bool{}
	foundBy, rightBy := map[string]int{}, map[string]int{}
	for _, f := range found.Mentions {
		foundBy[f.Class]++
		i, isKnown := index.byURL[keyOf(f.CanonicalURL)]
		if _, isTrue := truth[mention{i, f.CompanyID}]; isKnown && isTrue {
			right[mention{i, f.CompanyID}] = true
			rightBy[f.Class]++
			continue
		}
		wrong++
		if isKnown {
			fooled[i], taken[mention{i, f.CompanyID}] = true, true
		}
		c.WrongMentions = example(c.WrongMentions, f.CompanyID+" by "+f.Alias+" ("+f.Class+") in "+f.CanonicalURL)
	}
	trueBy, hitBy, inflectedHits := map[string]int{}, map[string]int{}, 0
	for i := range index.articles {
		a := &index.articles[i]
		_, isHit := hits[i]
		if isHit && a.Promoted != "" && !slices.ContainsFunc(a.Mentions, func(m TruthMention) bool { return m.CompanyID == a.Promoted }) {
			c.Promoted++
			if taken[mention{i, a.Promoted}] {
				c.PromotedTaken++
			}
		}
		if isHit && a.HasTrap {
			c.Traps++
			if fooled[i] {
				c.Fooled++
			}
		}
		for _, m := range a.Mentions {
			key := mention{i, m.CompanyID}
			if _, counts := truth[key]; !counts {
				continue
			}
			trueBy[m.Class]++
			if m.IsInflected {
				c.Inflected++
			}
			if !right[key] {
				c.MissedMentions = example(c.MissedMentions, m.CompanyID+" in "+a.CanonicalURL)
				continue
			}
			hitBy[m.Class]++
			if m.IsInflected {
				inflectedHits++
			}
		}
	}
	for _, class := range classes() {
		c.Classes = append(c.Classes, ClassScore{
			Class: class, Mentions: trueBy[class], Recall: ratio(hitBy[class], trueBy[class]),
			Found: foundBy[class], Precision: ratio(rightBy[class], foundBy[class]),
		})
	}
	c.InflectedRecall = ratio(inflectedHits, c.Inflected)
	c.MentionPrecision, c.MentionRecall = ratio(len(right), len(right)+wrong), ratio(len(right), len(truth))
}

func example(list []string, s string) []string {
	if len(list) < 10 {
		list = append(list, s)
	}
	return list
}

func ratio(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}
