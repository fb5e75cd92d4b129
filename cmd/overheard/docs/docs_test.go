package docs_test

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/net/html"

	"github.com/overheard-news/overheard/cmd/overheard/docs"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

const given = `
insert into marts.nights (
	night, article_count, story_count, mention_count, company_count, outlet_count, country_count, language_count,
	panel_outlet_count, panel_outlet_up_count, panel_coverage_share, is_degraded, method_version, panel_id, revision, published_at, published_date
)
values
	('2026-11-20', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, false, 'ocpi-v1', 'p1', 1, '2026-11-21 02:00Z', '2026-11-21'),
	('2026-11-21', 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.62, true, 'ocpi-v1', 'p1', 3, '2026-11-22 02:00Z', '2026-11-22');
create table marts.odd (odd_id integer primary key, night date references marts.nights);
comment on table marts.odd is 'A <b>bold</b> & "quoted" table.';
comment on column marts.odd.odd_id is '</td><script>alert(1)</script>';
insert into marts.odd select n from generate_series(1, 12345) as n;
analyze marts.odd;`

func write(t *testing.T, db *sqlx.DB) (string, docs.Source) {
	t.Helper()
	source, err := docs.Read(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := docs.Write(&b, source); err != nil {
		t.Fatal(err)
	}
	return b.String(), source
}

// asReader connects as a BI tool does.
func asReader(t *testing.T, db *sqlx.DB) *sqlx.DB {
	t.Helper()
	bi, err := sqlx.Connect("postgres", warehousetest.URL(t, db, warehouse.Reader))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bi.Close() })
	return bi
}

func newDB(t *testing.T) *sqlx.DB {
	t.Helper()
	db := warehousetest.NewDB(t)
	db.MustExec(given)
	return db
}

// TestThePageTellsEverything holds the page against what it was made from.
func TestThePageTellsEverything(t *testing.T) {
	t.Parallel()
	page, source := write(t, asReader(t, newDB(t)))
	text, ids, links := read(t, page)
	want := func(what string) {
		t.Helper()
		if !strings.Contains(text, strings.Join(strings.Fields(what), " ")) {
			t.Errorf("the page does not say %q", what)
		}
	}
	for _, schema := range source.Schemas {
		want(schema.Comment)
		for _, r := range schema.Relations {
			if !slices.Contains(ids, r.FullName()) {
				t.Errorf("no entry of %s", r.FullName())
			}
			want(r.Comment)
			for _, c := range r.Columns {
				want(c.Name + " " + c.Type)
				want(c.Comment)
			}
		}
	}
	if len(source.Models) < 30 || len(source.Checks) < 20 || len(source.Constants) < 30 {
		t.Fatalf("%d models, %d checks, %d constants: the test looks at little", len(source.Models), len(source.Checks), len(source.Constants))
	}
	for _, m := range source.Models {
		want(m.Summary)
		want(m.SQL)
	}
	for _, c := range source.Checks {
		want(c.Message)
	}
	for _, c := range source.Constants {
		want(c.Name + " " + c.Value + " " + c.Unit + " " + c.Reason)
	}
	want("Last night published: 2026-11-21, revision 3, at 2026-11-22 02:00 UTC (ocpi-v1, panel p1, coverage 62 %, degraded); 2 nights in all.")
	want("about 12\u202f345 rows")
	for _, link := range links {
		target, isOwn := strings.CutPrefix(link, "#")
		if !isOwn || !slices.Contains(ids, target) {
			t.Errorf("a link leads nowhere: %s", link)
		}
	}
	if len(page) > 2<<20 {
		t.Errorf("the page has %d bytes: more than 2 MB", len(page))
	}
	t.Logf("%d bytes, %d links", len(page), len(links))
}

func TestThePageAsksForNothingElse(t *testing.T) {
	t.Parallel()
	page, _ := write(t, newDB(t))
	if loads := regexp.MustCompile(`(?i)\b(src|srcset|action|poster)\s*=|@import|url\(|<(link|iframe|img|object|embed)\b`).FindAllString(page, -1); loads != nil {
		t.Errorf("the page loads something: %q", loads)
	}
	for _, raw := range []string{"<b>bold", "<script>alert"} {
		if strings.Contains(page, raw) {
			t.Errorf("a comment is not escaped: %s", raw)
		}
	}
	if strings.Contains(docs.Policy(), "unsafe") {
		t.Errorf("the policy is weak: %s", docs.Policy())
	}
}

func TestADatabaseThatIsEmpty(t *testing.T) {
	t.Parallel()
	if page, _ := write(t, warehousetest.NewDB(t)); !strings.Contains(page, "No night is published") {
		t.Error("the page does not say that no night is published")
	}
	if _, err := docs.Read(t.Context(), warehousetest.NewEmptyDB(t)); err == nil || !strings.Contains(err.Error(), "overheard db migrate makes them") {
		t.Errorf("a database without a schema: %v", err)
	}
}

// TestSearchInABrowser opens the page in Chromium, where there is one, and looks
// at what a search leaves.
func TestSearchInABrowser(t *testing.T) {
	t.Parallel()
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed; the rest of the page is tested without")
	}
	page, _ := write(t, newDB(t))
	path := filepath.Join(t.TempDir(), "docs.html")
	if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		fragment      string
		shown, hidden []string
		found         string
	}{
		{"", []string{"marts.company_rankings", "lineage", "contents"}, nil, ""},
		{"#q=" + url.PathEscape("top10_probability rank_low"), []string{"marts.company_rankings"}, []string{"marts.outlets", "lineage", "contents", "schema-seeds"}, "found"},
		{"#q=no such word anywhere qqq", nil, []string{"marts.company_rankings", "schema-marts", "checks", "constants"}, "0 found"},
	} {
		document := open(t, browser, "file://"+path+strings.ReplaceAll(test.fragment, " ", "%20"))
		hidden := map[string]bool{}
		found := ""
		walk(document, func(n *html.Node) {
			if id := attribute(n, "id"); id != "" {
				hidden[id] = has(n, "hidden")
				if id == "found" && n.FirstChild != nil {
					found = n.FirstChild.Data
				}
			}
		})
		for _, id := range test.shown {
			if isHidden, is := hidden[id]; isHidden || !is {
				t.Errorf("%q: %s is not shown", test.fragment, id)
			}
		}
		for _, id := range test.hidden {
			if !hidden[id] {
				t.Errorf("%q: %s is shown", test.fragment, id)
			}
		}
		if !strings.Contains(found, test.found) {
			t.Errorf("%q: it says %q, want %q", test.fragment, found, test.found)
		}
	}
}

// open returns the document as it is after its script has run.
func open(t *testing.T, browser, address string) *html.Node {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=5000", "--dump-dom", address)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.Output()
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		t.Fatalf("open %s: %v\n%s", address, err, stderr.String())
	}
	if strings.Contains(stderr.String(), "Content Security Policy") {
		t.Errorf("the policy stands in the way: %s", stderr.String())
	}
	document, err := html.Parse(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// read returns the words of a page with single spaces, its ids and its links.
func read(t *testing.T, page string) (text string, ids, links []string) {
	t.Helper()
	document, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var words strings.Builder
	walk(document, func(n *html.Node) {
		if n.Type == html.TextNode {
			words.WriteString(n.Data)
			// Cells and paragraphs stand apart.
		} else if slices.Contains([]string{"td", "th", "p", "li", "article"}, n.Data) {
			words.WriteString(" ")
		}
		if id := attribute(n, "id"); id != "" {
			ids = append(ids, id)
		}
		if n.Data == "a" && has(n, "href") {
			links = append(links, attribute(n, "href"))
		}
	})
	return strings.Join(strings.Fields(words.String()), " "), ids, links
}

func walk(n *html.Node, visit func(*html.Node)) {
	visit(n)
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		walk(child, visit)
	}
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
