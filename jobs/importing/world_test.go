package importing_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/importing"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/match"
)

const port = 8099 // in the addresses of the press; nobody listens there

var lastNight = time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC)

// world is a press, its archives, and a database with all that imports them.
type world struct {
	t         testing.TB
	press     *press.Press
	made      press.Archived
	told      []press.Capture // what can be had, without the bodies
	db        *sqlx.DB
	ledger    *ledger.Ledger
	collector *collect.Collector
	cfg       importing.Config
	fetcher   *fetch.Fetcher
	progress  importing.Progress
}

// newPress plans a press, without tricks unless asked for.
func newPress(t testing.TB, set seeds.Set, change func(*press.Config)) *press.Press {
	t.Helper()
	cfg := press.Config{Seed: 3, Outlets: 12, Nights: 2, LastNight: lastNight, ArticlesPerOutletNight: 16, Companies: press.CompaniesFrom(set)}
	if change != nil {
		change(&cfg)
	}
	p, err := press.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// newWorld writes the archives of a press.
func newWorld(t testing.TB, archives press.Archives, change func(*press.Config)) *world {
	t.Helper()
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, press: newPress(t, set, change)}
	archives.Dir = cmpOr(archives.Dir, t.TempDir())
	archives.Port = port
	w.made, err = w.press.WriteArchives(t.Context(), archives, func(c press.Capture) {
		c.Body = nil
		w.told = append(w.told, c)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.wire(set)
	return w
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// wire puts everything together, over a database of its own unless it has one.
func (w *world) wire(set seeds.Set) {
	w.t.Helper()
	if w.db == nil {
		w.db = warehousetest.NewDB(w.t)
	}
	lg := slog.New(slog.DiscardHandler)
	matcher, err := match.New(set)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.fetcher, err = fetch.New(lg, fetch.Config{UserAgent: "OverheardBot/1.0 (+https://overheard.example/bot)", AllowPrivateNetworks: true}); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(w.fetcher.Close)
	list := w.press.Outlets(port)
	w.ledger = ledger.New(lg, w.db, time.Now)
	w.collector = collect.New(lg, w.db, collect.Config{
		Outlets: list, Seeds: set, ReportZone: time.UTC, Concurrency: 4, Extractors: 2, MaxAge: 7 * 24 * time.Hour, MaxAttempts: 3, MaxURLsPerOutlet: 1000,
	}, nil, nil, article.New(lg, article.Config{}), matcher, nil, time.Now)
	w.cfg = importing.Config{Outlets: list, BarrierGap: 50 * time.Millisecond}
}

// importer imports with an intake that may be wrapped.
func (w *world) importer(wrap func(importing.Intake) importing.Intake) *importing.Importer {
	return importing.New(slog.New(slog.DiscardHandler), w.db, w.ledger, w.cfg, w.fetcher, func(ctx context.Context, run *ledger.Run) importing.Intake {
		intake := importing.Intake(w.collector.Intake(ctx, run))
		if wrap != nil {
			intake = wrap(intake)
		}
		return intake
	}, w.progress, time.Now)
}

// run imports a file and wants it done.
func (w *world) run(source string) importing.Result {
	w.t.Helper()
	result, err := w.importer(nil).Run(w.t.Context(), ledger.CauseOperator, source)
	if err != nil {
		w.t.Fatal(err)
	}
	return result
}

// storedArticle is what the tests compare of one.
type storedArticle struct {
	URL      string      `db:"canonical_url"`
	OutletID string      `db:"outlet_id"`
	Night    ledger.Date `db:"night"`
}

func (w *world) articles() []storedArticle {
	w.t.Helper()
	var list []storedArticle
	if err := w.db.Select(&list, `select canonical_url, outlet_id, night from staging.articles order by canonical_url`); err != nil {
		w.t.Fatal(err)
	}
	return list
}

// truth is what the archives hold of the outlets.
func (w *world) truth() []storedArticle {
	list := make([]storedArticle, len(w.told))
	for i, c := range w.told {
		list[i] = storedArticle{URL: c.URL, OutletID: c.OutletID, Night: ledger.Date{Time: c.Night}}
	}
	slices.SortFunc(list, func(a, b storedArticle) int {
		if a.URL < b.URL {
			return -1
		}
		return 1
	})
	return list
}

// digest sums up a staging table, its row versions included: a row that is written
// anew with the same values changes it.
func (w *world) digest(table string) string {
	w.t.Helper()
	var sum string
	err := w.db.Get(&sum, `select coalesce(md5(string_agg(cast(x.xmin as text) || x.ctid || cast(x.article_id as text), ',' order by x.tableoid, x.ctid)), '') from `+table+` as x`)
	if err != nil {
		w.t.Fatal(err)
	}
	return sum
}

// content sums up what staging says, but for the run and the time of storing.
func (w *world) content() []string {
	w.t.Helper()
	var sums []string
	err := w.db.Select(&sums, `
		select md5(string_agg(concat_ws('|', night, article_id, outlet_id, canonical_url, url, title, body, published_at, content_hash, first_seen_at, fetched_at), ',' order by article_id))
		from staging.articles
		union all
		select coalesce(md5(string_agg(concat_ws('|', m.night, m.article_id, m.company_id), ',' order by m.article_id, m.company_id)), '')
		from staging.mentions as m
		union all
		select md5(string_agg(concat_ws('|', u.url, u.outlet_id, u.article_id), ',' order by u.url)) from ops.urls as u`)
	if err != nil {
		w.t.Fatal(err)
	}
	return sums
}
