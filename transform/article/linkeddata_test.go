package article

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadLinkedData(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, script string
		want         linkedData
	}{
		{"a list of nodes", `[{"@type":"WebPage"},{"@type":"NewsArticle","headline":"A"}]`, linkedData{found: true, types: []string{"NewsArticle"}, headline: "A", others: []string{"WebPage"}}},
		{"inside a page", `{"@type":"WebPage","mainEntity":{"@type":"Article","headline":"A"}}`, linkedData{found: true, types: []string{"Article"}, headline: "A", others: []string{"WebPage"}}},
		{"a list points to other articles", `{"@type":"ItemList","itemListElement":[{"item":{"@type":"Article","headline":"A"}}]}`, linkedData{others: []string{"ItemList"}}},
		{"a full name as type", `{"@type":"http://schema.org/NewsArticle","headline":"A"}`, linkedData{found: true, types: []string{"http://schema.org/NewsArticle"}, headline: "A"}},
		{"two halves of one article", `[{"@type":"Article","headline":"A"},{"@type":"Article","headline":"A","datePublished":"2026-01-02","dateModified":"2026-01-03"}]`, linkedData{found: true, types: []string{"Article"}, headline: "A", published: "2026-01-02", modified: "2026-01-03"}},
		{"authors of all kinds", `{"@type":"Article","author":[{"@type":"Person","name":"Ada Quill"},"Ben Ink",{"@type":"Organization","name":"Reuters"},[{"givenName":"Cy","familyName":"Pen"}]]}`, linkedData{found: true, types: []string{"Article"}, authors: []string{"Ada Quill", "Ben Ink", "Reuters", "Cy Pen"}}},
		{"an author elsewhere in the graph", `{"@graph":[{"@type":"Article","author":{"@id":"#a"},"publisher":{"@id":"#p"}},{"@type":"Person","@id":"#a","name":"Ada Quill"},{"@type":"Organization","@id":"#p","name":"Example"}]}`, linkedData{found: true, types: []string{"Article"}, authors: []string{"Ada Quill"}, publisher: "Example", others: []string{"Person", "Organization"}}},
		{"not free in part", `{"@type":"Article","hasPart":{"@type":"WebPageElement","isAccessibleForFree":"False","cssSelector":".paid"}}`, linkedData{found: true, types: []string{"Article"}, isPaid: true, paidParts: []string{".paid"}}},
		{"a live blog with its entries", `{"@type":"LiveBlogPosting","headline":"A","liveBlogUpdate":[{"@type":"BlogPosting","headline":"B"}]}`, linkedData{found: true, types: []string{"LiveBlogPosting"}, headline: "A", isLive: true}},
		{"a trail", `{"@type":"BreadcrumbList","itemListElement":[{"name":"Home"},{"item":{"name":"Politics"}}]}`, linkedData{others: []string{"BreadcrumbList"}, crumbs: []string{"Home", "Politics"}}},
		{"goods", `{"@type":"Product","name":"Kettle"}`, linkedData{isCatalog: true, others: []string{"Product"}}},
		{"comment marks and commas too many", "<!-- {\"@type\":\"Article\",\n\"headline\":\"A\n\",} -->", linkedData{found: true, types: []string{"Article"}, headline: "A"}},
		{"no JSON", `window.x = 1`, linkedData{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := readLinkedData([]string{tt.script})
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(linkedData{})); diff != "" {
				t.Errorf("linked data (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzLinkedData(f *testing.F) {
	for _, s := range []string{
		`{"@graph":[{"@type":"Article","author":{"@id":"#a"}},{"@id":"#a","name":{"@id":"#a"}}]}`, `[[{"@type":["Article",5],"author":[[["x"]]]}]]`,
		`{"@type":"Article","author":"#x"} {"@id":"#x"}`, "<!-- {} -->", strings.Repeat("[", 50), `{"@id":"a","author":{"@id":"a"}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ld := readLinkedData([]string{s, s})
		if !ld.found && (ld.headline != "" || len(ld.authors) > 0) {
			t.Fatalf("%q: no article, but %+v", s, ld)
		}
	})
}
