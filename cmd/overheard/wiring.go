package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/fleet"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/recheck"
	"github.com/overheard-news/overheard/jobs/retention"
	"github.com/overheard-news/overheard/jobs/watch"
	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/transform/build"
)

// registries are the facts jobs work with: read and judged whole before
// anything starts.
type registries struct {
	outlets []outlets.Outlet
	seeds   seeds.Set
}

// loadRegistries reads the outlets (built in, or of crawl.outlets_dir) and the
// seed files; every fault is reported.
func (a *app) loadRegistries() (registries, error) {
	var list []outlets.Outlet
	var outletsErr error
	if dir := a.config.Crawl.OutletsDir; dir != "" {
		list, outletsErr = outlets.Load(dir)
	} else {
		list, outletsErr = outlets.BuiltIn()
	}
	set, seedsErr := seeds.BuiltIn()
	if err := errors.Join(outletsErr, seedsErr); err != nil {
		return registries{}, badUsage(err)
	}
	return registries{outlets: list, seeds: set}, nil
}

// wire puts the jobs together over an open database. close gives back what the
// crawler holds.
func (a *app) wire(db *sqlx.DB, reg registries, show collect.Progress, now func() time.Time) (work *jobs.Jobs, closeAll func(), err error) {
	config := a.config
	reportZone, err := time.LoadLocation(config.TimeZone)
	if err != nil {
		return nil, nil, badUsage(fmt.Errorf("time_zone: %w", err))
	}
	scheduleZone, err := time.LoadLocation(config.Schedule.TimeZone)
	if err != nil {
		return nil, nil, badUsage(fmt.Errorf("schedule.time_zone: %w", err))
	}
	fetcher, err := fetch.New(a.log, a.fetchConfig())
	if err != nil {
		return nil, nil, badUsage(err)
	}
	heartbeat, err := a.heartbeat()
	if err != nil {
		fetcher.Close()
		return nil, nil, err
	}
	builder, err := build.New(a.log, db)
	if err != nil {
		fetcher.Close()
		return nil, nil, err
	}
	collector, closeCollector, err := a.collector(db, reg, reportZone, fetcher, show, now)
	if err != nil {
		fetcher.Close()
		return nil, nil, err
	}
	closeAll = func() {
		closeCollector()
		fetcher.Close()
	}
	backfills, err := a.backfills(db, reg, collector, builder, now)
	if err != nil {
		closeAll()
		return nil, nil, err
	}
	work = jobs.New(a.log, db, jobs.Config{
		ReportZone:      reportZone,
		ScheduleZone:    scheduleZone,
		NightlySpec:     config.Schedule.Nightly,
		CollectSpec:     config.Schedule.Collect,
		RecheckSpec:     config.Schedule.Recheck,
		PruneSpec:       pruneSpec,
		CatchUpNights:   config.Schedule.CatchUpNights,
		CollectDeadline: config.Jobs.CollectDeadline,
		RecheckDeadline: config.Jobs.RecheckDeadline,
		BuildDeadline:   config.Jobs.BuildDeadline,
		NightlyDeadline: config.Jobs.NightlyDeadline,
		Fleet: fleet.Config{
			NightSlots:       config.Jobs.NightWorkers,
			BackfillSlots:    config.Jobs.BackfillWorkers,
			BackfillReserved: config.Jobs.BackfillReserved,
			RescueAfter:      config.Jobs.RescueAfter,
			DrainTimeout:     config.Jobs.DrainTimeout,
		},
		Metrics: a.metrics,
	}, jobs.Parts{
		Collector: collector,
		Watcher:   watch.New(a.log, db, watch.Config{Outlets: reg.outlets, ReportZone: reportZone}, now),
		Rechecker: recheck.New(a.log, db, recheck.Config{
			Outlets:     reg.outlets,
			Concurrency: config.Crawl.Concurrency,
			MaxAttempts: config.Crawl.MaxAttempts,
			Budget:      config.Jobs.RecheckDeadline * 9 / 10,
		}, collector, show, now),
		Builder:   builder,
		Backfills: backfills,
		Heartbeat: heartbeat,
		Retention: retention.New(a.log, db, config.Retention.terms(), now),
	}, now)
	return work, closeAll, nil
}

// session is what commands that work hold while they do.
type session struct {
	url  string // of the database, for what connects by itself
	db   *sqlx.DB
	jobs *jobs.Jobs
	show *progress
}

// session opens the database, reads the registries and wires the jobs, in the
// order in which faults are cheapest; all of it is given back when do returns.
func (a *app) session(ctx context.Context, do func(ctx context.Context, s session) error) error {
	reg, err := a.loadRegistries()
	if err != nil {
		return err
	}
	url, stop, err := a.databaseURL(ctx)
	if err != nil {
		return err
	}
	defer stop()
	db, closeDB, err := a.openAndMigrate(ctx, url)
	if err != nil {
		return err
	}
	defer closeDB()
	show := a.progress()
	defer show.Close()
	a.metrics = a.recorder(db)
	work, closeAll, err := a.wire(db, reg, show, time.Now)
	if err != nil {
		return err
	}
	defer closeAll()
	return do(ctx, session{url: url, db: db, jobs: work, show: show})
}

// verdict turns how a run ended into the exit code contract: refused by a check
// or the gate, or done with counted failures.
func verdict(report ledger.Report, err error) error {
	var refusal ledger.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Refused():
		return refused(err)
	case err != nil:
		return err
	case report.Failures > 0:
		return withFailures(fmt.Errorf("%s (run %d) is done with %d failures; overheard runs show %d tells them",
			report.Job, report.RunID, report.Failures, report.RunID))
	}
	return nil
}
