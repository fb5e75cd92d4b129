package importing

import (
	"testing"

	"github.com/overheard-news/overheard/crawlers/outlets"
)

func TestOwners(t *testing.T) {
	t.Parallel()
	o := ownersOf([]outlets.Outlet{
		{ID: "times", HomeURL: "https://www.times.example/"},
		{ID: "gazette", HomeURL: "https://gazette.example/en/"},
		{ID: "world", HomeURL: "https://www.world.example/"},
		{ID: "mundo", HomeURL: "https://www.world.example/mundo"},
		{ID: "desk", HomeURL: "https://news.desk.example/"},
		{ID: "portal", HomeURL: "https://yahoo.com/"},
		{ID: "press", HomeURL: "http://echo.localhost:8099/"},
	})
	tests := []struct{ name, address, want string }{
		{"the host of the front page", "https://www.times.example/a", "times"},
		{"without www.", "https://times.example/a", "times"},
		{"for telephones", "http://m.times.example/a?b=c", "times"},
		{"a host below it", "https://sport.eu.times.example/a", "times"},
		{"in capitals, with the usual port", "HTTPS://WWW.Times.Example:443/a", "times"},
		{"only a host", "https://times.example", "times"},
		{"a query without a path", "https://times.example?id=7", "times"},
		{"a host whose name only ends alike", "https://thetimes.example/a", ""},
		{"a host above", "https://example/a", ""},
		{"a host above one that has a name of its own", "https://desk.example/a", ""},
		{"a front page in a folder: the whole host is the outlet's", "https://gazette.example/de/a", "gazette"},
		{"a host that two share: the folder of one", "https://www.world.example/mundo/a", "mundo"},
		{"a host that two share: the rest", "https://www.world.example/mundology", "world"},
		{"an aggregator below an outlet", "https://news.yahoo.com/a", ""},
		{"another host below the same", "https://sport.yahoo.com/a", "portal"},
		{"a port of its own", "http://echo.localhost:8099/a", "press"},
		{"another port", "http://echo.localhost:8100/a", ""},
		{"a name in the address that is no host", "https://evil.example/times.example", ""},
		{"a user that looks like a host", "https://times.example@evil.example/", ""},
		{"not of the web", "dns:times.example", ""},
		{"nothing", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := o.of(test.address); got != test.want {
				t.Errorf("%s belongs to %q, want %q", test.address, got, test.want)
			}
		})
	}
}
