package press

import (
	"slices"
	"time"

	"github.com/overheard-news/overheard/crawlers/press/dice"
)

// Tricks says how much of the press plays what the field plays, each as a share
// between 0 and 1 of the hosts or, where said, of the articles. The zero value
// is a kind press.
type Tricks struct {
	Charsets        float64 // hosts that do not speak UTF-8
	LyingETags      float64 // hosts whose validators say 304 for ever, or change with each answer
	SoftNotFound    float64 // hosts whose sitemap lists pages that say "not found" with 200
	Throttling      float64 // hosts that answer 429 with Retry-After a few times
	RobotsRules     float64 // hosts that forbid folders their own feed announces
	CrawlDelays     float64 // hosts that ask for 0.05 to 0.2 s between requests
	EndlessSitemaps float64 // hosts whose sitemaps and calendars never end
	Twins           float64 // hosts with AMP pages and tracked links
	Reprints        float64 // articles that are somebody else's, with local leads and cut tails
	Stubs           float64 // hosts with a paywall
	Edits           float64 // articles that change a few hours after they appeared
	Deletions       float64 // articles that are gone when they are looked up
	WrongDates      float64 // hosts whose markup holds a wrong date beside the right one
	Furniture       float64 // hosts whose side bars and buttons name companies
	Ambiguity       float64 // other-topic articles with a word that only looks like a company
	SlowHosts       float64 // hosts that take 200 to 400 ms
	BrokenHosts     float64 // hosts that answer 500, reset the connection or hang
	BrokenPages     float64 // articles that answer 500 on a sound host
	Bombs           float64 // hosts that link a gzip bomb and a page without end
	BadChannels     float64 // hosts with a feed that is HTML, a cut gzip or broken XML beside a good channel
	FeedOnly        float64 // hosts without a sitemap
	SitemapOnly     float64 // hosts without a feed
	Gaps            float64 // hosts whose feed and sitemap each leave out 5 to 30 % of all articles, independently
	Undeclared      float64 // hosts whose channels are not in the registry, but can be found
	PagesOnly       float64 // hosts without feed and sitemap: section pages alone
	Listings        float64 // hosts whose sitemap has section and tag pages among the articles
	Consent         float64 // hosts that show articles only to who consents
	LiveBlogs       float64 // articles that are live blogs
	Videos          float64 // articles that are a film and a few lines
	Mobile          float64 // hosts whose feeds lead to hosts of their own for telephones and AMP
	Sessions        float64 // hosts whose links carry a session
	Zoneless        float64 // hosts that write local times without a zone
	Promotion       float64 // hosts with lines inside the text that name companies, the same on many pages
	Bait            float64 // hosts with a comment section or a cookie text longer than the article
	LateChanges     float64 // articles that are edited, deleted or redirected six hours to nine days after they appeared
	Archives        float64 // hosts whose sitemap is an index by night or by month, back to the first night
	Expiry          float64 // hosts that take their pages down after a week, though their sitemaps still list them
	HangFor         time.Duration
}

// AllTricks is the field as it is, in a mix that a polite reader gets through.
func AllTricks() Tricks {
	return Tricks{
		Charsets: 0.35, LyingETags: 0.06, SoftNotFound: 0.08, Throttling: 0.05, RobotsRules: 0.08,
		CrawlDelays: 0.08, EndlessSitemaps: 0.03, Twins: 0.12, Reprints: 0.18, Stubs: 0.06, Edits: 0.03,
		Deletions: 0.012, WrongDates: 0.10, Furniture: 0.30, Ambiguity: 0.10, SlowHosts: 0.02, BrokenHosts: 0.03,
		BrokenPages: 0.002, Bombs: 0.01, BadChannels: 0.06,
		FeedOnly: 0.08, SitemapOnly: 0.10, Gaps: 0.10, Undeclared: 0.04, PagesOnly: 0.03, Listings: 0.05, Consent: 0.01,
		LiveBlogs: 0.01, Videos: 0.01, Mobile: 0.05, Sessions: 0.04, Zoneless: 0.08, Promotion: 0.06, Bait: 0.06,
		LateChanges: 0.01, HangFor: 3 * time.Second,
	}
}

// WithHistory is the tricks for a press of many nights: most hosts keep sitemaps of
// all of them, some nothing but their feed, and some take old pages down.
func (t Tricks) WithHistory() Tricks {
	t.Archives, t.Expiry = 0.75, 0.05
	return t
}

// trick is one habit of a host; a host may have several.
type trick uint64

const (
	trickForeverTag trick = 1 << iota
	trickRestlessTag
	trickSoftNotFound
	trickThrottle
	trickRobotsFolder
	trickRobotsAll
	trickEndless
	trickTwins
	trickStubs
	trickWrongDate
	trickFurniture
	trickSlow
	trickError
	trickReset
	trickHang
	trickBomb
	trickHTMLFeed
	trickCutGzip
	trickBrokenXML
	trickFeedOnly
	trickSitemapOnly
	trickGaps
	trickUndeclared
	trickPagesOnly
	trickListings
	trickConsent
	trickMobile
	trickSessions
	trickZoneless
	trickPromotion
	trickComments
	trickCookieText
	trickDays
	trickMonths
	trickExpires
)

// named lists the tricks by name, in their order.
func named() []string {
	return []string{"forever_tag", "restless_tag", "soft_404", "throttling", "robots_folder", "robots_all", "endless", "twins", "stubs",
		"wrong_dates", "furniture", "slow", "error", "reset", "hang", "bomb", "html_feed", "cut_gzip", "broken_xml", "feed_only", "sitemap_only",
		"gaps", "undeclared", "pages_only", "listings", "consent", "mobile", "sessions", "zoneless", "promotion", "comments", "cookie_text",
		"days", "months", "expires"}
}

// announcing are the tricks that decide which channels a host has: it plays one
// of them at most.
const announcing = trickEndless | trickHTMLFeed | trickCutGzip | trickBrokenXML | trickFeedOnly | trickSitemapOnly | trickGaps | trickUndeclared | trickPagesOnly | trickDays | trickMonths

// isBroken is true of hosts nothing can be had from.
func (t trick) isBroken() bool { return t&(trickError|trickReset|trickHang) != 0 }

// planTricks deals the tricks out by quota, not by chance: a press of any size
// plays each of them as often as it was told, from 20 outlets on at least once.
func (p *Press) planTricks() {
	t := p.cfg.Tricks
	broken := p.deal("broken", t.BrokenHosts)
	p.assign(broken, trickError, trickReset, trickHang)
	p.assign(p.deal("tags", t.LyingETags), trickForeverTag, trickRestlessTag)
	p.assign(p.deal("soft", t.SoftNotFound), trickSoftNotFound)
	p.assign(p.deal("throttle", t.Throttling), trickThrottle)
	folders := p.deal("robots", t.RobotsRules)
	p.assign(folders, trickRobotsFolder)
	if len(folders) > 3 { // one of them forbids everything
		p.outlets[folders[0]].tricks |= trickRobotsAll
	}
	p.assign(p.deal("endless", t.EndlessSitemaps), trickEndless)
	p.assign(p.deal("twins", t.Twins), trickTwins)
	p.assign(p.deal("stubs", t.Stubs), trickStubs)
	p.assign(p.deal("dates", t.WrongDates), trickWrongDate)
	p.assign(p.deal("furniture", t.Furniture), trickFurniture)
	p.assign(p.deal("slow", t.SlowHosts), trickSlow)
	p.assign(p.deal("bombs", t.Bombs), trickBomb)
	p.assign(p.deal("channels", t.BadChannels, trickEndless), trickHTMLFeed, trickCutGzip, trickBrokenXML)
	p.assign(p.deal("feed only", t.FeedOnly, announcing), trickFeedOnly)
	p.assign(p.deal("sitemap only", t.SitemapOnly, announcing|trickTwins), trickSitemapOnly)
	p.assign(p.deal("gaps", t.Gaps, announcing|trickSoftNotFound|trickBomb), trickGaps)
	p.assign(p.deal("undeclared", t.Undeclared, announcing|trickTwins|trickSoftNotFound|trickBomb|trickRobotsAll), trickUndeclared)
	p.assign(p.deal("pages only", t.PagesOnly, announcing|trickTwins|trickSoftNotFound|trickBomb|trickRobotsAll), trickPagesOnly)
	p.assign(p.deal("listings", t.Listings, trickFeedOnly|trickPagesOnly), trickListings)
	p.assign(p.deal("consent", t.Consent, trickRobotsAll), trickConsent)
	p.assign(p.deal("mobile", t.Mobile, trickTwins|trickSitemapOnly|trickPagesOnly|trickRobotsFolder|trickRobotsAll|trickThrottle), trickMobile)
	p.assign(p.deal("sessions", t.Sessions, trickTwins|trickMobile), trickSessions)
	p.assign(p.deal("zoneless", t.Zoneless, trickWrongDate), trickZoneless)
	p.assign(p.deal("promotion", t.Promotion), trickPromotion)
	p.assign(p.deal("bait", t.Bait), trickComments, trickCookieText)
	p.assign(p.deal("archives", t.Archives, announcing), trickDays, trickMonths)
	p.assign(p.deal("expiry", t.Expiry, trickFeedOnly|trickPagesOnly|trickRobotsAll), trickExpires)
	for k, i := range p.deal("delays", t.CrawlDelays) {
		p.outlets[i].crawlDelay = time.Duration(1+k%4) * 50 * time.Millisecond
	}
	turn := map[string]int{} // each language goes through its character sets in turn
	for _, i := range p.deal("charsets", t.Charsets) {
		o := &p.outlets[i]
		o.chooseCharset(turn[o.language])
		turn[o.language]++
	}
	for i := range p.outlets {
		p.outlets[i].chooseChannels(dice.Roll(p.seed, "channels", uint64(i)))
	}
}

// deal chooses the hosts that play one trick. Broken hosts play no other, and
// some tricks do not go together.
func (p *Press) deal(label string, share float64, without ...trick) []int {
	var never trick
	for _, t := range without {
		never |= t
	}
	n := len(p.outlets)
	quota := int(share*float64(n) + 0.5)
	if quota == 0 && share > 0 && n >= 20 {
		quota = 1
	}
	d := dice.Roll(p.seed, "deal "+label)
	var out []int
	for _, i := range d.Order(n) {
		if len(out) == quota {
			break
		}
		if t := p.outlets[i].tricks; !t.isBroken() && t&never == 0 {
			out = append(out, i)
		}
	}
	return out
}

func (p *Press) assign(hosts []int, kinds ...trick) {
	for k, i := range hosts {
		p.outlets[i].tricks |= kinds[k%len(kinds)]
	}
}

// charsetsOf lists the character sets that are in use beside UTF-8.
func charsetsOf(language string) []string {
	switch language {
	case "ru":
		return []string{"windows-1251", "koi8-r"}
	case "ar":
		return []string{"windows-1256"}
	case "ja":
		return []string{"shift_jis", "euc-jp"}
	case "ko":
		return []string{"euc-kr"}
	case "zh":
		return []string{"big5", "gb18030"}
	case "pl":
		return []string{"iso-8859-2"}
	case "tr":
		return []string{"iso-8859-9", "windows-1254"}
	case "en", "id":
		return []string{"windows-1252", "iso-8859-1", "utf-16"}
	}
	return []string{"iso-8859-1", "windows-1252", "utf-16"}
}

// declaration is how a page lets its reader know the character set.
type declaration int

const (
	declaredInHeader declaration = iota
	declaredInMeta
	declaredByMark // nothing but the byte order mark
)

func (o *outlet) chooseCharset(turn int) {
	choices := append(slices.Clone(charsetsOf(o.language)), "utf-8")
	o.charset = choices[turn%len(choices)]
	o.declared = declaration(turn / len(choices) % 2)
	if o.charset == "utf-16" || o.charset == "utf-8" {
		o.declared = declaredByMark
	}
}
