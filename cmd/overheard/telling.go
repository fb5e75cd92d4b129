package main

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"github.com/overheard-news/overheard/jobs/metrics"
	"github.com/overheard-news/overheard/jobs/notify"
	"github.com/overheard-news/overheard/jobs/watch"
)

// notifier tells alerts as this installation is configured to; db may be nil if
// only a test is sent.
func (a *app) notifier(db *sqlx.DB) (*notify.Notifier, error) {
	c := a.config.Alerts
	var to []string
	if c.EmailTo != "" {
		list, err := mail.ParseAddressList(c.EmailTo)
		if err != nil {
			return nil, badUsage(fmt.Errorf("alerts.email_to: %w", err))
		}
		for _, address := range list {
			to = append(to, address.String())
		}
	}
	n, err := notify.New(a.log, db, notify.Config{
		WebhookURL: c.WebhookURL, SMTPURL: c.SMTPURL, EmailFrom: c.EmailFrom, EmailTo: to,
	}, time.Now)
	if err != nil {
		return nil, badUsage(err)
	}
	return n, nil
}

// heartbeat pings the watchdog of this installation; nil if there is none.
func (a *app) heartbeat() (*notify.Heartbeat, error) {
	h, err := notify.NewHeartbeat(a.log, a.config.Alerts.HeartbeatURL)
	if err != nil {
		return nil, badUsage(err)
	}
	return h, nil
}

// fleetWatcher notices what goes wrong with the work of this installation.
func (a *app) fleetWatcher(db *sqlx.DB) (*watch.FleetWatcher, error) {
	c := a.config
	reportZone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return nil, badUsage(fmt.Errorf("time_zone: %w", err))
	}
	scheduleZone, err := time.LoadLocation(c.Schedule.TimeZone)
	if err != nil {
		return nil, badUsage(fmt.Errorf("schedule.time_zone: %w", err))
	}
	deadline, err := timeOfDay(c.Alerts.NightDeadline)
	if err != nil {
		return nil, badUsage(fmt.Errorf("alerts.night_deadline: %w", err))
	}
	return watch.NewFleetWatcher(a.log, db, watch.FleetConfig{
		ReportZone: reportZone, ScheduleZone: scheduleZone, NightDeadline: deadline, Nights: c.Schedule.CatchUpNights, DataDir: c.DataDir,
	}, time.Now), nil
}

// recorder counts what this process does, for Prometheus.
func (a *app) recorder(db *sqlx.DB) *metrics.Recorder {
	version := buildVersion()
	cfg := metrics.Config{Version: version.Version, Revision: version.Revision}
	if a.config.Archive.Enabled {
		cfg.ArchiveDir = a.config.ArchiveDir()
	}
	return metrics.New(a.log, db, cfg)
}

// tellOnce looks at the work and tells what there is to tell, after a command that
// works: where cron runs the commands, nobody else would. Without a channel besides
// the log there is nobody to tell who does not see the command itself.
func (a *app) tellOnce(ctx context.Context, db *sqlx.DB) {
	if ctx.Err() != nil || a.config.Alerts.WebhookURL == "" && a.config.Alerts.SMTPURL == "" {
		return
	}
	notifier, err := a.notifier(db)
	if err == nil {
		var watcher *watch.FleetWatcher
		if watcher, err = a.fleetWatcher(db); err == nil {
			_, err = watcher.Look(ctx)
		}
		err = errors.Join(err, notifier.Round(ctx))
	}
	if err != nil {
		a.log.Warn("alerts could not be told", "error", err)
	}
}

// tell runs what watches the work and tells of alerts, until ctx ends. Any number
// of processes may.
func (a *app) tell(ctx context.Context, db *sqlx.DB) error {
	notifier, err := a.notifier(db)
	if err != nil {
		return err
	}
	watcher, err := a.fleetWatcher(db)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return watcher.Run(ctx) })
	g.Go(func() error { return notifier.Run(ctx) })
	return g.Wait()
}
