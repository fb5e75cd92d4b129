package robots

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRulesOfOneAgent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, robots, path string
		want               bool
	}{
		{"nothing said allows all", "", "/a", true},
		{"everyone is forbidden all", "User-agent: *\nDisallow: /\n", "/a", false},
		{"an empty rule forbids nothing", "User-agent: *\nDisallow:\n", "/a", true},
		{"our group replaces the one of everyone", "User-agent: *\nDisallow: /\n\nUser-agent: OverheardBot\nDisallow: /b\n", "/a", true},
		{"our group forbids", "User-agent: *\nAllow: /\nUser-agent: overheardbot/2.0\nDisallow: /b\n", "/b", false},
		{"two groups of ours are one", "User-agent: OverheardBot\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: OverheardBot\nDisallow: /b\n", "/b", false},
		{"rules of others do not concern us", "User-agent: x\nDisallow: /\n", "/a", true},
		{"the longest pattern wins", "User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/b/c", true},
		{"allow wins a tie", "User-agent: *\nDisallow: /a\nAllow: /a\n", "/a", true},
		{"a star stands for anything", "User-agent: *\nDisallow: /*?print=\n", "/a/b?print=1", false},
		{"a dollar stands for the end", "User-agent: *\nDisallow: /*.pdf$\n", "/a.pdf?x", true},
		{"the last part of an anchored pattern is looked for at the end", "User-agent: *\nDisallow: /*.pdf$\n", "/a.pdf/b.pdf", false},
		{"a dollar in the middle is a dollar", "User-agent: *\nDisallow: /a$b\n", "/a$b", false},
		{"comments are skipped", "User-agent: * # all\nDisallow: /a # not this\n", "/a", false},
		{"old Macintosh line ends", "User-agent: *\rDisallow: /a\r", "/a", false},
		{"a misspelt key", "Useragent: *\nDisalow: /a\n", "/a", false},
		{"no colon", "User-agent *\nDisallow /a\n", "/a", false},
		{"other scripts", "User-agent: *\nDisallow: /новости\n", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1", false},
		{"HTML says nothing", "<!doctype html><title>Disallow: /</title>", "/a", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Parse([]byte(c.robots), "OverheardBot").Allows(c.path); got != c.want {
				t.Errorf("Allows(%q) = %v, want %v, of %q", c.path, got, c.want, c.robots)
			}
		})
	}
}

// However pattern and path are escaped, a path that is forbidden stays so.
func TestEscapingIsNoWayRound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rules, path string
		want        bool
	}{
		{"Disallow: /%C3%A4", "/%c3%a4/x", false},
		{"Disallow: /%c3%a4", "/%C3%A4/x", false},
		{"Disallow: /ä", "/%c3%a4/x", false},
		{"Disallow: /ä", "/ä/x", false},
		{"Disallow: /%c3%a4", "/ä/x", false},
		{"Disallow: /~bob", "/%7Ebob/", false},
		{"Disallow: /~bob", "/%7ebob/", false},
		{"Disallow: /%7ebob", "/~bob/", false},
		{"Disallow: /pr%69vate", "/private/x", false},
		{"Disallow: /private", "/pr%69vate/x", false},
		{"Disallow: /private", "/%70%72%69%76%61%74%65", false},
		{"Disallow: /a.html$", "/a%2ehtml", false},
		{"Disallow: /*?page=", "/a?%70age=2", false},
		{"Disallow: /a b", "/a%20b", false},
		{"Disallow: /a|b", "/a%7cb", false},
		// What is reserved means something else when escaped.
		{"Disallow: /a/b", "/a%2Fb", true},
		{"Disallow: /a%2fb", "/a%2Fb", false},
		{"Disallow: /a%2fb", "/a/b", true},
		{"Disallow: /a?b", "/a%3Fb", true},
		// Stars and dollars, and their escapes.
		{"Disallow: /a%2Ab", "/a*b", false},
		{"Disallow: /a%2ab", "/a%2Ab", false},
		{"Disallow: /a%2Ab", "/aXb", true},
		{"Disallow: /a*b", "/aX%2Ab", false},
		{"Disallow: /a%24", "/a$", false},
		{"Disallow: /a%24", "/a$b", false},
		{"Disallow: /a%24", "/a", true},
		{"Disallow: /a$b", "/a%24b", false},
		{"Disallow: /a$", "/a%24", true},
		{"Disallow: /a$", "/%61", false},
		// Nothing to undo.
		{"Disallow: /a%zz", "/a%zz", false},
		{"Disallow: /a%", "/a%", false},
		{"Disallow: /100%25", "/100%25", false},
		{"Disallow: /%2541", "/%41", true},
		{"Disallow: /%2541", "/%2541", false},
		// An allow rule must match as spelled, too: the stricter reading counts.
		{"Disallow: /\nAllow: /%c3%a4", "/%C3%A4", true},
		{"Disallow: /\nAllow: /%C3%A4", "/%c3%a4", true},
		{"Disallow: /\nAllow: /ä", "/%c3%a4", true},
		{"Disallow: /\nAllow: /a-%2A.html", "/a-*.html", true},
		{"Disallow: /\nAllow: /a%24", "/a$", true},
		{"Disallow: /\nAllow: /a b", "/a%20b", true},
		{"Disallow: /\nAllow: /~bob", "/~bob/", true},
		{"Disallow: /\nAllow: /pr%69vate", "/private", false},
		{"Disallow: /b\nAllow: /b/%69ndex", "/b/index", false},
		{"Disallow: /a\nAllow: /a*b$", "/a/b", true},
	} {
		if got := Parse([]byte("User-agent: *\n"+c.rules+"\n"), "OverheardBot").Allows(c.path); got != c.want {
			t.Errorf("Allows(%q) = %v, want %v, of %q", c.path, got, c.want, c.rules)
		}
	}
}

func TestCrawlDelay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, robots string
		want         time.Duration
	}{
		{"none", "User-agent: *\nDisallow: /a\n", 0},
		{"of everyone", "User-agent: *\nCrawl-delay: 2\n", 2 * time.Second},
		{"a fraction", "User-agent: *\nCrawl-delay: 0.5\n", 500 * time.Millisecond},
		{"ours wins, also when shorter", "User-agent: *\nCrawl-delay: 9\nUser-agent: OverheardBot\nCrawl-delay: 1\n", time.Second},
		{"of another agent", "User-agent: x\nCrawl-delay: 9\n", 0},
		{"nonsense", "User-agent: *\nCrawl-delay: soon\n", 0},
		{"not a number", "User-agent: *\nCrawl-delay: NaN\n", 0},
		{"less than nothing", "User-agent: *\nCrawl-delay: -3\n", 0},
		{"for ever", "User-agent: *\nCrawl-delay: Inf\n", 1e6 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Parse([]byte(c.robots), "OverheardBot").CrawlDelay; got != c.want {
				t.Errorf("CrawlDelay = %v, want %v, of %q", got, c.want, c.robots)
			}
		})
	}
}

func TestSitemapsAreKept(t *testing.T) {
	t.Parallel()
	got := Parse([]byte("Sitemap: https://a.example/s.xml\nUser-agent: x\nDisallow: /\n"), "OverheardBot").Sitemaps
	if len(got) != 1 || got[0] != "https://a.example/s.xml" {
		t.Errorf("Sitemaps = %q", got)
	}
}

// The published vectors hold each reader to the letter of the RFC.
func TestVectors(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("OVERHEARD_SHARED")
	if shared == "" {
		t.Skip("OVERHEARD_SHARED names no corpus")
	}
	for _, name := range []string{"google_vectors.jsonl", "extra_vectors.jsonl"} {
		file, err := os.Open(filepath.Join(shared, "corpus", "robots", name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		count := 0
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var v struct {
				Test, Robots, Agent, URL string
				Allowed                  bool
			}
			if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
				t.Fatal(err)
			}
			count++
			// Two vectors (ID_Encoding with ツ) were recorded with the line end
			// of their C++ source still escaped; no robots.txt means that.
			v.Robots = strings.ReplaceAll(v.Robots, `\n`, "\n")
			if got := Parse([]byte(v.Robots), v.Agent).Allows(pathOf(v.URL)); got != v.Allowed {
				t.Errorf("%s: %s: agent %q, URL %q: allowed = %v, want %v, of %.300q", name, v.Test, v.Agent, v.URL, got, v.Allowed, v.Robots)
			}
		}
		t.Logf("%s: %d vectors", name, count)
	}
}

// What a hostile file costs: nothing takes a second.
func TestHostileFilesAreReadInTime(t *testing.T) {
	t.Parallel()
	fill := func(line string) string { return "User-agent: *\n" + strings.Repeat(line, MaxBytes/len(line)) }
	for name, c := range map[string]struct{ robots, path string }{
		"stars without end":    {fill("Disallow: /" + strings.Repeat("*a", 8000) + "b\n"), "/" + strings.Repeat("a", 16_000)},
		"many short patterns":  {fill("Disallow: /*z\n"), "/" + strings.Repeat("y", 16_000)},
		"many allow rules":     {fill("Allow: /*z$\n"), "/" + strings.Repeat("z", 16_000)},
		"one line":             {"User-agent: *\nDisallow: /" + strings.Repeat("*", MaxBytes), "/a"},
		"agents without rules": {fill("User-agent: x\n"), "/a"},
		"escapes":              {fill("Disallow: /" + strings.Repeat("%41", 100) + "\n"), "/" + strings.Repeat("%41", 5000)},
		"no line ends":         {strings.Repeat("a", MaxBytes), "/a"},
	} {
		began := time.Now()
		Parse([]byte(c.robots), "OverheardBot").Allows(c.path)
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s: took %v", name, took)
		} else {
			t.Logf("%s: %v", name, took)
		}
	}
}

// pathOf cuts the path and query out of a URL that need not be a valid one.
func pathOf(u string) string {
	u, _, _ = strings.Cut(u, "#")
	if i := strings.Index(u, "//"); i >= 0 {
		u = u[i+2:]
	}
	i := strings.IndexAny(u, "/?;")
	if i < 0 {
		return "/"
	}
	if u[i] != '/' {
		return "/" + u[i:]
	}
	return u[i:]
}

func FuzzParse(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\nCrawl-delay: 1\n", "/aXb")
	f.Add("\ufeffUser agent: x\rDisallow /%e3\x80\n", "/%E3")
	f.Fuzz(func(t *testing.T, body, path string) {
		rules := Parse([]byte(body), "OverheardBot")
		began := time.Now()
		isAllowed, line := rules.Decide(path)
		if !isAllowed && !strings.HasPrefix(line, "Disallow: ") {
			t.Errorf("forbidden by %q", line)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v", took)
		}
		if rules.CrawlDelay < 0 {
			t.Errorf("CrawlDelay = %v", rules.CrawlDelay)
		}
	})
}
