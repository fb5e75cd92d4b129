package press

import (
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Found is what a reader of the press stored.
type Found struct {
	Articles []FoundArticle
	Mentions []FoundMention
	Ranking  []string // ids of the companies with attention, first first
}

// FoundArticle is one stored article. A StoryID of 0 means a story of its own.
type FoundArticle struct {
	CanonicalURL, OutletID string
	Night                  time.Time
	StoryID                int64
}

// FoundMention is one company found in an article, with the class of the name
// it was found by; without the class it counts for no precision by class.
type FoundMention struct {
	CanonicalURL, CompanyID, Class string
}

// ClassScore judges the mentions by one class of names.
type ClassScore struct {
	Class     string
	Mentions  int     // true mentions by a name of the class
	Recall    float64 // of these
	Found     int     // mentions that the reader found by a name of the class
	Precision float64 // of these
}

// ScoreCard compares a reader with the truth. Shares are between 0 and 1, and 1
// where nothing was to be judged.
type ScoreCard struct {
	ToBeHad, Found int // articles of the truth that can be had; of those stored
	Extra          int // stored addresses that are no article, or a second address of one
	Forbidden      int // stored although they are not to be had
	Recall         float64
	NightsRight    float64 // share of the found that are in the right night
	OutletsRight   float64
	// Duplicates are pairs of found articles that carry one story.
	DuplicatePairs                      int
	DuplicatePrecision, DuplicateRecall float64
	Mentions                            int // true mentions in the found articles
	MentionPrecision, MentionRecall     float64
	Classes                             []ClassScore // A, B and C
	Inflected                           int          // true mentions that have an ending wherever they stand
	InflectedRecall                     float64
	Traps, Fooled                       int // found articles with a trap; of those with a wrong mention
	RankedCompanies                     int
	KendallTau                          float64
	Manners                             Manners
	Missed, ExtraURLs, WrongMentions    []string // up to ten examples each
	MissedMentions                      []string
}

// Score compares what was found with the truth. Ports are overlooked, and so is
// a slash at the end of an address.
func (p *Press) Score(found Found) ScoreCard {
	index := p.truth()
	card := ScoreCard{Manners: p.Manners()}
	hits := card.scoreArticles(index, found)
	card.scoreDuplicates(index, hits)
	card.scoreMentions(index, hits, found)
	truth := make([]string, 0, len(index.ranking))
	for _, s := range index.ranking {
		truth = append(truth, s.CompanyID)
	}
	card.RankedCompanies = len(truth)
	card.KendallTau = kendall(truth, found.Ranking)
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

func (c *ScoreCard) scoreArticles(index *truthIndex, found Found) map[int]FoundArticle {
	hits := make(map[int]FoundArticle, len(found.Articles))
	nights, places := 0, 0
	for _, f := range found.Articles {
		i, isTrue := index.byURL[keyOf(f.CanonicalURL)]
		if _, again := hits[i]; !isTrue || again {
			c.Extra++
			c.ExtraURLs = example(c.ExtraURLs, f.CanonicalURL)
			continue
		}
		a := &index.articles[i]
		if !a.IsToBeHad {
			c.Forbidden++
			c.ExtraURLs = example(c.ExtraURLs, f.CanonicalURL+" ("+a.Why+")")
			continue
		}
		hits[i] = f
		c.Found++
		if f.Night.Format(time.DateOnly) == a.Night.Format(time.DateOnly) {
			nights++
		}
		if f.OutletID == a.OutletID {
			places++
		}
	}
	for i := range index.articles {
		if a := &index.articles[i]; a.IsToBeHad {
			c.ToBeHad++
			if _, isHit := hits[i]; !isHit {
				c.Missed = example(c.Missed, a.CanonicalURL)
			}
		}
	}
	c.Recall, c.NightsRight, c.OutletsRight = ratio(c.Found, c.ToBeHad), ratio(nights, c.Found), ratio(places, c.Found)
	return hits
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
	right, wrong, fooled := map[mention]bool{}, 0, map[int]bool{}
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
			fooled[i] = true
		}
		c.WrongMentions = example(c.WrongMentions, f.CompanyID+" in "+f.CanonicalURL)
	}
	trueBy, hitBy, inflectedHits := map[string]int{}, map[string]int{}, 0
	for i := range index.articles {
		a := &index.articles[i]
		if _, isHit := hits[i]; isHit && a.HasTrap {
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

// kendall is τ-b of two rankings over the companies in either; those a ranking
// does not have share its last place.
func kendall(truth, found []string) float64 {
	all := slices.Concat(truth, found)
	slices.Sort(all)
	all = slices.Compact(all)
	place := func(list []string) []int {
		at := map[string]int{}
		for i, c := range list {
			if _, has := at[c]; !has {
				at[c] = i
			}
		}
		out := make([]int, len(all))
		for i, c := range all {
			out[i] = len(all)
			if rank, has := at[c]; has {
				out[i] = rank
			}
		}
		return out
	}
	a, b := place(truth), place(found)
	agree, untiedA, untiedB := 0.0, 0.0, 0.0
	for i := range all {
		for j := range i {
			x, y := sign(a[i]-a[j]), sign(b[i]-b[j])
			agree += x * y
			untiedA += x * x
			untiedB += y * y
		}
	}
	if untiedA == 0 && untiedB == 0 {
		return 1
	}
	if untiedA == 0 || untiedB == 0 {
		return 0
	}
	return agree / math.Sqrt(untiedA*untiedB)
}

func sign(n int) float64 {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}

// WriteText writes the card as people read it.
func (c ScoreCard) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, value string, args ...any) {
		fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(value, args...))
	}
	line("articles found", "%.2f %%\t%d of %d to be had", 100*c.Recall, c.Found, c.ToBeHad)
	line("extra articles", "%d\tno article, or a second address of one", c.Extra)
	line("forbidden articles", "%d\tstored although deleted or closed", c.Forbidden)
	line("nights right", "%.2f %%", 100*c.NightsRight)
	line("duplicates", "precision %.2f %%, recall %.2f %%\tof %d pairs", 100*c.DuplicatePrecision, 100*c.DuplicateRecall, c.DuplicatePairs)
	line("mentions", "precision %.2f %%, recall %.2f %%\tof %d", 100*c.MentionPrecision, 100*c.MentionRecall, c.Mentions)
	for _, s := range c.Classes {
		precision := "unknown"
		if s.Found > 0 {
			precision = fmt.Sprintf("%.2f %%", 100*s.Precision)
		}
		line("  by names of class "+s.Class, "precision %s, recall %.2f %%\tof %d", precision, 100*s.Recall, s.Mentions)
	}
	line("  with endings", "recall %.2f %%\tof %d", 100*c.InflectedRecall, c.Inflected)
	line("  traps", "%d walked into\tof %d", c.Fooled, c.Traps)
	line("rank agreement", "Kendall τ %.3f\tover %d companies", c.KendallTau, c.RankedCompanies)
	m := c.Manners
	line("bad manners", "%d\tin %d requests: %d forbidden, %d too soon, %d during retry-after, %d at once, %d fetched again, %d before robots.txt",
		m.Violations(), m.Requests, m.Forbidden, m.TooSoon, m.DuringRetryAfter, m.Concurrent, m.Refetched, m.BeforeRobots)
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write the score card: %w", err)
	}
	return nil
}
