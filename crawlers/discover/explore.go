package discover

import (
	"context"
	"fmt"
	"time"

	"github.com/overheard-news/overheard/crawlers/outlets"
)

// Candidate is a channel that exploration found, with what one poll of it gave.
type Candidate struct {
	Kind       string    `json:"kind"`
	URL        string    `json:"url"`
	Origin     string    `json:"origin"` // homepage, robots, well_known, section or redirect
	ItemCount  int       `json:"item_count"`
	NewestAt   time.Time `json:"newest_at"` // zero: no item is dated
	IsVerified bool      `json:"is_verified"`
	Reason     string    `json:"reason"` // why it was refused, or what speaks for it
}

// Explore looks for channels of an outlet that the registry does not declare.
func (d *Discoverer) Explore(ctx context.Context, o outlets.Outlet, _ Pattern) ([]Candidate, error) {
	sitemaps, err := d.fetch.Sitemaps(ctx, o.HomeURL)
	if err != nil {
		return nil, fmt.Errorf("explore outlet %q: %w", o.ID, err)
	}
	var found []Candidate
	for _, s := range sitemaps {
		found = append(found, Candidate{Kind: KindSitemap, URL: s, Origin: "robots"})
	}
	return found, nil
}
