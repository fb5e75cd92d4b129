package collect

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/outlets"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func TestTheYieldOfAChannel(t *testing.T) {
	t.Parallel()
	number := func(v float64) *float64 { return &v }
	read := func(ago time.Duration, rate *float64) channel {
		at := noon.Add(-ago)
		return channel{State: "ok", LastPolledAt: &at, LastOKAt: &at, ItemsPerDay: rate}
	}
	dated := []discover.Item{{PublishedAt: noon.Add(-time.Hour)}, {PublishedAt: noon.Add(-20 * time.Hour)}, {PublishedAt: noon.Add(-30 * time.Hour)}, {}}
	for _, test := range []struct {
		name  string
		prior channel
		poll  discover.Poll
		fresh int
		want  *float64
	}{
		{"the first poll counts what is dated within a day", channel{}, discover.Poll{State: "ok", Items: dated}, 4, number(2)},
		{"a first poll without dates says nothing", channel{}, discover.Poll{State: "ok", Items: dated[3:]}, 1, nil},
		{"the second, without dates, a little", read(18*time.Hour, nil), discover.Poll{State: "ok", Items: dated[3:]}, 1, number(2)},
		{"a failure says nothing", read(time.Hour, number(5)), discover.Poll{State: "failed", Err: errors.New("no answer")}, 0, number(5)},
		{"a day weighs two thirds", read(24*time.Hour, number(10)), discover.Poll{State: "ok"}, 40, number(10 + 30*(1-1/math.E))},
		{"a 304 is a poll without news", read(24*time.Hour, number(10)), discover.Poll{State: "unchanged"}, 0, number(10 / math.E)},
		{"a quarter of an hour says little", read(15*time.Minute, number(10)), discover.Poll{State: "ok"}, 0, number(10 * math.Exp(-1./96))},
		{"a clock that stands still says nothing", read(0, number(10)), discover.Poll{State: "ok"}, 3, number(10)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := itemsPerDay(test.prior, test.poll, test.fresh, noon)
			if (got == nil) != (test.want == nil) || got != nil && math.Abs(*got-*test.want) > 1e-9 {
				t.Errorf("got %v, want %v", show(got), show(test.want))
			}
		})
	}
}

func show(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

func TestAnIndexYieldsWhatItsChildrenDo(t *testing.T) {
	t.Parallel()
	polls := []discover.Poll{
		{URL: "feed", Kind: "feed", ItemCount: 2, Items: []discover.Item{{URL: "a"}, {URL: "b"}}},
		{URL: "index", Kind: "sitemap"},
		{URL: "year", Kind: "sitemap", ParentURL: "index"},
		{URL: "month", Kind: "sitemap", ParentURL: "year", ItemCount: 3, Items: []discover.Item{{URL: "a"}, {URL: "b"}, {URL: "c"}}},
		{URL: "news", Kind: "sitemap", ParentURL: "index", ItemCount: 1, Items: []discover.Item{{URL: "d"}}},
	}
	fresh := map[string]kinds{"a": inFeed | inSitemap, "b": inSitemap, "d": inSitemap} // c was known, b by a feed
	shown, newItems := yields(polls, fresh)
	if diff := cmp.Diff([]int{2, 4, 0, 3, 1}, shown); diff != "" {
		t.Errorf("items shown (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{1, 3, 0, 2, 1}, newItems); diff != "" {
		t.Errorf("new items (-want +got):\n%s", diff)
	}
}

func TestChannelsInUse(t *testing.T) {
	t.Parallel()
	other := "http://paper.example/new-feed"
	declared := []outlets.Channel{{Kind: "feed", URL: "feed"}, {Kind: "sitemap", URL: "map"}}
	for _, test := range []struct {
		name   string
		states map[string]channel
		want   []string
	}{
		{"nothing is known", nil, []string{"feed declared", "map declared"}},
		{"one was replaced", map[string]channel{
			"feed": {Kind: "feed", Origin: "declared", ReplacedBy: &other},
			other:  {Kind: "feed", Origin: "accepted"},
		}, []string{"map declared", other + " accepted"}},
		{"one was found, others belong to an index, are past or were replaced", map[string]channel{
			"z": {Kind: "sitemap", Origin: "discovered"}, "child": {Kind: "sitemap", Origin: "child"},
			"past": {Kind: "feed", Origin: "declared"}, "gone": {Kind: "feed", Origin: "discovered", ReplacedBy: &other},
		}, []string{"feed declared", "map declared", "z discovered"}},
		{"what was found is declared now", map[string]channel{"map": {Kind: "sitemap", Origin: "discovered"}},
			[]string{"feed declared", "map declared"}},
		{"a section page while nothing else can be read", map[string]channel{
			"feed": {Kind: "feed", Origin: "declared", State: "failed"}, "front": {Kind: "page", Origin: "discovered", State: "ok"},
		}, []string{"feed declared", "map declared", "front discovered"}},
		{"and no longer", map[string]channel{
			"feed": {Kind: "feed", Origin: "declared", State: "unchanged"}, "front": {Kind: "page", Origin: "discovered", State: "ok"},
		}, []string{"feed declared", "map declared"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, u := range effective(declared, test.states) {
				got = append(got, u.URL+" "+u.origin)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("channels in use (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhenAnOutletIsExplored(t *testing.T) {
	t.Parallel()
	at := func(hours int) *time.Time { v := noon.Add(time.Duration(hours) * time.Hour); return &v }
	feed, sitemap := used{outlets.Channel{Kind: "feed", URL: "feed"}, originDeclared}, used{outlets.Channel{Kind: "sitemap", URL: "map"}, originDeclared}
	both := map[string]channel{"feed": {Kind: "feed", State: "ok"}, "map": {Kind: "sitemap", State: "unchanged"}}
	failing := map[string]channel{"feed": {Kind: "feed", State: "gone", FailureCount: 2}, "map": {Kind: "sitemap", State: "ok"}}
	for _, test := range []struct {
		name   string
		known  exploration
		states map[string]channel
		want   bool
	}{
		{"two kinds work", exploration{}, both, false},
		{"one kind works", exploration{}, map[string]channel{"feed": {Kind: "feed", State: "ok"}}, true},
		{"one kind works, and it was explored yesterday", exploration{ExploredAt: at(-24), NextAt: at(144)}, map[string]channel{"feed": {Kind: "feed", State: "ok"}}, false},
		{"a week has passed", exploration{ExploredAt: at(-170), NextAt: at(-1)}, both, true},
		{"a declared channel fails", exploration{}, failing, true},
		{"it failed already as the outlet was explored an hour ago", exploration{ExploredAt: at(-1), NextAt: at(160)}, failing, false},
		{"it fails still after a day", exploration{ExploredAt: at(-25), NextAt: at(140)}, failing, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := isExplorationDue(test.known, []used{feed, sitemap}, test.states, noon); got != test.want {
				t.Errorf("due %t, want %t", got, test.want)
			}
		})
	}
}

func TestWhichCandidatesAreTaken(t *testing.T) {
	t.Parallel()
	home := outlets.Outlet{ID: "paper", HomeURL: "http://paper.example/"}
	pattern := discover.LearnPattern([]string{
		"http://paper.example/2026/03/01/a-story-of-the-day", "http://paper.example/2026/03/02/another-story-of-it", "http://paper.example/2026/03/03/the-third-of-them",
		"http://paper.example/2026/03/04/a-fourth-one-too", "http://paper.example/2026/03/05/five-of-them-now", "http://paper.example/2026/03/06/six-of-them-now",
		"http://paper.example/2026/03/07/seven-and-counting", "http://paper.example/2026/03/08/eight-is-enough-now", "http://paper.example/2026/03/09/nine-is-more-still",
	})
	feed := used{outlets.Channel{Kind: "feed", URL: "feed"}, originDeclared}
	works := map[string]channel{"feed": {Kind: "feed", State: "ok"}}
	fails := map[string]channel{"feed": {Kind: "feed", State: "gone", FailureCount: 4}}
	found := []discover.Candidate{
		{Kind: "feed", URL: "bad"}, {Kind: "feed", URL: "feed2", IsVerified: true}, {Kind: "feed", URL: "feed3", IsVerified: true},
		{Kind: "sitemap", URL: "map", IsVerified: true}, {Kind: "page", URL: "section", IsVerified: true},
	}
	for _, test := range []struct {
		name       string
		states     map[string]channel
		candidates []discover.Candidate
		pattern    discover.Pattern
		want       []string
	}{
		{"a second kind beside a feed that works", works, found, pattern, []string{"map"}},
		{"both for a feed that fails", fails, found, pattern, []string{"feed2", "map"}},
		{"a section page where there is nothing else", fails, found[4:], pattern, []string{"section"}},
		{"the front page where nothing was found", fails, found[:1], pattern, []string{home.HomeURL}},
		{"not without the shape of its articles", fails, found[:1], discover.Pattern{}, nil},
		{"nothing that an operator replaced", map[string]channel{"feed": {State: "ok"}, "map": {ReplacedBy: &home.HomeURL}}, found, pattern, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, u := range choose(home, test.candidates, []used{feed}, test.states, test.pattern) {
				got = append(got, u.URL)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("taken (-want +got):\n%s", diff)
			}
		})
	}
	if pattern.IsZero() {
		t.Error("the pattern of the test is not learned")
	}
}
