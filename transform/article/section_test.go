package article

import "testing"

func TestSection(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, url, head, body, want string }{
		{"linked data", "", `<script type="application/ld+json">{"@type":"NewsArticle","articleSection":["Politics","World"]}</script>`, "", "Politics"},
		{"meta", "", `<meta property="article:section" content="Politics">`, "", "Politics"},
		{"a trail in the data", "", `<script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":[{"name":"Home"},{"name":"Politics"},{"name":"A bridge opens at last"}]}</script>`, "", "Politics"},
		{"a trail on the page", "", "", `<div class="breadcrumbs"><a href=/>Home</a><a href=/politics>Politics</a></div>`, "Politics"},
		{"the address", "https://example.com/politics/bridge-opens-at-last", "", "", "politics"},
		{"the address past what says nothing", "https://example.com/en/news/politics/bridge-opens-at-last", "", "", "politics"},
		{"an address by date", "https://example.com/2026/03/09/bridge-opens-at-last", "", "", ""},
		{"an address of one part", "https://example.com/bridge-opens-at-last", "", "", ""},
		{"the headline is no section", "https://example.com/bridge", `<meta property="article:section" content="A bridge opens at last">`, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.url == "" {
				tt.url = "https://example.com/bridge-opens-at-last"
			}
			a, v := normalise(t, Page{URL: tt.url, Body: []byte(document1("<title>A bridge opens at last</title>"+tt.head, "<h1>A bridge opens at last</h1>"+tt.body+story))})
			if a == nil {
				t.Fatalf("verdict %+v", v)
			}
			if a.Section != tt.want {
				t.Errorf("section = %q, want %q", a.Section, tt.want)
			}
		})
	}
}
