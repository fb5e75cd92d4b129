package press

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Truth is what there is to find for a reader who comes at certain times.
type Truth struct {
	Articles []TruthArticle // by outlet, then by time
	Outlets  []TruthOutlet
	Ranking  []Standing // Chinese companies with attention on the last night, first first
}

// TruthArticle is one article and what a perfect reader would know about it.
type TruthArticle struct {
	CanonicalURL   string
	OutletID       string
	PublisherID    string
	Night          time.Time
	PublishedAt    time.Time
	Language       string
	Headline       string
	StoryID        int64  // shared by all copies of one text
	Wire           string // agency that is credited, empty for none
	Access         string // full or stub
	PageType       string // article, live_blog, video, stub or consent_wall
	CharacterCount int    // of the text in code points, a line feed after each paragraph but the last
	LineCount      int    // code points of lines inside the text that are not the article's: promotion, the notice of a paywall
	IsToBeHad      bool   // false: no polite reader can have it
	Why            string // why not, one of the Why constants; empty if it is to be had
	IsInFeed       bool   // announced there at one of the visits
	IsInSitemap    bool
	IsInPage       bool
	HasTrap        bool // holds words that only look like a company
	Mentions       []TruthMention
	Promoted       string   // company named by a line of promotion inside the text; empty for none
	Changes        []Change // what becomes of it, in the order of time
}

// Why an article is not to be had.
const (
	WhyBroken      = "broken host"
	WhyRobots      = "robots"
	WhyConsent     = "consent wall"
	WhyBrokenPage  = "broken page"
	WhyDeleted     = "deleted"
	WhyRedirected  = "redirected"
	WhyExpired     = "expired"
	WhyGone        = "outlet gone"
	WhyHollow      = "empty shell"
	WhyUnannounced = "unannounced" // who finds it all the same is not to blame
	WhyUnpublished = "unpublished"
)

// TruthOutlet is how many articles an outlet published in a night, and how many
// of those that can be read its channels announced to a reader who came at
// certain times.
type TruthOutlet struct {
	OutletID                             string
	Night                                time.Time
	Published                            int
	Readable                             int  // had they been announced, they would be to be had
	InFeed, InSitemap, InBoth, InNeither int  // of the readable
	AreChannelsIndependent               bool // what a feed and a sitemap leave out, they leave out by chance
}

// truthIndex is the truth in the form that Score needs: addresses without port.
type truthIndex struct {
	life     *life // that it was found under
	articles []TruthArticle
	byURL    map[string]int
	outlets  []TruthOutlet
	ranking  []Standing
}

// Truth returns the truth for a server at the port, as it is for a reader who
// comes at the visits. Without visits it comes once, now, and not before the last
// night is over.
func (p *Press) Truth(port int, visits ...time.Time) Truth {
	index := p.truth(visits)
	out := Truth{Articles: index.articles, Ranking: index.ranking, Outlets: index.outlets}
	if port != 0 {
		for i := range out.Articles {
			a := &out.Articles[i]
			a.CanonicalURL = strings.Replace(a.CanonicalURL, ".localhost/", fmt.Sprintf(".localhost:%d/", port), 1)
		}
	}
	return out
}

// truth finds out what the visits decide; what they do not is found once.
func (p *Press) truth(visits []time.Time) *truthIndex {
	if len(visits) == 0 {
		visits = []time.Time{p.cfg.Clock()}
		if end := p.end(); visits[0].Before(end) {
			visits[0] = end
		}
	}
	visits = slices.SortedFunc(slices.Values(visits), time.Time.Compare)
	known := p.known.Load()
	if known == nil || known.life != p.life.Load() {
		known = p.findTruth()
		p.known.Store(known)
	}
	index := &truthIndex{articles: slices.Clone(known.articles), byURL: known.byURL}
	for host := range p.outlets {
		p.judge(host, visits, index.articles)
		index.outlets = append(index.outlets, p.countOutlet(host, index.articles)...)
	}
	index.ranking = p.rank(index.articles)
	return index
}

// findTruth composes every article, which takes most of the time: on all cores.
func (p *Press) findTruth() *truthIndex {
	index := &truthIndex{life: p.life.Load(), articles: make([]TruthArticle, len(p.articles)), byURL: make(map[string]int, len(p.articles))}
	var workers sync.WaitGroup
	for first := range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := first; i < len(p.articles); i += runtime.GOMAXPROCS(0) {
				index.articles[i] = p.truthOf(&p.articles[i])
			}
		})
	}
	workers.Wait()
	for i := range index.articles {
		index.byURL[index.articles[i].CanonicalURL] = i
	}
	return index
}

// truthOf is what holds of an article whoever comes when; its text is that of
// one who comes after the early edits and before the late ones.
func (p *Press) truthOf(a *article) TruthArticle {
	o, s := &p.outlets[a.outlet], &p.stories[a.story]
	out := TruthArticle{
		CanonicalURL: "http://" + o.hostOf(0) + p.pathOf(a), OutletID: o.slug, PublisherID: o.publisher,
		Night: nightOf(int(a.day)), PublishedAt: time.Unix(a.published, 0).UTC(), Language: s.language,
		StoryID: int64(a.story) + 1, Wire: s.wire, Access: "full", PageType: "article", Changes: p.changesOf(a),
	}
	switch {
	case o.tricks&trickConsent != 0:
		out.PageType = "consent_wall"
	case a.flags&flagStub != 0:
		out.Access, out.PageType = "stub", "stub"
	case a.flags&flagLive != 0:
		out.PageType = "live_blog"
	case a.flags&flagVideo != 0:
		out.PageType = "video"
	}
	if promoted, ok := p.promoted(a); ok {
		out.Promoted = p.cfg.Companies[promoted.company].ID
		out.LineCount += utf8.RuneCountInString(p.promotionLine(&promoted))
	}
	if a.flags&flagStub != 0 {
		out.LineCount += utf8.RuneCountInString(p.label(o, "subscribe"))
	}
	switch {
	case o.tricks.isBroken():
		out.Why = WhyBroken
	case o.tricks&trickRobotsAll != 0 || a.flags&flagForbidden != 0:
		out.Why = WhyRobots
	case o.tricks&trickConsent != 0:
		out.Why = WhyConsent
	case a.flags&flagBroken != 0:
		out.Why = WhyBrokenPage
	}
	edits := 0
	if a.flags&flagEdited != 0 {
		edits = 1
	}
	p.read(a, edits, &out)
	return out
}

// read notes what the text says after so many edits.
func (p *Press) read(a *article, edits int, out *TruthArticle) {
	s, t := &p.stories[a.story], p.compose(a, edits)
	out.Headline, out.HasTrap, out.Mentions, out.CharacterCount = t.headline.text, t.hasTrap(), p.mentions(s, t), -1
	for _, par := range t.paragraphs {
		out.CharacterCount += utf8.RuneCountInString(join(p.wordings[s.language], par)) + 1
	}
}

// judge says of the articles of a host which can be had at one of the visits,
// and how they read then.
func (p *Press) judge(host int, visits []time.Time, articles []TruthArticle) {
	first, end := p.starts[host][0], p.starts[host][p.cfg.Nights]
	marks := make([]seen, end-first)
	why := make([]string, end-first)
	for _, now := range visits {
		if p.outlets[host].tricks.isBroken() {
			break
		}
		p.announce(host, now, marks)
		s := p.stateOf(host, now)
		for i := range marks {
			a, t := &p.articles[first+i], &articles[first+i]
			if t.Why != "" || t.IsToBeHad {
				continue
			}
			standing := standingAfter(t.Changes, now)
			switch {
			case a.published > now.Unix():
				why[i] = WhyUnpublished
			case s.gone != "":
				why[i] = WhyGone
			case standing.gone == Deleted:
				why[i] = WhyDeleted
			case standing.gone == Redirected:
				why[i] = WhyRedirected
			case p.goneAt(a, now) == Expired:
				why[i] = WhyExpired
			case s.isHollow:
				why[i] = WhyHollow
			case marks[i] == 0:
				why[i] = WhyUnannounced
			default:
				t.IsToBeHad = true
				if isEdited := a.flags&flagEdited != 0; standing.edits > 1 || isEdited != (standing.edits == 1) {
					p.read(a, standing.edits, t)
				}
			}
		}
	}
	for i := range marks {
		t := &articles[first+i]
		t.IsInFeed, t.IsInSitemap, t.IsInPage = marks[i]&seenInFeed != 0, marks[i]&seenInSitemap != 0, marks[i]&seenOnPage != 0
		if !t.IsToBeHad && t.Why == "" {
			t.Why = why[i]
		}
	}
}

// countOutlet counts the nights of a host.
func (p *Press) countOutlet(host int, articles []TruthArticle) []TruthOutlet {
	out := make([]TruthOutlet, p.cfg.Nights)
	for k := range out {
		t := &out[k]
		t.OutletID, t.Night = p.outlets[host].slug, nightOf(p.firstDay+k)
		t.AreChannelsIndependent = p.outlets[host].tricks&trickGaps != 0
		for _, a := range articles[p.starts[host][k]:p.starts[host][k+1]] {
			t.Published++
			if !a.IsToBeHad && a.Why != WhyUnannounced {
				continue
			}
			t.Readable++
			switch {
			case a.IsInFeed && a.IsInSitemap:
				t.InBoth++
			case !a.IsInFeed && !a.IsInSitemap:
				t.InNeither++
			}
			if a.IsInFeed {
				t.InFeed++
			}
			if a.IsInSitemap {
				t.InSitemap++
			}
		}
	}
	return out
}
