// Package notify tells people of alerts: in the log, by a webhook and by e-mail.
//
//	n, err := notify.New(lg, db, notify.Config{WebhookURL: address}, time.Now)
//	err = n.Run(ctx) // until ctx ends
//
// Any number of processes may run it. What is told of an alert, that it was opened
// and that it was closed, is a row of ops.alert_deliveries for each channel. A round
// plans rows (deliveries.go), takes those that are due and holds them (skip locked)
// while it sends them as one message (digest.go), so a storm of alerts is one
// message and no two processes send the same. Only a process that dies between
// sending and writing that down leaves a row that is sent a second time.
//
// What never was told as opened is not told as closed. A subject that comes and goes
// is told at most once in flapDamping: a new alert of it waits that long and is
// dropped if it closes before.
//
// webhook.go and email.go are the channels; heartbeat.go tells a watchdog elsewhere
// that a night has passed. Addresses and passwords of channels are secrets: they
// stand in no log, error or table (secret.go).
package notify

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

const (
	roundInterval = 15 * time.Second
	roundLimit    = 2 * time.Minute
	flapDamping   = 30 * time.Minute
	firstDelay    = 15 * time.Second // after a try that failed, doubled up to lastDelay
	lastDelay     = time.Hour
	maxTries      = 24                 // together about 17 hours
	closedWindow  = 7 * 24 * time.Hour // what closed longer ago is told no more
	maxClaim      = 5000               // alerts in one message
)

// Names of the channels, as stored in ops.alert_deliveries.channel.
const (
	Log     = "log"
	Webhook = "webhook"
	Email   = "email"
)

// Config says where alerts go besides the log. Empty values leave a channel out.
type Config struct {
	WebhookURL string   // http or https; private addresses are allowed, for the operator names it
	SMTPURL    string   // smtp://user:password@host:port (STARTTLS) or smtps:// (TLS from the start)
	EmailFrom  string   // address of the sender
	EmailTo    []string // addresses
	RootCAs    *x509.CertPool
}

// channel is a way to tell people.
type channel interface {
	name() string
	send(ctx context.Context, d digest) error
}

// Notifier tells people of alerts.
type Notifier struct {
	lg       *slog.Logger
	db       *sqlx.DB
	now      func() time.Time
	host     string
	channels []channel
}

// New returns a notifier with a channel for each that cfg names, and the log; now
// is the clock of delays.
func New(lg *slog.Logger, db *sqlx.DB, cfg Config, now func() time.Time) (*Notifier, error) {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown machine"
	}
	n := &Notifier{lg: lg, db: db, now: now, host: host, channels: []channel{&logbook{lg}}}
	if cfg.WebhookURL != "" {
		w, err := newWebhook(cfg)
		if err != nil {
			return nil, err
		}
		n.channels = append(n.channels, w)
	}
	if cfg.SMTPURL != "" {
		m, err := newMailer(cfg, host)
		if err != nil {
			return nil, err
		}
		n.channels = append(n.channels, m)
	}
	return n, nil
}

// Channels names the channels, the log first.
func (n *Notifier) Channels() []string {
	names := make([]string, len(n.channels))
	for i, c := range n.channels {
		names[i] = c.name()
	}
	return names
}

// Run does a round every few seconds until ctx ends. A round that fails is logged,
// and the next one tries again.
func (n *Notifier) Run(ctx context.Context) error {
	for {
		if err := n.Round(ctx); err != nil && ctx.Err() == nil {
			n.lg.Error("alerts could not be told", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(roundInterval):
		}
	}
}

// Round tells what there is to tell, once, by all channels at the same time. A
// channel that fails is no error of the round: it is logged, and tried again later.
func (n *Notifier) Round(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, roundLimit)
	defer cancel()
	if err := n.plan(ctx); err != nil {
		return err
	}
	var wait sync.WaitGroup
	faults := make([]error, len(n.channels))
	for i, c := range n.channels {
		wait.Go(func() { faults[i] = n.deliver(ctx, c) })
	}
	wait.Wait()
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	return nil
}

// Result says how a test notice went by one channel.
type Result struct {
	Channel string `json:"channel"`
	Error   string `json:"error"` // empty: it was taken
}

// Test sends a notice that says it is a test by every channel.
func (n *Notifier) Test(ctx context.Context) []Result {
	now := n.now().UTC()
	d := digest{host: n.host, notices: []notice{{
		Event: opened, Kind: "test", Subject: "alerts", Severity: "warn", State: "open", OpenedAt: now,
		Message: "This is a test of the ways alerts are told; nothing is wrong.", Remedy: "Nothing.",
	}}}
	results := make([]Result, len(n.channels))
	for i, c := range n.channels {
		results[i].Channel = c.name()
		if err := c.send(ctx, d); err != nil {
			results[i].Error = err.Error()
		}
	}
	return results
}

// logbook is the channel that is always there.
type logbook struct{ lg *slog.Logger }

func (l *logbook) name() string { return Log }

func (l *logbook) send(ctx context.Context, d digest) error {
	for _, x := range d.first() {
		lg := l.lg.With("alert_id", x.AlertID, "kind", x.Kind, "subject", x.Subject, "severity", x.Severity, "state", x.State, "message", x.Message)
		if x.Event == opened {
			lg.WarnContext(ctx, "alert opened")
		} else {
			lg.InfoContext(ctx, "alert closed")
		}
	}
	if rest := d.rest(); rest != "" {
		l.lg.WarnContext(ctx, "more alerts", "title", d.title(), "kinds", rest)
	}
	return nil
}

// delay is how long to wait after so many tries that failed.
func delay(tries int) time.Duration {
	d := firstDelay
	for range tries - 1 {
		d = min(2*d, lastDelay)
	}
	return d
}

// check says what is wrong with a configuration, in words without its secrets.
func (c Config) check() error {
	if c.SMTPURL == "" {
		return nil
	}
	if c.EmailFrom == "" || len(c.EmailTo) == 0 {
		return fmt.Errorf("e-mail needs a sender and at least one receiver")
	}
	_, err := parseSMTP(c.SMTPURL)
	return err
}
