package match

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/overheard-news/overheard/sql/seeds"
)

// TestFalsePositivesOnWikipedia prints how often an alias matches what is not
// an organisation, per language. It judges nothing: the labels are silver.
func TestFalsePositivesOnWikipedia(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("OVERHEARD_SHARED")
	if shared == "" {
		t.Skip("OVERHEARD_SHARED names no folder with labelled sentences")
	}
	files, _ := filepath.Glob(filepath.Join(shared, "labelled/entities/wikineural_val/*.jsonl.gz"))
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for name, aliases := range map[string][]seeds.Alias{"built in": set.Aliases, "every name unjudged": unjudged(t, shared)} {
		m, err := New(seeds.Set{Aliases: aliases, Companies: set.Companies})
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			countFalse(t, m, name, file)
		}
	}
}

// unjudged makes aliases of a plain list of names: the worst table there could be.
func unjudged(t *testing.T, shared string) []seeds.Alias {
	file, err := os.Open(filepath.Join(shared, "companies/names_multilingual_seed.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []seeds.Alias
	for _, row := range rows[1:] {
		a := seeds.Alias{CompanyID: row[0], Alias: row[7], Language: row[6], Class: "A"}
		switch {
		case row[10] != "":
			a.Class = "C"
		case utf8.RuneCountInString(row[7]) <= 5 && !isBeyondLatin(row[7]):
			a.Class, a.IsCaseSensitive, a.Language = "B", true, "und"
		case row[6] == "en":
			a.Language = "und"
		}
		list = append(list, a)
	}
	return list
}

type labelled struct {
	Lang     string
	Text     string
	Mentions []struct {
		Text, Type string
	}
}

func countFalse(t *testing.T, m *Matcher, table, name string) {
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	size, onName, off := 0, 0, 0
	worst, sample := map[string]int{}, map[string]string{}
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row labelled
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		size += len(row.Text)
		for _, mention := range m.Match(Document{Body: row.Text, Language: row.Lang}) {
			isName := slices.ContainsFunc(row.Mentions, func(n struct{ Text, Type string }) bool {
				return (n.Type == "ORG" || n.Type == "MISC") && strings.Contains(fold(n.Text), fold(mention.Alias))
			})
			if isName {
				onName++
				continue
			}
			off++
			worst[mention.Class+" "+mention.Alias]++
			sample[mention.Class+" "+mention.Alias] = mention.Evidence
		}
	}
	t.Logf("%s, %s: %.1f MB, %d on organisations and products, %d elsewhere (%.1f per MB)",
		table, filepath.Base(name), float64(size)/1e6, onName, off, float64(off)/float64(size)*1e6)
	order := slices.SortedFunc(maps.Keys(worst), func(a, b string) int { return cmp.Or(worst[b]-worst[a], strings.Compare(a, b)) })
	for _, alias := range order[:min(8, len(order))] {
		t.Logf("    %3d %s: %s", worst[alias], alias, sample[alias])
	}
}

// TestMentionsInNews prints what the built-in aliases find in recorded news
// and, for classes B and C, what of it, so that a reader can judge.
func TestMentionsInNews(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("OVERHEARD_SHARED")
	if shared == "" {
		t.Skip("OVERHEARD_SHARED names no folder with recorded news")
	}
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(set)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join(shared, "corpus/dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	articles, size, count := 0, 0, map[string]int{}
	for lines.Scan() {
		var row struct {
			Lang string
			News bool
			Gold struct{ Title, Body string }
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil || row.Gold.Body == "" {
			continue
		}
		articles++
		size += len(row.Gold.Body)
		for _, mention := range m.Match(Document{Title: row.Gold.Title, Body: row.Gold.Body, Language: row.Lang}) {
			count[mention.Class]++
			t.Logf("%s %s %s %s %d× %.2f: %s", mention.Class, mention.CompanyID, mention.Alias, mention.Position, mention.Occurrences, mention.Probability, mention.Evidence)
		}
	}
	t.Logf("%d articles, %.1f MB: mentions by class %v", articles, float64(size)/1e6, count)
}
