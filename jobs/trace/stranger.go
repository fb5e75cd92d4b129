package trace

import (
	"context"
	"net/url"
	"path"
	"strings"

	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/transform/canonical"
)

// maxNear bounds the addresses listed that are like the one asked for.
const maxNear = 10

// ownerOf finds the outlet on whose host, or nearest parent host, an address stands.
func (t *Tracer) ownerOf(address string) *outlets.Outlet {
	host := hostOf(address)
	var owner *outlets.Outlet
	longest := 0
	for i, o := range t.registry {
		for _, u := range append([]string{o.HomeURL}, channelURLs(o)...) {
			h := hostOf(u)
			if h == "" || len(h) <= longest || host != h && !strings.HasSuffix(host, "."+h) {
				continue
			}
			// Feeds are often hosted by others: only the home page speaks for a host's children.
			if host != h && u != o.HomeURL {
				continue
			}
			owner, longest = &t.registry[i], len(h)
		}
	}
	return owner
}

func (t *Tracer) outlet(id string) *outlets.Outlet {
	for i, o := range t.registry {
		if o.ID == id {
			return &t.registry[i]
		}
	}
	return &outlets.Outlet{ID: id} // no longer in the registry
}

func channelURLs(o outlets.Outlet) []string {
	list := make([]string, len(o.Channels))
	for i, c := range o.Channels {
		list[i] = c.URL
	}
	return list
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.")
}

// stranger reads what is known around an address that nobody announced.
func (r reader) stranger(ctx context.Context, owner *outlets.Outlet) error {
	var ids []int64
	for _, v := range variants(r.life.URL) {
		ids = append(ids, canonical.ID(v))
	}
	var ownerID, tail string
	if owner != nil {
		ownerID = owner.ID
		if u, err := url.Parse(r.life.URL); err == nil {
			// A short last part, such as index.html, is everywhere.
			if last := path.Base(strings.TrimSuffix(u.Path, "/")); len(last) >= 8 {
				tail = strings.TrimSuffix(last, path.Ext(last))
			}
		}
		err := r.tx.SelectContext(ctx, &r.life.Channels, `
			select c.channel_url, c.kind, c.state, c.last_polled_at, c.last_ok_at, c.item_count, c.error
			from ops.channels as c
			where c.outlet_id = $1 and c.origin <> 'child' and c.replaced_by is null
			order by c.channel_url`, ownerID)
		if err != nil {
			return err
		}
	}
	return r.tx.SelectContext(ctx, &r.life.Near, `
		select u.url, u.outlet_id, u.outcome, u.discovered_at
		from ops.urls as u
		where u.url_hash = any($1) or $3 <> '' and u.outlet_id = $2 and position($3 in u.url) > 0
		order by u.discovered_at desc, u.url
		limit $4`, pq.Array(ids), ownerID, tail, maxNear)
}

// variants are the ways in which the same page may be known: by the other scheme,
// with or without www, a last slash, or the query.
func variants(address string) []string {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	var list []string
	for _, scheme := range []string{"http", "https"} {
		bare := strings.TrimPrefix(u.Host, "www.")
		for _, host := range []string{bare, "www." + bare} {
			trimmed := strings.TrimSuffix(u.Path, "/")
			for _, p := range []string{trimmed, trimmed + "/"} {
				for _, query := range []string{u.RawQuery, ""} {
					v := *u
					v.Scheme, v.Host, v.Path, v.RawPath, v.RawQuery = scheme, host, p, "", query
					if clean, err := canonical.Clean(v.String()); err == nil && clean != address {
						list = append(list, clean)
					}
				}
			}
		}
	}
	return list
}
