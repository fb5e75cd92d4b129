package outlets

// notOutlets are hosts that show what others wrote: aggregators, portals without
// a newsroom, social networks, feed makers. They are neither front page nor channel.
var notOutlets = []string{
	"news.google.com", "feedproxy.google.com", "news.yahoo.com", "news.yahoo.co.jp", "finance.yahoo.com", "msn.com", "flipboard.com", "smartnews.com",
	"newsbreak.com", "ground.news", "allafrica.com", "wn.com", "naslovi.net", "newsnow.co.uk", "upday.com", "dailyhunt.in", "toutiao.com", "feedly.com",
	"follow.it", "rss.app", "rsshub.app", "politepol.com", "fetchrss.com", "feed43.com", "kill-the-newsletter.com", "prnewswire.com", "globenewswire.com",
	"businesswire.com", "einpresswire.com", "einnews.com", "facebook.com", "x.com", "twitter.com", "youtube.com", "instagram.com", "tiktok.com", "t.me",
	"telegram.me", "reddit.com", "linkedin.com", "vk.com", "weibo.com", "threads.net", "bsky.app", "nitter.net", "medium.com", "substack.com",
}

// IsAggregator tells whether a host, in lower case and without a port, shows what
// others wrote: what stands there is no outlet's own.
func IsAggregator(host string) bool { return isUnder(host, host, notOutlets) }

// feedHosts serve the feeds of titles that pay or paid them to: what is there is
// the title's own.
var feedHosts = []string{"feeds.feedburner.com"}

// siblings are second domains an owner serves channels from, by the domain of the
// front page. The reason stands beside each.
var siblings = map[string][]string{
	"bbc.co.uk":           {"bbci.co.uk"},       // the BBC's host for feeds and pictures
	"bbc.com":             {"bbci.co.uk"},       // the same
	"elmundo.es":          {"uecdn.es"},         // the host of Unidad Editorial for feeds and pictures
	"expansion.com":       {"uecdn.es"},         // the same
	"marca.com":           {"uecdn.es"},         // the same
	"expresso.pt":         {"impresa.pt"},       // the feeds of all titles of Impresa
	"sicnoticias.pt":      {"impresa.pt"},       // the same
	"gmanetwork.com":      {"gmanews.tv"},       // GMA's earlier news site, still the host of its feeds
	"iol.co.za":           {"iol.io"},           // the host of Independent Media for feeds
	"marketwatch.com":     {"dowjones.io"},      // Dow Jones, who publishes the title
	"oantagonista.com.br": {"oantagonista.com"}, // the title's earlier domain
	"sky.com":             {"skynews.com"},      // Sky's host for news feeds
	"sverigesradio.se":    {"sr.se"},            // Sveriges Radio's host for its interface
	"wsj.com":             {"dowjones.io"},      // the same
}
