package importing

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/overheard-news/overheard/crawlers/outlets"
)

// owners tells whose an address is. A web archive holds the whole web, so the
// question is asked for every record and answered without parsing the address of a
// foreign one.
type owners struct {
	byHost map[string][]home // without www. and m.; the most exact path first
}

// home is where an outlet lives: a host, or a folder of one it shares.
type home struct {
	folder string // without the slash at its end; empty: all of the host
	outlet string
}

func ownersOf(list []outlets.Outlet) owners {
	o := owners{byHost: map[string][]home{}}
	for _, outlet := range list {
		u, err := url.Parse(outlet.HomeURL)
		if err != nil || u.Host == "" {
			continue // the registry refuses such
		}
		host := bareHost(u.Host)
		o.byHost[host] = append(o.byHost[host], home{folder: strings.TrimRight(u.EscapedPath(), "/"), outlet: outlet.ID})
	}
	for host, homes := range o.byHost {
		slices.SortStableFunc(homes, func(a, b home) int { return len(b.folder) - len(a.folder) })
		if len(homes) == 1 {
			homes[0].folder = "" // nobody to share with: the front page may stand in a folder of its own
		}
		o.byHost[host] = homes
	}
	return o
}

// of is the outlet an address belongs to, by its host or the next one above it
// that is an outlet's; empty if there is none. An aggregator on a host below an
// outlet's is not the outlet's.
func (o owners) of(address string) string {
	host, path := splitAddress(address)
	host = bareHost(host)
	for part, ok := host, host != ""; ok; _, part, ok = strings.Cut(part, ".") {
		homes, found := o.byHost[part]
		if !found {
			continue
		}
		if part != host && outlets.IsAggregator(withoutPort(host)) {
			return ""
		}
		for _, h := range homes {
			if h.folder == "" || path == h.folder || strings.HasPrefix(path, h.folder+"/") {
				return h.outlet
			}
		}
		return ""
	}
	return ""
}

// splitAddress cuts host and path out of an address of the web.
func splitAddress(address string) (host, path string) {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return "", ""
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host, path = rest[:end], rest[end:]
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	return host, path
}

// bareHost is a host as it is compared: in lower case, without the usual ports
// and without the names that front pages and telephones are given.
func bareHost(host string) string {
	host = strings.ToLower(host)
	host = strings.TrimSuffix(strings.TrimSuffix(host, ":80"), ":443")
	host = strings.TrimSuffix(host, ".")
	return strings.TrimPrefix(strings.TrimPrefix(host, "www."), "m.")
}

func withoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}
