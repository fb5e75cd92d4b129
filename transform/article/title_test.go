package article

import (
	"strings"
	"testing"
)

func TestTitle(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, head, heading, channel, want string }{
		{"linked data first", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"From the data"}</script><title>From the page title</title>`, "", "", "From the data"},
		{"og without h1", `<meta property="og:title" content="From the graph">`, "", "", "From the graph"},
		{"the h1 that others confirm", `<meta property="og:title" content="Ten photos of the bridge that opens">`, "Westhaven opens its bridge", "", "Westhaven opens its bridge"},
		{"an h1 of a box", `<meta property="og:title" content="A bridge opens at last">`, "12 comments", "", "A bridge opens at last"},
		{"a short h1 nobody confirms", `<meta property="og:title" content="A bridge opens at last">`, "Local news", "", "A bridge opens at last"},
		{"a kicker in the h1", `<meta property="og:title" content="A bridge opens at last">`, "<span>Westhaven</span> <span>A bridge opens at last</span>", "", "A bridge opens at last"},
		{"a kicker that others set apart", `<meta property="og:title" content="Westhaven: A bridge opens at last">`, "<span>Westhaven</span><span>A bridge opens at last</span>", "", "A bridge opens at last"},
		{"a word in bold is no kicker", `<title>Westhaven opens a bridge at last</title>`, "<b>Westhaven</b> opens a bridge at last", "", "Westhaven opens a bridge at last"},
		{"the site hangs on the h1", `<meta property="og:title" content="A bridge opens at last">`, "A bridge opens at last | Wonderful", "", "A bridge opens at last"},
		{"cut off, whole elsewhere", `<meta property="og:title" content="A bridge opens at last and nobody…"><title>A bridge opens at last and nobody came to see</title>`, "", "", "A bridge opens at last and nobody came to see"},
		{"a date hangs on the title", `<title>A bridge opens at last | 23.05.2011</title>`, "", "", "A bridge opens at last"},
		{"the text the page title repeats", `<title>Daily - Money - A bridge opens at last - Wonderful &amp; Fine</title>`, "</h1><div>A bridge opens at last</div><h1>", "", "A bridge opens at last"},
		{"two against one", `<meta property="og:title" content="Westhaven: now with bridge"><title>A bridge at last | Example</title>`, "A bridge at last", "", "A bridge at last"},
		{"the channel confirms", `<meta property="og:title" content="Ten photos"><title>Bridge opens | Example</title>`, "", "Bridge opens", "Bridge opens"},
		{"site at the end", `<title>Bridge opens - Example</title>`, "", "", "Bridge opens"},
		{"site and section at the end", `<title>Bridge opens | Example News | example.com</title>`, "", "", "Bridge opens"},
		{"site in front", `<title>Example.com - A bridge opens at last</title>`, "", "", "A bridge opens at last"},
		{"the trail in front", `<title>Example | Harbour | A bridge opens at last</title>`, "", "", "A bridge opens at last"},
		{"the section's h1", `<title>A bridge opens at last - Local News | Example</title>`, "Local News</h1><h3>A bridge opens at last</h3><h3>Read this too, it is good</h3><h1>", "", "A bridge opens at last"},
		{"a kicker that only the page title leaves out", `<title>A bridge opens at last | Example</title>`, "<span>From the harbour office:</span><span>A bridge opens at last</span>", "", "A bridge opens at last"},
		{"a numbered class", `<title>Example</title>`, "</h1><span class=headline2>A bridge opens at last</span><h1>", "", "A bridge opens at last"},
		{"a hyphen inside stays", `<title>Wait-and-see in Westhaven</title>`, "", "", "Wait-and-see in Westhaven"},
		{"escaped twice", `<meta property="og:title" content="Smith &amp;amp; Sons buy the ferry">`, "", "", "Smith & Sons buy the ferry"},
		{"soft hyphens go", "<title>Heli\u00adkopter\u00adlande\u00adplatz im Garten</title>", "", "", "Helikopterlandeplatz im Garten"},
		{"a logo is no heading", `<title>A bridge opens at last</title>`, "Example", "", "A bridge opens at last"},
		{"the channel last", ``, "", "From the feed", "From the feed"},
		{"an unclosed title is none", `<meta name=x content=y>`, strings.Repeat("word ", 100), "From the feed", "From the feed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := story
			if tt.heading != "" {
				body = "<h1>" + tt.heading + "</h1>" + story
			}
			a, v := normalise(t, Page{Body: []byte(document1(tt.head, body)), ChannelTitle: tt.channel})
			if a == nil {
				t.Fatalf("verdict %+v", v)
			}
			if a.Title != tt.want {
				t.Errorf("title = %q, want %q", a.Title, tt.want)
			}
		})
	}
}
