package outlets

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/sql/seeds"
)

// sound is the format as DESIGN of the registry gives it.
const sound = `- id: example-times            # stable, never reused
  name: The Example Times
  publisher: example-group     # owner: the unit of independence
  country: GB                  # ISO 3166-1 alpha-2
  language: en                 # BCP 47
  tier: 1                      # 1 mainstream, 2 regional or trade, 3 other
  home_url: https://example.com/
  channels:
    - {kind: feed, url: "https://example.com/rss"}
    - {kind: sitemap, url: "https://example.com/news-sitemap.xml"}
  expect: {articles_per_day: {min: 20, max: 400}}
`

func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return fsys
}

func told(problems []seeds.Problem) []string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Error())
	}
	return all
}

func TestLintReadsTheFormat(t *testing.T) {
	t.Parallel()
	list, problems := Lint(folder(map[string]string{"gb.yaml": sound, "README.md": "no registry"}))
	if diff := cmp.Diff([]string(nil), told(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	want := []Outlet{{
		ID: "example-times", Name: "The Example Times", Publisher: "example-group", Country: "GB", Language: "en", Tier: 1, TimeZone: "Europe/London", Reach: "national", HomeURL: "https://example.com/",
		Channels: []Channel{{"feed", "https://example.com/rss"}, {"sitemap", "https://example.com/news-sitemap.xml"}},
		Expect:   &Expect{Range{20, 400}}, File: "gb.yaml", Line: 1,
	}}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("outlets (-want +got):\n%s", diff)
	}
}

// What other programs write, and what is not a fault.
func TestLintAccepts(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, old, new string }{
		{"Norway in quotes", "no.yaml", "country: GB                  # ISO 3166-1 alpha-2\n  language: en  ", "country: \"NO\"\n  language: \"no\""},
		{"Norway without quotes", "no.yaml", "country: GB                  # ISO 3166-1 alpha-2\n  language: en  ", "country: NO\n  language: no"},
		{"unknown country and language", "zz.yaml", "country: GB                  # ISO 3166-1 alpha-2\n  language: en  ", "country: ZZ\n  language: und"},
		{"language with a script", "gb.yaml", "language: en", "language: zh-Hant-TW"},
		{"language of three letters", "gb.yaml", "language: en", "language: ckb"},
		{"an id that begins with a digit", "gb.yaml", "id: example-times", "id: \"500px-com\""},
		{"address without encryption, with a port", "gb.yaml", "https://example.com/\n  channels:\n    - {kind: feed, url: \"https://example.com/rss\"}\n    - {kind: sitemap, url: \"https://example.com/news-sitemap.xml\"}\n",
			"http://127.0.0.1:8080/a\n  channels:\n    - {kind: feed, url: \"http://127.0.0.1:8081/rss\"}\n"},
		{"expecting nothing", "gb.yaml", "  expect: {articles_per_day: {min: 20, max: 400}}\n", ""},
		{"expecting none at least", "gb.yaml", "min: 20", "min: 0"},
		{"a zone that is not the country's main one", "gb.yaml", "  tier: 1 ", "  time_zone: Europe/Belfast\n  reach: global\n  tier: 1 "},
		{"a section page", "gb.yaml", "kind: sitemap", "kind: page"},
		{"a channel on another host of the domain", "gb.yaml", "https://example.com/rss", "https://feeds.example.com:8443/rss"},
		{"a channel on a feed host", "gb.yaml", "https://example.com/rss", "http://feeds.feedburner.com/example"},
		{"a channel on a second domain of the owner", "gb.yaml", "https://example.com/\n  channels:\n    - {kind: feed, url: \"https://example.com/rss\"}\n    - {kind: sitemap, url: \"https://example.com/news-sitemap.xml\"}\n",
			"https://www.bbc.co.uk/\n  channels:\n    - {kind: feed, url: \"https://feeds.bbci.co.uk/rss.xml\"}\n"},
		{"the home press, outside the panel", "hk.yaml", "country: GB ", "country: HK "},
		{"channels as blocks", "gb.yaml", `    - {kind: feed, url: "https://example.com/rss"}`, "    - kind: feed\n      url: https://example.com/rss"},
		{"quotes in a name", "gb.yaml", "name: The Example Times", `name: "L'Écho: \"Le\" Temps"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			content := strings.Replace(sound, test.old, test.new, 1)
			if content == sound {
				t.Fatalf("%q is not in the sound file", test.old)
			}
			list, problems := Lint(folder(map[string]string{test.file: content}))
			if len(problems) > 0 || len(list) != 1 {
				t.Errorf("%d outlets, problems %q", len(list), told(problems))
			}
		})
	}
}

// Every fault of a field, by one change to the sound file.
func TestLintTellsFaultsOfFields(t *testing.T) {
	t.Parallel()
	const missingTier = `gb.yaml:1: field "tier" is missing (every outlet needs tier)`
	const foreign = " (name an address of the title's own; a second domain of its owner belongs into hosts.go with its reason)"
	const address = " (write an address like https://example.com/)"
	tests := []struct {
		name, old, new string
		want           []string
	}{
		{"unknown field", "publisher: example-group ", "publsher: example-group ", []string{
			`gb.yaml:1: field "publisher" is missing (every outlet needs publisher)`,
			`gb.yaml:3: unknown field "publsher" in outlet (did you mean "publisher"? the fields are id, name, publisher, country, language, tier, time_zone, reach, home_url, channels, expect)`}},
		{"field twice", "  tier: 1 ", "  name: Another\n  tier: 1 ",
			[]string{`gb.yaml:6: field "name" is there twice (delete one of them)`}},
		{"missing id", "- id: example-times            # stable, never reused\n  name:", "- name:",
			[]string{`gb.yaml:1: field "id" is missing (every outlet needs id)`}},
		{"empty name", "The Example Times", "",
			[]string{`gb.yaml:2: name is empty (give it a value)`}},
		{"name of blanks", "The Example Times", `"  "`,
			[]string{`gb.yaml:2: name is empty (give it a value)`}},
		{"name is a list", "The Example Times", "[a, b]",
			[]string{`gb.yaml:2: name is not a single value (write name: value)`}},
		{"name by reference", "The Example Times", "&times Times",
			nil},
		{"control character in a name", "The Example Times", `"The\u0000Times"`,
			[]string{`gb.yaml:2: name "The\x00Times" holds control characters or white space around it (take them out)`}},
		{"id with capitals", "example-times ", "Example_Times ",
			[]string{`gb.yaml:1: id "Example_Times" is not an identifier (use small letters, digits and hyphens)`}},
		{"publisher as it is printed", "example-group ", "Example Group ",
			[]string{`gb.yaml:3: publisher "Example Group" is not an identifier (use small letters, digits and hyphens)`}},
		{"unknown country", "country: GB", "country: UK",
			[]string{`gb.yaml:4: unknown country "UK" (write an ISO 3166-1 alpha-2 code in capitals, or ZZ for unknown)`}},
		{"country in small letters", "country: GB", "country: gb",
			[]string{`gb.yaml:4: unknown country "gb" (write GB)`}},
		{"country of another file", "country: GB", "country: FR",
			[]string{`gb.yaml:1: outlet "example-times" of country FR stands in gb.yaml (move it to fr.yaml)`}},
		{"unknown language", "language: en", "language: gr",
			[]string{`gb.yaml:5: unknown language "gr" (write a BCP 47 tag such as en or zh-Hant, or und for undetermined)`}},
		{"name of a language", "language: en", "language: English",
			[]string{`gb.yaml:5: unknown language "English" (write a BCP 47 tag such as en or zh-Hant, or und for undetermined)`}},
		{"tier out of range", "tier: 1", "tier: 4",
			[]string{`gb.yaml:6: tier "4" is not 1, 2 or 3 (1 mainstream, 2 regional or trade, 3 other)`}},
		{"tier as a word", "tier: 1", "tier: first",
			[]string{`gb.yaml:6: tier "first" is not 1, 2 or 3 (1 mainstream, 2 regional or trade, 3 other)`}},
		{"zone that is none", "tier: 1 ", "time_zone: Europe/Londinium #",
			[]string{missingTier, `gb.yaml:6: time_zone "Europe/Londinium" is not an IANA zone (write a name such as America/Chicago, or leave it out for Europe/London)`}},
		{"zone of wherever we run", "tier: 1 ", "time_zone: Local #",
			[]string{missingTier, `gb.yaml:6: time_zone "Local" is not an IANA zone (write a name such as America/Chicago, or leave it out for Europe/London)`}},
		{"empty zone", "tier: 1 ", "time_zone: \"\" #", []string{missingTier, `gb.yaml:6: time_zone is empty (give it a value)`}},
		{"unknown reach", "tier: 1 ", "reach: nationwide #", []string{missingTier, `gb.yaml:6: unknown reach "nationwide" (did you mean "national"? use global, national, regional or local)`}},
		{"reach in capitals", "tier: 1 ", "reach: Global #", []string{missingTier, `gb.yaml:6: unknown reach "Global" (did you mean "global"? use global, national, regional or local)`}},
		{"front page of an aggregator", "https://example.com/\n", "https://news.google.com/home\n", []string{
			`gb.yaml:7: home_url https://news.google.com/home is of an aggregator or a social network (an outlet has a newsroom of its own: name the titles it shows instead)`,
			`gb.yaml:9: channel host example.com is not of google.com` + foreign,
			`gb.yaml:10: channel host example.com is not of google.com` + foreign}},
		{"channel of an aggregator", "https://example.com/rss", "https://rss.app/feeds/x.xml",
			[]string{`gb.yaml:9: channel https://rss.app/feeds/x.xml is of an aggregator or a social network (name the title's own feed or sitemap)`}},
		{"channel of a social network, on a part of its host", "https://example.com/rss", "https://www.youtube.com/feeds/videos.xml",
			[]string{`gb.yaml:9: channel https://www.youtube.com/feeds/videos.xml is of an aggregator or a social network (name the title's own feed or sitemap)`}},
		{"channel of somebody else", "https://example.com/rss", "https://example.org/rss",
			[]string{`gb.yaml:9: channel host example.org is not of example.com` + foreign}},
		{"channel of somebody else under the same public suffix", "https://example.com/\n  channels:\n    - {kind: feed, url: \"https://example.com/rss\"}\n    - {kind: sitemap, url: \"https://example.com/news-sitemap.xml\"}\n",
			"https://a.co.uk/\n  channels:\n    - {kind: feed, url: \"https://b.co.uk/rss\"}\n",
			[]string{`gb.yaml:9: channel host b.co.uk is not of a.co.uk` + foreign}},
		{"address without scheme", "home_url: https://example.com/", "home_url: example.com",
			[]string{`gb.yaml:7: home_url "example.com" is neither http nor https` + address}},
		{"address of another scheme", "home_url: https://example.com/", "home_url: ftp://example.com/",
			[]string{`gb.yaml:7: home_url "ftp://example.com/" is neither http nor https` + address}},
		{"address without host", "home_url: https://example.com/", "home_url: https:///news",
			[]string{`gb.yaml:7: home_url "https:///news" has no host` + address}},
		{"address with a password", "home_url: https://example.com/", "home_url: https://a:b@example.com/",
			[]string{`gb.yaml:7: home_url "https://a:b@example.com/" holds a user name` + address}},
		{"address with a fragment", "home_url: https://example.com/", "home_url: https://example.com/#news",
			[]string{`gb.yaml:7: home_url "https://example.com/#news" has a fragment` + address}},
		{"address with a blank", "home_url: https://example.com/", "home_url: https://example.com/a b",
			[]string{`gb.yaml:7: home_url "https://example.com/a b" holds white space` + address}},
		{"address with an impossible port", "home_url: https://example.com/", "home_url: https://example.com:99999/",
			[]string{`gb.yaml:7: home_url "https://example.com:99999/" has a port that does not exist` + address}},
		{"address that cannot be parsed", "home_url: https://example.com/", `home_url: "https://exa mple.com/%zz"`,
			[]string{`gb.yaml:7: home_url "https://exa mple.com/%zz" is not a URL` + address}},
		{"no channels", "    - {kind: feed, url: \"https://example.com/rss\"}\n    - {kind: sitemap, url: \"https://example.com/news-sitemap.xml\"}\n", "    []\n",
			[]string{`gb.yaml:9: channels is not a list of at least one channel (write - {kind: feed, url: "https://example.com/rss"})`}},
		{"channels forgotten", "  channels:\n    - {kind: feed, url: \"https://example.com/rss\"}\n    - {kind: sitemap, url: \"https://example.com/news-sitemap.xml\"}\n", "",
			[]string{`gb.yaml:1: field "channels" is missing (every outlet needs channels)`}},
		{"channel is an address", `{kind: feed, url: "https://example.com/rss"}`, `https://example.com/rss`,
			[]string{`gb.yaml:9: channel is not a mapping (write its fields: kind, url)`}},
		{"bad channel", `{kind: feed, url: "https://example.com/rss"}`, `{kind: fead, uri: "https://example.com/rss"}`, []string{
			`gb.yaml:9: unknown field "uri" in channel (did you mean "url"? the fields are kind, url)`,
			`gb.yaml:9: field "url" is missing (every outlet needs url)`,
			`gb.yaml:9: unknown channel kind "fead" (did you mean "feed"? use feed, sitemap or page)`}},
		{"channel twice in one outlet", "news-sitemap.xml", "rss",
			[]string{`gb.yaml:10: channel https://example.com/rss is there twice, first in gb.yaml:9 (a channel belongs to one outlet: delete one of them)`}},
		{"channel twice but for the scheme", "https://example.com/news-sitemap.xml", "http://EXAMPLE.com/rss",
			[]string{`gb.yaml:10: channel http://EXAMPLE.com/rss is there twice, first in gb.yaml:9 (a channel belongs to one outlet: delete one of them)`}},
		{"least above most", "min: 20", "min: 500",
			[]string{`gb.yaml:11: min 500 is more than max 400 (swap them)`}},
		{"half a range", "min: 20, ", "",
			[]string{`gb.yaml:11: field "min" is missing (a range needs min and max)`}},
		{"range of words and negatives", "min: 20, max: 400", "min: few, max: -1", []string{
			`gb.yaml:11: min "few" is not a count (write a whole number from 0 to 1000000)`,
			`gb.yaml:11: max "-1" is not a count (write a whole number from 0 to 1000000)`}},
		{"unknown expectation", "articles_per_day", "articles_a_day", []string{
			`gb.yaml:11: unknown field "articles_a_day" in expect (did you mean "articles_per_day"? the fields are articles_per_day)`,
			`gb.yaml:11: field "articles_per_day" is missing (write expect: {articles_per_day: {min: 20, max: 400}})`}},
		{"expectation is a number", "{articles_per_day: {min: 20, max: 400}}", "20",
			[]string{`gb.yaml:11: expect is not a mapping (write its fields: articles_per_day)`}},
		{"range is a number", "{min: 20, max: 400}", "20",
			[]string{`gb.yaml:11: articles_per_day is not a mapping (write its fields: min, max)`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			content := strings.Replace(sound, test.old, test.new, 1)
			if content == sound {
				t.Fatalf("%q is not in the sound file", test.old)
			}
			_, problems := Lint(folder(map[string]string{"gb.yaml": content}))
			if diff := cmp.Diff(test.want, told(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLintTellsFaultsOfFiles(t *testing.T) {
	t.Parallel()
	second := strings.NewReplacer("example-times", "second-times", "example.com", "second.example").Replace(sound)
	french := strings.Replace(second, "country: GB", "country: FR", 1)
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"no file", map[string]string{"README.md": "x"}, nil},
		{"id, front page and channels in two files",
			map[string]string{"gb.yaml": sound, "fr.yaml": strings.Replace(sound, "country: GB", "country: FR", 1)}, []string{
				`gb.yaml:1: id "example-times" is there twice, first in fr.yaml:1 (an id is never reused: choose another)`,
				`gb.yaml:7: home_url https://example.com/ is there twice, first in fr.yaml:7 (one title is one outlet: delete one, or give the address of its own edition)`,
				`gb.yaml:9: channel https://example.com/rss is there twice, first in fr.yaml:9 (a channel belongs to one outlet: delete one of them)`,
				`gb.yaml:10: channel https://example.com/news-sitemap.xml is there twice, first in fr.yaml:10 (a channel belongs to one outlet: delete one of them)`}},
		{"front page twice but for the scheme and the last slash",
			map[string]string{"gb.yaml": sound, "fr.yaml": strings.NewReplacer("https://second.example/\n", "http://Example.com\n", "second.example/", "www.example.com/").Replace(french)},
			[]string{`gb.yaml:7: home_url https://example.com/ is there twice, first in fr.yaml:7 (one title is one outlet: delete one, or give the address of its own edition)`}},
		{"two owners on one domain",
			map[string]string{"gb.yaml": sound, "fr.yaml": strings.NewReplacer("https://second.example/\n", "https://fr.example.com/\n", "second.example/", "fr.example.com/", "example-group", "other-group").Replace(french)},
			[]string{`gb.yaml:7: domain example.com has two publishers, other-group and example-group, first in fr.yaml:7 (what stands on one domain has one owner: correct one of them)`}},
		{"two editions of one owner on one domain",
			map[string]string{"gb.yaml": sound, "fr.yaml": strings.NewReplacer("https://second.example/\n", "https://fr.example.com/\n", "second.example/", "fr.example.com/").Replace(french)}, nil},
		{"two owners under a public suffix",
			map[string]string{"gb.yaml": sound, "fr.yaml": strings.NewReplacer("second.example/", "example.co.uk/", "example-group", "other-group").Replace(french)}, nil},
		{"one title under two domains",
			map[string]string{"gb.yaml": sound + strings.Replace(second, "The Example Times", "the example times", 1)},
			[]string{`gb.yaml:13: title "the example times" of GB is there twice, first in gb.yaml:2 (one title is one outlet: delete one, or name its edition, such as (English))`}},
		{"one publisher with two titles is no fault", map[string]string{"gb.yaml": sound, "fr.yaml": french}, nil},
		{"file of no country", map[string]string{"uk.yaml": sound},
			[]string{`uk.yaml:1: file is not named after a country (name it by the small ISO 3166-1 alpha-2 code, such as gb.yaml, or zz.yaml for unknown)`}},
		{"file in capitals", map[string]string{"GB.yaml": sound},
			[]string{`GB.yaml:1: file is not named after a country (name it by the small ISO 3166-1 alpha-2 code, such as gb.yaml, or zz.yaml for unknown)`}},
		{"file that would be overlooked", map[string]string{"gb.yml": sound},
			[]string{`gb.yml:1: file would not be read (rename it to end in .yaml)`}},
		{"empty file", map[string]string{"gb.yaml": "# nothing yet\n"},
			[]string{`gb.yaml:1: file holds no outlets (add one or delete the file)`}},
		{"empty list", map[string]string{"gb.yaml": "[]\n"},
			[]string{`gb.yaml:1: file holds no outlets (add one or delete the file)`}},
		{"one outlet instead of a list", map[string]string{"gb.yaml": "id: a\n"},
			[]string{`gb.yaml:1: file is not a list of outlets (begin each outlet with - id:)`}},
		{"two documents", map[string]string{"gb.yaml": sound + "---\n" + second},
			[]string{`gb.yaml:12: file holds a second document (delete the line ---: a file is one list)`}},
		{"entry that is a word", map[string]string{"gb.yaml": sound + "- bbc\n"},
			[]string{`gb.yaml:12: outlet is not a mapping (write its fields: id, name, publisher, country, language, tier, time_zone, reach, home_url, channels, expect)`}},
		{"broken YAML", map[string]string{"gb.yaml": sound + "- id: \"second\n  name: x\n"},
			[]string{`gb.yaml:12: file is broken YAML: found unexpected end of stream (check indentation, quotes and colons near this line)`}},
		{"tab for indentation", map[string]string{"gb.yaml": strings.Replace(sound, "  tier", "\ttier", 1)},
			[]string{`gb.yaml:6: file is broken YAML: found character that cannot start any token (check indentation, quotes and colons near this line)`}},
		{"colon inside a name", map[string]string{"gb.yaml": strings.Replace(sound, "The Example Times", "Times: Example", 1)},
			[]string{`gb.yaml:2: file is broken YAML: mapping values are not allowed in this context (check indentation, quotes and colons near this line)`}},
		{"wrong indentation", map[string]string{"gb.yaml": strings.Replace(sound, "  tier", " tier", 1)},
			[]string{`gb.yaml:6: file is broken YAML: did not find expected '-' indicator (check indentation, quotes and colons near this line)`}},
		{"bracket that is not closed", map[string]string{"gb.yaml": "# one title\n\n- id: [a, b\n  name: x\n"},
			[]string{`gb.yaml:3: file is broken YAML: did not find expected ',' or ']' (check indentation, quotes and colons near this line)`}},
		{"field further in than its outlet", map[string]string{"gb.yaml": "# one title\n- id: a\n    name: x\n  tier: 1\n"},
			[]string{`gb.yaml:3: file is broken YAML: mapping values are not allowed in this context (check indentation, quotes and colons near this line)`}},
		{"not UTF-8", map[string]string{"gb.yaml": "- id: caf\xe9\n"},
			[]string{`gb.yaml:1: file is not UTF-8 (save it as UTF-8)`}},
		{"one broken file does not hide the faults of another", map[string]string{"fr.yaml": "- [", "gb.yaml": strings.Replace(sound, "tier: 1", "tier: 9", 1)}, []string{
			`fr.yaml:1: file is broken YAML: did not find expected node content (check indentation, quotes and colons near this line)`,
			`gb.yaml:6: tier "9" is not 1, 2 or 3 (1 mainstream, 2 regional or trade, 3 other)`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, problems := Lint(folder(test.files))
			if diff := cmp.Diff(test.want, told(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
