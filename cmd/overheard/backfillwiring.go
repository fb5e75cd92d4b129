package main

import (
	"fmt"
	"os"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/backfill"
)

// backfills puts backfills together over an open database; past and builder are
// nil where no interval is worked on.
func (a *app) backfills(db *sqlx.DB, reg registries, past backfill.Past, builder backfill.Builder, now func() time.Time) (*backfill.Backfills, error) {
	zone, err := time.LoadLocation(a.config.TimeZone)
	if err != nil {
		return nil, badUsage(fmt.Errorf("time_zone: %w", err))
	}
	return backfill.New(a.log, db, backfill.Config{
		Outlets:     reg.outlets,
		ReportZone:  zone,
		HostGap:     a.config.Crawl.HostGap,
		DailyBudget: a.config.Crawl.HostDailyBudget,
	}, past, builder, now), nil
}

// operatorAndHost is who asks and from where, for the record.
func (a *app) operatorAndHost() string {
	host, err := os.Hostname()
	if err != nil {
		return a.operator()
	}
	return a.operator() + "@" + host
}
