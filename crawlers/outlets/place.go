package outlets

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// How an outlet stands among the others. One title under two domains, or two
// owners on one, would count a voice twice or lose one; an aggregator would be a
// voice of its own for what others wrote. All of it is advice: the built-in registry
// keeps to it, and whoever brings a registry of his own may have his reasons.

// owner is who a domain belongs to, as the first outlet on it says.
type owner struct {
	publisher string
	at        place
}

// title reports a name that its country has already.
func (l *linter) title(at place, o Outlet) {
	if o.Name == "" || o.Country == "" {
		return
	}
	key := o.Country + " " + strings.ToLower(o.Name)
	if first, ok := l.titles[key]; ok {
		l.advise(at, fmt.Sprintf("title %q of %s is there twice, first in %s", o.Name, o.Country, first), "one title is one outlet: delete one, or name its edition, such as (English)")
		return
	}
	l.titles[key] = at
}

// domain reports a front page where none can be, or on a domain of another owner.
func (l *linter) domain(at place, o Outlet) {
	domain := domainOf(o.HomeURL)
	if domain == "" {
		return
	}
	if isUnder(domain, hostOf(o.HomeURL), notOutlets) {
		l.advise(at, fmt.Sprintf("home_url %s is of an aggregator or a social network", o.HomeURL), "an outlet has a newsroom of its own: name the titles it shows instead")
		return
	}
	first, ok := l.owners[domain]
	if !ok {
		l.owners[domain] = owner{o.Publisher, at}
		return
	}
	if o.Publisher != "" && first.publisher != "" && first.publisher != o.Publisher {
		l.advise(at, fmt.Sprintf("domain %s has two publishers, %s and %s, first in %s", domain, first.publisher, o.Publisher, first.at), "what stands on one domain has one owner: correct one of them")
	}
}

// channelHost reports a channel that is not on the outlet's own domain: it would
// be read in the outlet's name, whatever somebody else puts there.
func (l *linter) channelHost(at place, address, homeURL string) {
	host, domain, home := hostOf(address), domainOf(address), domainOf(homeURL)
	switch {
	case domain == "" || home == "" || domain == home || isUnder(domain, host, feedHosts) || slices.Contains(siblings[home], domain):
	case isUnder(domain, host, notOutlets):
		l.advise(at, fmt.Sprintf("channel %s is of an aggregator or a social network", address), "name the title's own feed or sitemap")
	default:
		l.advise(at, fmt.Sprintf("channel host %s is not of %s", host, home), "name an address of the title's own; a second domain of its owner belongs into hosts.go with its reason")
	}
}

// hostOf is the host in small letters without its port, empty if there is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
}

// domainOf is what an owner registers: bbc.co.uk of news.bbc.co.uk. Hosts that
// nobody registers, such as an address in numbers, stand for themselves.
func domainOf(address string) string {
	host := hostOf(address)
	if host == "" || net.ParseIP(host) != nil {
		return host
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return domain
}

// isUnder tells whether a host is one of the list or a part of one.
func isUnder(domain, host string, list []string) bool {
	return slices.ContainsFunc(list, func(name string) bool {
		return domain == name || host == name || strings.HasSuffix(host, "."+name)
	})
}
