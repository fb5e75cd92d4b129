package main

import (
	"path/filepath"
	"runtime"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/archive"
	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/judge"
	"github.com/overheard-news/overheard/transform/match"
)

// collector puts together what reads and stores pages. closeAll ends its archive
// and its journal.
func (a *app) collector(
	db *sqlx.DB, reg registries, reportZone *time.Location, fetcher *fetch.Fetcher, show collect.Progress, now func() time.Time,
) (c *collect.Collector, closeAll func(), err error) {
	config := a.config
	matcher, err := match.New(reg.seeds)
	if err != nil {
		return nil, nil, err
	}
	judges, err := judge.Load()
	if err != nil {
		return nil, nil, err
	}
	inflight, err := collect.OpenInflight(filepath.Join(config.DataDir, "inflight"))
	if err != nil {
		return nil, nil, err
	}
	kept, closeArchive, err := a.archive(fetcher)
	if err != nil {
		_ = inflight.Close() // err says more
		return nil, nil, err
	}
	counted := a.metrics.Fetcher(fetcher)
	c = collect.New(a.log, db, collect.Config{
		Outlets:           reg.outlets,
		Seeds:             reg.seeds,
		ReportZone:        reportZone,
		Concurrency:       config.Crawl.Concurrency,
		Extractors:        runtime.GOMAXPROCS(0),
		MaxAge:            config.Crawl.MaxAge,
		MaxAttempts:       config.Crawl.MaxAttempts,
		MaxURLsPerOutlet:  config.Crawl.MaxURLsPerOutlet,
		OutletDeadline:    config.Crawl.OutletDeadline,
		Budget:            config.Jobs.CollectDeadline * 9 / 10, // so that it ends in order before its deadline
		Manners:           fetcher,
		TrustChannelDates: config.Crawl.TrustChannelDates,
		Archive:           kept,
		Judge:             judges,
		Meter:             a.metrics,
		ExtractTimeout:    config.Crawl.ExtractTimeout,
		Inflight:          inflight,
	}, counted, discover.New(a.log, counted), a.metrics.Normaliser(article.New(a.log, article.Config{})), matcher, show, now)
	return c, func() {
		closeArchive()
		if err := inflight.Close(); err != nil {
			a.log.Warn("the journal of pages being read could not be ended", "error", err)
		}
	}, nil
}

// archive opens the archive of fetched pages; nil if none is to be kept.
func (a *app) archive(fetcher *fetch.Fetcher) (kept collect.Archive, closeArchive func(), err error) {
	if !a.config.Archive.Enabled {
		return nil, func() {}, nil
	}
	pages, err := archive.Open(a.log, archive.Config{
		Dir: a.config.ArchiveDir(), MaxFileBytes: a.config.Archive.MaxFileBytes, Retention: a.config.Archive.Retention, Fetcher: fetcher,
	})
	if err != nil {
		return nil, nil, err
	}
	return pages, func() {
		if err := pages.Close(); err != nil {
			a.log.Warn("the archive of fetched pages could not be closed", "error", err)
		}
	}, nil
}
