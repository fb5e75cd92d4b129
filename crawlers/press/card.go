package press

import (
	"fmt"
	"io"
	"text/tabwriter"
)

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
	Twice          int // of these, second addresses
	Forbidden      int // stored although they are not to be had
	Lucky          int // stored although no channel announced them
	Recall         float64
	NightsRight    float64 // share of the found that are in the right night
	OutletsRight   float64
	// Duplicates are pairs of found articles that carry one story.
	DuplicatePairs                       int
	DuplicatePrecision, DuplicateRecall  float64
	Mentions                             int // true mentions in the found articles
	MentionPrecision, MentionRecall      float64
	Classes                              []ClassScore // A, B and C
	Inflected                            int          // true mentions that have an ending wherever they stand
	InflectedRecall                      float64
	Traps, Fooled                        int // found articles with a trap; of those with a wrong mention
	Promoted, PromotedTaken              int // found articles whose text has a line that names a company it is not about; of those counted as mentions
	PageTypes                            []PageTypeScore
	Texts, TextsRight                    int          // found articles whose length was told; of those within a tenth of the true one
	WrongTextsDoubted, RightTextsDoubted int          // found articles that are suspect, rightly and wrongly
	Independent                          CaptureScore // of outlets whose channels leave articles out independently
	Dependent                            CaptureScore // of the others that have both
	Tricks                               []TrickScore // how each trick was got through
	RankedCompanies                      int
	KendallTau                           float64 // of the order by attention
	ScoreTau                             float64 // of the published order by score
	Intervals, IntervalsRight            int     // published 90 % intervals of ranks; of these, with the true rank in it
	IntervalWidth                        float64 // mean, in places
	Manners                              Manners
	Missed, ExtraURLs, WrongMentions     []string // up to ten examples each
	MissedMentions                       []string
	WrongPages                           []string
	WrongTexts                           []string
	WorstEstimates                       []string
}

// PageTypeScore judges the pages of one type.
type PageTypeScore struct {
	PageType string
	Pages    int // that were read
	Right    int // of these
}

// TrickScore is how a reader got through one trick of hosts. A host may play
// several, so that what is lost to one is counted at the others, too.
type TrickScore struct {
	Trick             string
	Outlets           int
	ToBeHad, Found    int
	Nights            int // found articles in the right night
	Texts, TextsRight int
}

// CaptureScore compares estimates of what was published with the truth, summed up
// over outlets and nights.
type CaptureScore struct {
	Nights    int // estimates judged, one per outlet and night
	Published int // articles that can be read
	Announced int // of these, by a feed or a sitemap
	Estimated float64
	Error     float64 // sum of |estimate - published| over the sum of published
}

// WriteText writes the card as people read it.
func (c ScoreCard) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, value string, args ...any) {
		fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(value, args...))
	}
	line("articles found", "%.2f %%\t%d of %d to be had", 100*c.Recall, c.Found, c.ToBeHad)
	line("extra articles", "%d\tno article, or a second address of one (%d)", c.Extra, c.Twice)
	line("forbidden articles", "%d\tstored although deleted or closed", c.Forbidden)
	line("lucky articles", "%d\tstored although no channel announced them", c.Lucky)
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
	line("  promotion in texts", "%d taken for mentions\tof %d", c.PromotedTaken, c.Promoted)
	if c.Texts > 0 {
		line("texts right", "%.2f %%\tof %d by their length; doubted: %d of %d wrong ones, %d right ones",
			100*ratio(c.TextsRight, c.Texts), c.Texts, c.WrongTextsDoubted, c.Texts-c.TextsRight, c.RightTextsDoubted)
	}
	for _, s := range c.PageTypes {
		line("page type "+s.PageType, "%.2f %%\tof %d", 100*ratio(s.Right, s.Pages), s.Pages)
	}
	for _, s := range c.Tricks {
		recall, nights, texts := ratio(s.Found, s.ToBeHad), ratio(s.Nights, s.Found), ratio(s.TextsRight, s.Texts)
		if min(recall, nights) < 0.995 || texts < 0.95 {
			line("hosts with "+s.Trick, "found %.2f %%, nights right %.2f %%, texts right %.2f %%\tof %d on %d hosts", 100*recall, 100*nights, 100*texts, s.ToBeHad, s.Outlets)
		}
	}
	for _, s := range []struct {
		name string
		CaptureScore
	}{{"estimated, independent channels", c.Independent}, {"estimated, other channels", c.Dependent}} {
		if s.Nights > 0 {
			line(s.name, "%.0f of %d published\t%d announced; off by %.2f %% a night, over %d nights", s.Estimated, s.Published, s.Announced, 100*s.Error, s.Nights)
		}
	}
	line("rank agreement", "Kendall τ %.3f\tby attention, over %d companies", c.KendallTau, c.RankedCompanies)
	if c.Intervals > 0 {
		line("", "Kendall τ %.3f\tby score; tone, which the press does not know, as found", c.ScoreTau)
		line("rank intervals", "%.2f %%\thave the rank of a perfect reader in them, of %d, %.1f places wide on the mean",
			100*ratio(c.IntervalsRight, c.Intervals), c.Intervals, c.IntervalWidth)
	}
	m := c.Manners
	line("bad manners", "%d\tin %d requests: %d forbidden, %d too soon, %d during retry-after, %d at once, %d fetched again, %d before robots.txt, %d over budget",
		m.Violations(), m.Requests, m.Forbidden, m.TooSoon, m.DuringRetryAfter, m.Concurrent, m.Refetched, m.BeforeRobots, m.OverBudget)
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write the score card: %w", err)
	}
	return nil
}
