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
	Texts, TextsRight                    int // found articles whose length was told; of those within a tenth of the true one
	WrongTextsDoubted, RightTextsDoubted int // found articles that are suspect, rightly and wrongly
	Capture                              CaptureScore
	RankedCompanies                      int
	KendallTau                           float64
	Manners                              Manners
	Missed, ExtraURLs, WrongMentions     []string // up to ten examples each
	MissedMentions                       []string
	WrongPages                           []string
	WrongTexts                           []string
}

// PageTypeScore judges the pages of one type.
type PageTypeScore struct {
	PageType string
	Pages    int // that were read
	Right    int // of these
}

// CaptureScore compares estimates of what was published with the truth, for the
// outlets whose channels leave articles out independently, and for the others
// that have both.
type CaptureScore struct {
	Nights             int     // estimates judged, one per outlet and night
	MedianError        float64 // |estimate - truth| / truth
	WorstError         float64
	SeenError          float64 // as MedianError, of who takes what the channels announced for all there is
	DependentNights    int
	DependentMedianErr float64
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
	if e := c.Capture; e.Nights > 0 {
		line("published, estimated", "off by %.1f %% (median), %.1f %% (worst)\tover %d nights of outlets with independent channels; counting what was seen is off by %.1f %%",
			100*e.MedianError, 100*e.WorstError, e.Nights, 100*e.SeenError)
	}
	if e := c.Capture; e.DependentNights > 0 {
		line("  dependent channels", "off by %.1f %% (median)\tover %d nights", 100*e.DependentMedianErr, e.DependentNights)
	}
	line("rank agreement", "Kendall τ %.3f\tover %d companies", c.KendallTau, c.RankedCompanies)
	m := c.Manners
	line("bad manners", "%d\tin %d requests: %d forbidden, %d too soon, %d during retry-after, %d at once, %d fetched again, %d before robots.txt, %d over budget",
		m.Violations(), m.Requests, m.Forbidden, m.TooSoon, m.DuringRetryAfter, m.Concurrent, m.Refetched, m.BeforeRobots, m.OverBudget)
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write the score card: %w", err)
	}
	return nil
}
