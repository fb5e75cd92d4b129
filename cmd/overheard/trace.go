package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/jobs/trace"
	"github.com/overheard-news/overheard/transform/canonical"
)

func newTraceCommand(app *app) *cobra.Command {
	var live bool
	cmd := &cobra.Command{
		Use:   "trace URL",
		Short: "Tell the whole life of an address",
		Long: `Tells all that is known of an address: which channel announced it and when, every
fetch and what became of it, the article with its dates and texts, its story, the
companies it names, and on which published night it counts. The address may be the
article's own or one that a channel wrote, with tracking and all.

Of an address nobody announced it tells whose it is, how the outlet's channels
stand, and which known addresses look like it. It reads and changes nothing.`,
		Example:     "overheard trace https://example.com/news/plant-opens",
		Args:        cobra.ExactArgs(1),
		Annotations: map[string]string{noteSettings: "crawl."},
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := canonical.Clean(args[0]); err != nil {
				return badUsage(err)
			}
			list, err := app.outlets()
			if err != nil {
				return err
			}
			return app.withDatabase(cmd.Context(), func(ctx context.Context, db *sqlx.DB) error {
				told := tracedLife{}
				if told.Life, err = trace.New(db, list).Trace(ctx, args[0]); err != nil {
					return err
				}
				if live {
					told.Robots = app.askRobots(ctx, told.URL)
				}
				if app.isJSON {
					return app.printJSON(told)
				}
				writeLife(app.stdout, told)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&live, "live", false, "ask the robots.txt of its host now, with one request")
	return cmd
}

// tracedLife is a life as trace prints it.
type tracedLife struct {
	trace.Life
	Robots *robotsVerdict `json:"robots,omitempty"` // only with --live
}

// robotsVerdict is what a host's robots.txt says of an address.
type robotsVerdict struct {
	IsAllowed bool   `json:"is_allowed"`
	Rule      string `json:"rule"`  // the line that decided; empty if none did
	Error     string `json:"error"` // why it could not be asked
}

func (a *app) askRobots(ctx context.Context, address string) *robotsVerdict {
	f, err := fetch.New(a.log, a.fetchConfig())
	if err != nil {
		return &robotsVerdict{Error: err.Error()}
	}
	defer f.Close()
	isAllowed, rule, err := f.IsAllowed(ctx, address)
	v := &robotsVerdict{IsAllowed: isAllowed, Rule: rule}
	if err != nil {
		v.Error = err.Error()
	}
	return v
}

// lifeWriter prints a life in blocks of "word  value" lines.
type lifeWriter struct {
	w    io.Writer
	rows [][]string
}

func (l *lifeWriter) block(title string) {
	l.flush()
	fmt.Fprintf(l.w, "\n%s\n", title)
}

// add puts a line into the block, unless it says nothing.
func (l *lifeWriter) add(word, value string) {
	if value != "" {
		l.rows = append(l.rows, []string{"  " + word, value})
	}
}

func (l *lifeWriter) flush() {
	writeColumns(l.w, nil, l.rows)
	l.rows = nil
}

func writeLife(w io.Writer, life tracedLife) {
	l := &lifeWriter{w: w}
	fmt.Fprintln(w, life.URL)
	if life.Query != life.URL {
		l.add("asked as", life.Query)
	}
	if o := life.Outlet; o != nil {
		l.add("outlet", strings.TrimSpace(strings.Join([]string{o.Name, "(" + o.OutletID + ")", o.Country}, " ")))
	}
	if !life.IsKnown {
		l.stranger(life)
	}
	for _, a := range life.Addresses {
		title := "Announced"
		if a.URL != life.URL {
			title = "Known as " + a.URL
		}
		l.address(title, a)
	}
	if life.Article != nil {
		l.article(life.Life)
		l.counted(life.Life)
	}
	if r := life.Robots; r != nil {
		l.robots(*r)
	}
	l.flush()
}

func (l *lifeWriter) address(title string, a trace.Address) {
	l.block(title)
	var kinds []string
	for _, k := range []struct {
		name string
		is   bool
	}{{"feed", a.IsInFeed}, {"sitemap", a.IsInSitemap}, {"page", a.IsInPage}} {
		if k.is && k.name != a.ChannelKind {
			kinds = append(kinds, k.name)
		}
	}
	by := a.ChannelKind + " " + a.ChannelURL
	if len(kinds) > 0 {
		by += ", also by a " + strings.Join(kinds, " and a ")
	}
	l.add("by", by)
	l.add("at", stamp(a.DiscoveredAt)+inRun(&a.DiscoveredRun))
	if a.AnnouncedURL != nil {
		l.add("written as", *a.AnnouncedURL)
	}
	if a.PublishedAt != nil {
		l.add("dated", stamp(*a.PublishedAt))
	}
	l.add("headline", orNothing(a.ChannelTitle))
	for _, t := range a.Attempts {
		l.add("fetched", attemptLine(t))
	}
	switch {
	case a.Outcome == nil && a.NextAttemptAt != nil:
		l.add("outcome", "waits, not before "+stamp(*a.NextAttemptAt)+because(a.Reason))
	case a.Outcome == nil:
		l.add("outcome", "waits to be fetched"+because(a.Reason))
	default:
		line := *a.Outcome
		if a.PageType != nil && *a.PageType != *a.Outcome {
			line += ", a page of type " + *a.PageType
		}
		if a.HTTPStatus != nil {
			line += fmt.Sprintf(", status %d", *a.HTTPStatus)
		}
		if a.DecidedAt != nil {
			line += ", " + stamp(*a.DecidedAt) + inRun(a.DecidedRun)
		}
		l.add("outcome", line+because(a.Reason))
	}
}

func attemptLine(t trace.Attempt) string {
	line := stamp(t.AttemptedAt) + inRun(&t.RunID)
	if t.Purpose != "first" {
		line += ", " + t.Purpose
	}
	if t.HTTPStatus != nil {
		line += fmt.Sprintf(", status %d", *t.HTTPStatus)
	} else {
		line += ", no answer"
	}
	if t.ByteCount > 0 {
		line += fmt.Sprintf(", %d bytes", t.ByteCount)
	}
	if t.Seconds != nil {
		line += fmt.Sprintf(" in %.2f s", *t.Seconds)
	}
	if t.Outcome == nil {
		line += ", to be tried again"
	} else {
		line += ", " + *t.Outcome
	}
	return line + because(t.Reason)
}

func (l *lifeWriter) stranger(life tracedLife) {
	l.block("Not known")
	if life.Outlet == nil {
		l.add("", "No outlet of the registry lives on its host, and no channel has announced it.")
	} else {
		l.add("", "No channel of the outlet has announced it.")
	}
	for _, c := range life.Channels {
		line := c.Kind + " " + c.ChannelURL + ": " + c.State
		if c.LastPolledAt != nil {
			line += ", polled " + stamp(*c.LastPolledAt)
		}
		line += fmt.Sprintf(", %d items", c.ItemCount)
		l.add("channel", line+because(c.Error))
	}
	for _, n := range life.Near {
		l.add("alike", n.URL+" ("+orElse(n.Outcome, "waits")+")")
	}
}

func (l *lifeWriter) robots(r robotsVerdict) {
	l.block("Robots, asked now")
	switch {
	case r.Error != "":
		l.add("", "could not be asked: "+r.Error)
	case r.IsAllowed:
		l.add("", "allowed"+by(r.Rule))
	default:
		l.add("", "forbidden"+by(r.Rule))
	}
}

func by(rule string) string {
	if rule == "" {
		return ""
	}
	return " by " + strconv.Quote(rule)
}

// stamp is a time as the commands print it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

func inRun(id *int64) string {
	if id == nil {
		return ""
	}
	return fmt.Sprintf(" (run %d)", *id)
}

func because(reason *string) string {
	if reason == nil || *reason == "" {
		return ""
	}
	return ": " + *reason
}

func orNothing(s *string) string { return orElse(s, "") }

func orElse(s *string, other string) string {
	if s == nil {
		return other
	}
	return *s
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
