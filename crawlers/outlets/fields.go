package outlets

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/overheard-news/overheard/sql/seeds"
)

// The fields of the format; which of them may be missing is said where they are read.
var (
	outletFields  = []string{"id", "name", "publisher", "country", "language", "tier", "time_zone", "reach", "home_url", "channels", "expect"}
	channelFields = []string{"kind", "url"}
	expectFields  = []string{"articles_per_day"}
	rangeFields   = []string{"min", "max"}
	channelKinds  = []string{"feed", "sitemap", "page"}
	reaches       = []string{"global", "national", "regional", "local"}
)

var (
	slugPattern     = regexp.MustCompile(`^[a-z0-9-]+$`)
	languagePattern = regexp.MustCompile(`^([a-z]{2,3})(-[A-Za-z0-9]{1,8})*$`)
)

// outlet reads one entry. Each field is checked even when another is wrong.
func (l *linter) outlet(file string, node *yaml.Node) Outlet {
	o := Outlet{File: file, Line: node.Line}
	at := place{file, node.Line}
	fields, ok := l.mapping(file, node, "outlet", outletFields)
	if !ok {
		return o
	}
	o.ID = l.slug(file, at, fields, "id")
	if n, ok := fields["id"]; ok {
		l.once(l.ids, o.ID, place{file, n.Line}, fmt.Sprintf("id %q is there twice", o.ID), "an id is never reused: choose another")
	}
	o.Name = l.text(file, at, fields, "name")
	o.Publisher = l.slug(file, at, fields, "publisher")
	o.Country = l.country(file, at, fields)
	o.Language = l.language(file, at, fields)
	o.Tier = l.tier(file, at, fields)
	o.TimeZone = l.timeZone(file, at, fields, o.Country)
	o.Reach = l.reach(file, at, fields, o.Tier)
	o.HomeURL = l.address(file, at, fields, "home_url")
	if n, ok := fields["home_url"]; ok {
		l.domain(place{file, n.Line}, o)
		l.once(l.homes, sameSite(o.HomeURL), place{file, n.Line}, fmt.Sprintf("home_url %s is there twice", o.HomeURL), "one title is one outlet: delete one, or give the address of its own edition")
	}
	if n, ok := fields["name"]; ok {
		l.title(place{file, n.Line}, o)
	}
	o.Channels = l.readChannels(file, at, fields, o.HomeURL)
	o.Expect = l.expect(file, fields)
	return o
}

// mapping takes a mapping apart and reports fields that are unknown or doubled.
func (l *linter) mapping(file string, node *yaml.Node, what string, known []string) (map[string]*yaml.Node, bool) {
	if node.Kind != yaml.MappingNode {
		l.report(place{file, node.Line}, what+" is not a mapping", "write its fields: "+strings.Join(known, ", "))
		return nil, false
	}
	fields := map[string]*yaml.Node{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		switch _, doubled := fields[key.Value]; {
		case key.Kind != yaml.ScalarNode || !slices.Contains(known, key.Value):
			l.report(place{file, key.Line}, fmt.Sprintf("unknown field %q in %s", key.Value, what), seeds.Suggest(key.Value, known)+"the fields are "+strings.Join(known, ", "))
		case doubled:
			l.report(place{file, key.Line}, fmt.Sprintf("field %q is there twice", key.Value), "delete one of them")
		default:
			fields[key.Value] = value
		}
	}
	return fields, true
}

// text reads a field that must be there. The written text counts, whatever a
// YAML reader makes of it: country NO is Norway and not false.
func (l *linter) text(file string, at place, fields map[string]*yaml.Node, name string) string {
	n, ok := fields[name]
	if !ok {
		l.report(at, fmt.Sprintf("field %q is missing", name), "every outlet needs "+name)
		return ""
	}
	at.line = n.Line
	if n.Kind != yaml.ScalarNode {
		l.report(at, fmt.Sprintf("%s is not a single value", name), "write "+name+": value")
		return ""
	}
	if n.ShortTag() == "!!null" || strings.TrimSpace(n.Value) == "" {
		l.report(at, fmt.Sprintf("%s is empty", name), "give it a value")
		return ""
	}
	if strings.ContainsFunc(n.Value, unicode.IsControl) || strings.TrimSpace(n.Value) != n.Value {
		l.report(at, fmt.Sprintf("%s %q holds control characters or white space around it", name, n.Value), "take them out")
	}
	return n.Value
}

func (l *linter) slug(file string, at place, fields map[string]*yaml.Node, name string) string {
	value := l.text(file, at, fields, name)
	if value != "" && !slugPattern.MatchString(value) {
		l.report(place{file, fields[name].Line}, fmt.Sprintf("%s %q is not an identifier", name, value), "use small letters, digits and hyphens")
	}
	return value
}

func (l *linter) country(file string, at place, fields map[string]*yaml.Node) string {
	value := l.text(file, at, fields, "country")
	if value != "" && !l.countries[value] {
		remedy := "write an ISO 3166-1 alpha-2 code in capitals, or ZZ for unknown"
		if l.countries[strings.ToUpper(value)] {
			remedy = "write " + strings.ToUpper(value)
		}
		l.report(place{file, fields["country"].Line}, fmt.Sprintf("unknown country %q", value), remedy)
	}
	return value
}

func (l *linter) language(file string, at place, fields map[string]*yaml.Node) string {
	value := l.text(file, at, fields, "language")
	match := languagePattern.FindStringSubmatch(value)
	if value != "" && (match == nil || !l.languages[match[1]]) {
		l.report(place{file, fields["language"].Line}, fmt.Sprintf("unknown language %q", value), "write a BCP 47 tag such as en or zh-Hant, or und for undetermined")
	}
	return value
}

func (l *linter) tier(file string, at place, fields map[string]*yaml.Node) int {
	value := l.text(file, at, fields, "tier")
	if value == "" {
		return 0
	}
	tier, err := strconv.Atoi(value)
	if err != nil || tier < 1 || tier > 3 {
		l.report(place{file, fields["tier"].Line}, fmt.Sprintf("tier %q is not 1, 2 or 3", value), "1 mainstream, 2 regional or trade, 3 other")
		return 0
	}
	return tier
}

// timeZone is the declared zone, or the main one of the country.
func (l *linter) timeZone(file string, at place, fields map[string]*yaml.Node, country string) string {
	main := cmp.Or(l.zones[country], "UTC")
	if _, ok := fields["time_zone"]; !ok {
		return main
	}
	value := l.text(file, at, fields, "time_zone")
	if value != "" && !seeds.IsZone(value) {
		l.report(place{file, fields["time_zone"].Line}, fmt.Sprintf("time_zone %q is not an IANA zone", value), "write a name such as America/Chicago, or leave it out for "+main)
	}
	return value
}

// reach is the declared one, or what most outlets of the tier have.
func (l *linter) reach(file string, at place, fields map[string]*yaml.Node, tier int) string {
	if _, ok := fields["reach"]; !ok {
		return usualReach(tier)
	}
	value := l.text(file, at, fields, "reach")
	if value != "" && !slices.Contains(reaches, value) {
		l.report(place{file, fields["reach"].Line}, fmt.Sprintf("unknown reach %q", value), seeds.Suggest(value, reaches)+"use global, national, regional or local")
	}
	return value
}

func usualReach(tier int) string {
	switch tier {
	case 1:
		return "national"
	case 2:
		return "regional"
	default:
		return "local"
	}
}

// address reads a URL that the crawler may ask for.
func (l *linter) address(file string, at place, fields map[string]*yaml.Node, name string) string {
	value := l.text(file, at, fields, name)
	if value == "" {
		return ""
	}
	if fault := urlFault(value); fault != "" {
		l.report(place{file, fields[name].Line}, fmt.Sprintf("%s %q %s", name, value, fault), "write an address like https://example.com/")
	}
	return value
}

func urlFault(value string) string {
	u, err := url.Parse(value)
	switch {
	case err != nil:
		return "is not a URL"
	case u.Scheme != "http" && u.Scheme != "https":
		return "is neither http nor https"
	case u.Hostname() == "":
		return "has no host"
	case strings.ContainsFunc(value, unicode.IsSpace):
		return "holds white space"
	case u.User != nil:
		return "holds a user name"
	case u.Fragment != "" || strings.Contains(value, "#"):
		return "has a fragment"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "has a port that does not exist"
		}
	}
	return ""
}

// sameSite is the address without what does not make another front page. The www
// stays: there are servers that give another site without it.
func sameSite(value string) string {
	u, err := url.Parse(value)
	if err != nil {
		return ""
	}
	site := strings.ToLower(u.Host) + strings.TrimRight(u.EscapedPath(), "/")
	if u.RawQuery != "" {
		site += "?" + u.RawQuery
	}
	return site
}

// sameChannel is the address without what asks the same server for the same file.
func sameChannel(value string) string {
	u, err := url.Parse(value)
	if err != nil {
		return ""
	}
	address := strings.ToLower(u.Host) + u.EscapedPath()
	if u.RawQuery != "" {
		address += "?" + u.RawQuery
	}
	return address
}

func (l *linter) readChannels(file string, at place, fields map[string]*yaml.Node, homeURL string) []Channel {
	n, ok := fields["channels"]
	switch {
	case !ok:
		l.report(at, `field "channels" is missing`, "every outlet needs channels")
		return nil
	case n.Kind != yaml.SequenceNode || len(n.Content) == 0:
		l.report(place{file, n.Line}, "channels is not a list of at least one channel", `write - {kind: feed, url: "https://example.com/rss"}`)
		return nil
	}
	var channels []Channel
	for _, item := range n.Content {
		parts, ok := l.mapping(file, item, "channel", channelFields)
		if !ok {
			continue
		}
		at := place{file, item.Line}
		c := Channel{Kind: l.text(file, at, parts, "kind"), URL: l.address(file, at, parts, "url")}
		if c.Kind != "" && !slices.Contains(channelKinds, c.Kind) {
			l.report(place{file, parts["kind"].Line}, fmt.Sprintf("unknown channel kind %q", c.Kind), seeds.Suggest(c.Kind, channelKinds)+"use feed, sitemap or page")
		}
		l.channelHost(at, c.URL, homeURL)
		l.once(l.channels, sameChannel(c.URL), at, fmt.Sprintf("channel %s is there twice", c.URL), "a channel belongs to one outlet: delete one of them")
		channels = append(channels, c)
	}
	return channels
}

func (l *linter) expect(file string, fields map[string]*yaml.Node) *Expect {
	n, ok := fields["expect"]
	if !ok {
		return nil
	}
	parts, ok := l.mapping(file, n, "expect", expectFields)
	if !ok {
		return nil
	}
	perDay, ok := parts["articles_per_day"]
	if !ok {
		l.report(place{file, n.Line}, `field "articles_per_day" is missing`, "write expect: {articles_per_day: {min: 20, max: 400}}")
		return nil
	}
	bounds, ok := l.mapping(file, perDay, "articles_per_day", rangeFields)
	if !ok {
		return nil
	}
	at := place{file, perDay.Line}
	lowest, lowOK := l.count(file, at, bounds, "min")
	highest, highOK := l.count(file, at, bounds, "max")
	if lowOK && highOK && lowest > highest {
		l.report(at, fmt.Sprintf("min %d is more than max %d", lowest, highest), "swap them")
	}
	return &Expect{ArticlesPerDay: Range{Min: lowest, Max: highest}}
}

// mostArticles keeps a count inside what the database stores.
const mostArticles = 1_000_000

func (l *linter) count(file string, at place, fields map[string]*yaml.Node, name string) (int, bool) {
	n, ok := fields[name]
	if !ok {
		l.report(at, fmt.Sprintf("field %q is missing", name), "a range needs min and max")
		return 0, false
	}
	value, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || value < 0 || value > mostArticles {
		l.report(place{file, n.Line}, fmt.Sprintf("%s %q is not a count", name, n.Value), "write a whole number from 0 to 1000000")
		return 0, false
	}
	return value, true
}
