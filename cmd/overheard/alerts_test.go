package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/watch"
)

// mover is a decent paper whose feed moves to another address when it is told to;
// its front page names the one in use.
type mover struct {
	*newsstand
	name     string
	articles int
	hasMoved atomic.Bool
	edition  atomic.Int64 // of the articles' texts
	isGone   atomic.Bool  // article 1
}

func (m *mover) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at, old := "/feed", "/rss/all"
	if m.hasMoved.Load() {
		at, old = old, at
	}
	number, isArticle := strings.CutPrefix(r.URL.Path, "/news/")
	switch {
	case r.URL.Path == old, isArticle && number == "1" && m.isGone.Load():
		http.NotFound(w, r)
	case r.URL.Path == at:
		var paths []string
		for i := range m.articles {
			paths = append(paths, "/news/"+strconv.Itoa(i)+"?utm_source=rss")
		}
		io.WriteString(w, m.feed(m.name, paths...))
	case isArticle:
		page := newsPage(m.name, number)
		if n := m.edition.Load(); n > 0 && number == "0" {
			page = strings.ReplaceAll(page, "nine hundred people", fmt.Sprintf("%d,000 people, a correction says", n))
		}
		io.WriteString(w, page)
	case r.URL.Path == "/":
		fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>The %[1]s</title><link rel="alternate" type="application/rss+xml" title="All" href="%[2]s"></head>
<body><h1>The %[1]s</h1><p><a href="/news/0">The plant</a></p></body></html>`, m.name, at)
	default:
		http.NotFound(w, r)
	}
}

func newMover(t *testing.T, name string) (*mover, operator) {
	t.Helper()
	m := &mover{newsstand: newNewsstand(t), name: name, articles: 3}
	m.add(name, "feed", "/feed", m)
	return m, newOperator(t, m.registry(t))
}

func alertsOf(t *testing.T, o operator, flags ...string) (list []watch.Alert) {
	t.Helper()
	got := o.call(t, append([]string{"outlets", "alerts", "--json"}, flags...)...)
	if err := json.Unmarshal([]byte(got.stdout), &list); err != nil {
		t.Fatalf("%v: %s%s", err, got.stdout, got.stderr)
	}
	return list
}

// TestAFeedThatMovesIsRepairedWithOneCommand moves a feed under a running
// installation and follows the operator from the alarm to the registry.
func TestAFeedThatMovesIsRepairedWithOneCommand(t *testing.T) {
	t.Parallel()
	m, o := newMover(t, "mover")
	collect := func() {
		t.Helper()
		if got := o.call(t, "collect"); got.code == exitUsage {
			t.Fatal(got.stderr)
		}
	}
	collect()
	if list := alertsOf(t, o); len(list) > 0 {
		t.Fatalf("alerts of a healthy outlet: %+v", list)
	}
	m.hasMoved.Store(true)
	collect()
	if list := alertsOf(t, o); len(list) > 0 {
		t.Errorf("alerts after one poll that failed: %+v", list)
	}
	collect() // the second poll that fails: the outlet is explored, too
	collect() // what was found is polled
	list := alertsOf(t, o)
	var moved *watch.Alert
	for i := range list {
		if list[i].Kind == watch.FeedMoved {
			moved = &list[i]
		}
	}
	if moved == nil || moved.Proposal == nil || moved.Proposal.URL != m.url("mover", "/rss/all") {
		t.Fatalf("alerts %+v, want a moved feed with %s proposed", list, m.url("mover", "/rss/all"))
	}
	table := o.call(t, "outlets", "alerts").stdout
	if !strings.Contains(table, "feed_moved") || !strings.Contains(table, "use feed "+m.url("mover", "/rss/all")+" instead") {
		t.Errorf("the table does not show the proposal:\n%s", table)
	}
	id := strconv.FormatInt(moved.AlertID, 10)
	accepted := o.call(t, "outlets", "accept", id)
	if want := fmt.Sprintf("- {kind: feed, url: %q}", m.url("mover", "/rss/all")); accepted.code != exitDone || !strings.Contains(accepted.stdout, want) {
		t.Errorf("exit code %d, output without the line %s:\n%s%s", accepted.code, want, accepted.stdout, accepted.stderr)
	}
	collect()
	if list := alertsOf(t, o); len(list) > 0 {
		t.Errorf("alerts after the repair: %+v", list)
	}
	if list := alertsOf(t, o, "--all"); len(list) < 2 {
		t.Errorf("%d alerts with --all, want the closed ones", len(list))
	}
	for _, bad := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"accept", id}, exitRefused, "is accepted already"},
		{[]string{"dismiss", id}, exitRefused, "is accepted already"},
		{[]string{"accept", "999"}, exitUsage, "no such alert"},
		{[]string{"accept", "the-last"}, exitUsage, "an alert is a number"},
	} {
		if got := o.call(t, append([]string{"outlets"}, bad.args...)...); got.code != bad.code || !strings.Contains(got.stderr, bad.says) {
			t.Errorf("outlets %s: exit code %d, want %d and %q: %s", bad.args, got.code, bad.code, bad.says, got.stderr)
		}
	}
}

// TestADismissedAlertStaysAway: the operator knows better.
func TestADismissedAlertStaysAway(t *testing.T) {
	t.Parallel()
	n := newNewsstand(t)
	n.add("dead", "feed", "/feed", http.NotFoundHandler())
	o := newOperator(t, n.registry(t))
	o.call(t, "collect")
	o.call(t, "collect")
	list := alertsOf(t, o)
	if len(list) != 1 || list[0].Kind != watch.ChannelDown || list[0].Severity != watch.Fail {
		t.Fatalf("alerts %+v, want one channel down", list)
	}
	id := strconv.FormatInt(list[0].AlertID, 10)
	if got := o.call(t, "outlets", "accept", id); got.code != exitRefused || !strings.Contains(got.stderr, "proposes no repair") {
		t.Errorf("exit code %d, want %d: %s", got.code, exitRefused, got.stderr)
	}
	if got := o.call(t, "outlets", "dismiss", id, "--reason", "sold in May"); got.code != exitDone {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	o.call(t, "collect")
	if list := alertsOf(t, o); len(list) > 0 {
		t.Errorf("alerts after the dismissal: %+v", list)
	}
	o.database(t, func(db *sqlx.DB) {
		if got := query(t, db, `select concat_ws(' ', state, evidence ->> 'dismissed_because') from ops.alerts`); len(got) != 1 || got[0] != "dismissed sold in May" {
			t.Errorf("alerts %q", got)
		}
	})
	if got := o.call(t, "outlets", "alerts"); got.stdout != "no alert is open\n" {
		t.Errorf("stdout %q", got.stdout)
	}
}
