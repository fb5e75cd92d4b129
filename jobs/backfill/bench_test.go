package backfill_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/backfill"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// BenchmarkPlan plans 50 nights of 1,000 outlets: 50,000 intervals, over half a
// million kept pages, a quarter million addresses that wait among a million and
// a quarter million stored articles. Apply is of the same plan.
func BenchmarkPlan(b *testing.B) {
	db := warehousetest.NewDB(b)
	var list []outlets.Outlet
	for i := range 1000 {
		kind := "feed"
		if i%2 == 0 {
			kind = "sitemap"
		}
		list = append(list, outlet(fmt.Sprintf("outlet-%03d", i), "GB", "en", 1, kind))
	}
	first := testNow.AddDate(0, 0, -50)
	if err := warehouse.EnsureMonths(b.Context(), db, first, first.AddDate(0, 0, 20), testNow); err != nil {
		b.Fatal(err)
	}
	for _, statement := range []string{
		`insert into ops.archive_files (name, kind, host, opened_at) values ('a', 'own', 'here', '2026-03-20Z')`,
		`insert into ops.archive_records (fetched_on, url_hash, fetched_at, file_id, position, byte_count, url, outlet_id, night, http_status)
		select cast('2026-03-20' as date) - n, i, '2026-03-20Z', 1, n * 1000000 + i, 1000, 'u' || i, 'outlet-' || lpad(cast(i / 30 as text), 3, '0'), cast('2026-03-20' as date) - n, 200
		from generate_series(0, 17) as n, generate_series(0, 29999) as i`,
		`insert into ops.urls (url_hash, url, outlet_id, channel_url, channel_kind, channel_published_at, discovered_at, discovered_run_id, outcome)
		select n * 1000000 + i, 'u' || n || i, 'outlet-' || lpad(cast(i / 20 as text), 3, '0'), 'c', 'feed', cast('2026-03-20' as date) - n + interval '12 hours', '2026-03-21Z', 1,
			case when i % 4 = 0 then 'too_old' else 'stored' end
		from generate_series(0, 49) as n, generate_series(0, 19999) as i`,
		`insert into staging.articles (
			night, article_id, outlet_id, canonical_url, url, title, body, authors, language_code, charset, published_at, published_origin,
			is_published_exact, access, character_count, content_hash, sketch, first_seen_at, fetched_at, run_id)
		select cast('2026-03-20' as date) - n, n * 1000000 + i, 'outlet-' || lpad(cast(i / 5 as text), 3, '0'), 'u', 'u', 't', 'b', '{}', 'en', 'utf-8',
			'2026-03-20Z', 'page', true, 'full', 1, 'h', '{}', '2026-03-20Z', '2026-03-20Z', 1
		from generate_series(0, 49) as n, generate_series(0, 4999) as i`,
		`vacuum analyze ops.archive_records`, `vacuum analyze ops.urls`, `vacuum analyze staging.articles`, // as Postgres does by itself
	} {
		if _, err := db.ExecContext(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	f := backfill.New(slog.New(slog.DiscardHandler), db, backfill.Config{Outlets: list, ReportZone: time.UTC, HostGap: time.Second}, nil, nil, func() time.Time { return testNow })
	var id int64
	plan := func(ctx context.Context) {
		plan, err := f.Plan(ctx, request(50, nil), "bench")
		if err != nil {
			b.Fatal(err)
		}
		if plan.IntervalCount < 50_000 {
			b.Fatalf("%d intervals", plan.IntervalCount)
		}
		id = plan.BackfillID
	}
	b.Run("plan", func(b *testing.B) {
		for b.Loop() {
			plan(b.Context())
		}
	})
	b.Run("apply", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			plan(b.Context())
			b.StartTimer()
			if _, err := f.Apply(b.Context(), id, true); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("show", func(b *testing.B) {
		plan(b.Context())
		if _, err := f.Apply(b.Context(), id, false); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := f.Show(b.Context(), id); err != nil {
				b.Fatal(err)
			}
		}
	})
}
