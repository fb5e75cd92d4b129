package trace_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/trace"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/canonical"
)

// How an address is found is tested here; what is told of it, end to end, in
// cmd/overheard.

const (
	article  = "https://times.example/news/the-plant-opens"
	amp      = "https://amp.times.example/news/the-plant-opens.amp"
	waiting  = "https://times.example/news/the-vote"
	tracking = "https://links.example/redirect/8"
)

var seen = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// filled knows an article by its own address and by another, and an address that
// waits and that the feed writes quite differently.
func filled(t *testing.T) *sqlx.DB {
	t.Helper()
	db := warehousetest.NewDB(t)
	if err := warehouse.EnsureMonths(t.Context(), db, seen); err != nil {
		t.Fatal(err)
	}
	const address = `
		insert into ops.urls (url_hash, url, announced_url, outlet_id, channel_url, channel_kind, discovered_at, discovered_run_id, outcome, article_id)
		values ($1, $2, $3, 'times', 'https://times.example/feed', 'feed', $4, 1, $5, $6)`
	id := canonical.ID(article)
	db.MustExec(address, id, article, nil, seen, "stored", id)
	db.MustExec(address, canonical.ID(amp), amp, nil, seen.Add(time.Hour), "duplicate", id)
	db.MustExec(address, canonical.ID(waiting), waiting, tracking, seen, nil, nil)
	db.MustExec(`
		insert into staging.articles
			(night, article_id, outlet_id, canonical_url, url, title, body, authors, language_code, charset, published_at,
			 published_origin, is_published_exact, access, character_count, content_hash, sketch, first_seen_at, fetched_at, run_id)
		values ('2026-03-10', $1, 'times', $2, $2, 'The plant opens', '', '{Ada,Bob}', 'en', 'utf-8', $3, 'feed', true, 'full', 6, '', '{}', $3, $3, 1)`, id, article, seen)
	return db
}

func TestHowAnAddressIsFound(t *testing.T) {
	t.Parallel()
	list := []outlets.Outlet{
		{ID: "times", HomeURL: "https://www.times.example/", Channels: []outlets.Channel{{Kind: "feed", URL: "https://times.example/feed"}, {Kind: "feed", URL: tracking}}},
		{ID: "sport", HomeURL: "https://sport.times.example/"},
		{ID: "gazette", HomeURL: "https://gazette.example/"},
	}
	tests := []struct {
		name, query string
		addresses   []string // known ones, in their order
		title       string   // of the article
		outlet      string
		near        []string
	}{
		{"by itself", article, []string{article, amp}, "The plant opens", "times", nil},
		{"with tracking and a fragment", article + "?utm_source=rss#top", []string{article, amp}, "The plant opens", "times", nil},
		{"by another address of the article", amp, []string{amp, article}, "The plant opens", "times", nil},
		{"while it waits", waiting, []string{waiting}, "", "times", nil},
		{"as the feed wrote it", tracking, []string{waiting}, "", "times", nil},
		{"nearly, by the other scheme and www", "http://www.times.example/news/the-plant-opens", nil, "", "times", []string{amp, article}},
		{"nearly, with a slash more", waiting + "/", nil, "", "times", []string{waiting}},
		{"not at all, on the host of an outlet", "https://times.example/a", nil, "", "times", nil},
		{"not at all, on a host of its own below", "https://m.sport.times.example/a", nil, "", "sport", nil},
		{"not at all, on nobody's host", "https://nobody.example/a", nil, "", "", nil},
		{"not at all, on a host that only ends alike", "https://thegazette.example/a", nil, "", "", nil},
	}
	tracer := trace.New(filled(t), list)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			life, err := tracer.Trace(t.Context(), tt.query)
			if err != nil {
				t.Fatal(err)
			}
			var addresses, near []string
			for _, a := range life.Addresses {
				addresses = append(addresses, a.URL)
			}
			for _, n := range life.Near {
				near = append(near, n.URL)
			}
			title, outlet := "", ""
			if life.Article != nil {
				title = life.Article.Title
			}
			if life.Outlet != nil {
				outlet = life.Outlet.OutletID
			}
			if diff := cmp.Diff(tt.addresses, addresses); diff != "" {
				t.Errorf("addresses (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.near, near); diff != "" {
				t.Errorf("near (-want +got):\n%s", diff)
			}
			if title != tt.title || outlet != tt.outlet || life.IsKnown != (tt.addresses != nil) {
				t.Errorf("title %q, outlet %q, known %t; want %q, %q", title, outlet, life.IsKnown, tt.title, tt.outlet)
			}
		})
	}
}

func TestWhatIsNoAddress(t *testing.T) {
	t.Parallel()
	if _, err := trace.New(nil, nil).Trace(t.Context(), "mailto:ada@times.example"); err == nil {
		t.Error("no error")
	}
}
