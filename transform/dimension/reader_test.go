package dimension

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/overheard-news/overheard/transform/match"
)

func TestFaultsAreToldWithTheirLine(t *testing.T) {
	t.Parallel()
	const head = "language xx\n"
	const sound = "rule global_layout plant .8\ncue build\nyes [BYD] will build.\n"
	tests := []struct {
		name, content string
		want          []string
	}{
		{"nothing wrong", head + sound, nil},
		{"no language", sound, []string{"x.rules:1: names no language"}},
		{"an unknown key", head + sound + "word build\n", []string{`x.rules:5: unknown key "word"`}},
		{"outside a rule", head + "cue build\n", []string{"x.rules:2: cue stands outside a rule"}},
		{"an unknown dimension", head + strings.Replace(sound, "global_layout", "layout", 1), []string{`x.rules:2: unknown dimension "layout"`}},
		{"a weight of one", head + strings.Replace(sound, ".8", "1", 1), []string{`x.rules:2: weight "1"`}},
		{"half a head", head + "rule global_layout\n", []string{"is no head of a rule", "has no cue", "has no example"}},
		{"the same rule twice", head + sound + sound, []string{`x.rules:5: there is a rule "global_layout.plant" already`}},
		{"a rule without example", head + "rule global_layout plant .8\ncue build\n", []string{"x.rules:2: rule global_layout.plant has no example"}},
		{"a guard without example", head + sound + "not plan\n", []string{"x.rules:5: a guard of rule global_layout.plant has no example"}},
		{"a no before any guard", head + sound + "no [BYD] plans.\n", []string{"x.rules:5: no stands before any guard"}},
		{"an example without company", head + strings.Replace(sound, "[BYD]", "BYD", 1), []string{"x.rules:4: the example names no company"}},
		{"an unknown list", head + strings.Replace(sound, "cue build", "cue @build", 1), []string{`x.rules:3: there is no list "build" above`}},
		{"a list twice", head + "let a = b\nlet a = c\n", []string{`x.rules:3: there is a list "a" already`}},
		{"a gap at the end", head + strings.Replace(sound, "cue build", "cue build ..3", 1), []string{"x.rules:3: nothing follows the gap"}},
		{"a gap too wide", head + strings.Replace(sound, "cue build", "cue build ..99 up", 1), []string{`x.rules:3: "99" is no gap`}},
		{"three parts either way", head + strings.Replace(sound, "cue build", "cue a ~2 b c", 1), []string{"x.rules:3: ~ joins two parts"}},
		{"a star inside", head + strings.Replace(sound, "cue build", "cue bu*ild", 1), []string{"has a sign inside"}},
		{"a sign for a word", head + strings.Replace(sound, "cue build", "cue ...", 1), []string{"x.rules:3:"}},
		{"a distance of none", head + sound + "not/0 plan\n", []string{`x.rules:5: "0" is no distance`}},
		{"no relation", head + sound + "near far\n", []string{`x.rules:5: near "far"`}},
		{"no pair", head + "same abc\n", []string{`x.rules:2: "abc" is no pair`}},
		{"a pair behind words", head + sound + "same ab\n", []string{"x.rules:5: same stands behind words"}},
		{"not UTF-8", head + "\xff", []string{"x.rules:1: is not UTF-8"}},
		{"a line goes on", head + "let a = b\n  c\n" + strings.Replace(sound, "cue build", "cue build @a", 1) + "oops\n", []string{`x.rules:7: unknown key "oops"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, p := range problemsOf(tt.content) {
				got = append(got, p.Error())
			}
			if len(got) != len(tt.want) {
				t.Fatalf("%d faults, want %d: %q", len(got), len(tt.want), got)
			}
			for i, want := range tt.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("fault %d is %q, want %q", i, got[i], want)
				}
			}
		})
	}
}

// How patterns match, each as the only cue of a rule.
func TestPatterns(t *testing.T) {
	t.Parallel()
	tests := []struct {
		head, pattern, text string
		want                string // the evidence; empty: it does not fire
	}{
		{"", "build", "[X] will build", "build"},
		{"", "build", "[X] is building", ""},
		{"", "build*", "[X] is building", "building"},
		{"", "*werk", "[X] im Stahlwerk", "Stahlwerk"},
		{"", "*werk", "[X] hat Stahlwerke", ""},
		{"", "*werk*", "[X] hat Stahlwerke", "Stahlwerke"},
		{"", "a_b|c", "[X] a b", "a b"},
		{"", "a_b", "[X] a x b", ""},
		{"", "a ..2 b", "[X] a x y b", "a x y b"},
		{"", "a ..2 b", "[X] a x y z b", ""},
		{"", "a .. b", "[X] a 1 2 3 4 b", "a 1 2 3 4 b"},
		{"", "a ..4 b", "[X] a; b", ""},
		{"clause while", "a ..4 b", "[X] a while b", ""},
		{"", "b ~1 a", "[X] a x b", "a x b"},
		{"", "b ~1 a", "[X] b a", "b a"},
		{"", "a / b ..1 c", "[X] b c", "b c"},
		{"", "NAME ..1 said", "[X] then said", "X then said"},
		{"", "#_percent", "[X] 3.5 percent", "3.5 percent"},
		{"", "in CAP", "[X] in Ohio", "in Ohio"},
		{"", "in CAP", "[X] in town", ""},
		{"", "X", "[X] sat", ""},
		{"", "é", "[x] E", "E"},
		{"", "r&d", "[X] R&D", "R&D"},
		{"", "工厂", "[甲]的工厂", "工厂"},
		{"", "建 .. 厂", "[甲]建了一座新的大厂", "建了一座新的大厂"},
		{"same 廠厂", "工厂", "[甲]的工廠", "工廠"},
		{"prefixes ال و", "مصنع", "والمصنع [س]", ""},
		{"prefixes ال وال", "مصنع", "والمصنع [س]", "والمصنع"},
		{"suffixes ها", "مصنع", "مصنعها [س]", "مصنعها"},
	}
	for _, tt := range tests {
		t.Run(tt.pattern+" in "+tt.text, func(t *testing.T) {
			t.Parallel()
			f, problems := parseRules("x.rules", "language xx\n"+tt.head+"\nrule global_layout r .8\ncue "+tt.pattern+"\nyes [X]\n")
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			q := quoteOf(t, tt.text)
			got := ""
			for _, fired := range compile(f).read(&reader{}, q.Text, nameSpan{q.Start, q.End}) {
				got = q.Text[fired.start:fired.end]
			}
			if got != tt.want {
				t.Errorf("evidence %q, want %q", got, tt.want)
			}
		})
	}
}

// Where the name must stand, and how far a guard reaches.
func TestRelations(t *testing.T) {
	t.Parallel()
	tests := []struct {
		relation, text string
		want           bool
	}{
		{"", "a b c cue [X]", true},
		{"near 2", "cue [X]", true},
		{"near 2", "cue b c [X]", false},
		{"near 2", "[X] b c cue", false},
		{"side before", "[X] cue", true},
		{"side before", "cue [X]", false},
		{"side after", "cue [X]", true},
		{"side after", "[X] cue", false},
		{"scope clause", "[X] sat; cue", false},
		{"scope sentence", "[X] sat; cue", true},
		{"not bad", "[X] cue b c d bad", false},
		{"not/2 bad", "[X] cue b bad", false},
		{"not/2 bad", "[X] bad b cue", false},
		{"not/2 bad", "[X] cue b c bad", true},
	}
	for _, tt := range tests {
		t.Run(tt.relation+" in "+tt.text, func(t *testing.T) {
			t.Parallel()
			content := "language xx\nrule global_layout r .8\ncue cue\nyes [X] cue\n" + tt.relation + "\n"
			if strings.HasPrefix(tt.relation, "not") {
				content += "no [X] cue bad\n"
			}
			f, problems := parseRules("x.rules", content)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			q := quoteOf(t, tt.text)
			if got := len(compile(f).read(&reader{}, q.Text, nameSpan{q.Start, q.End})) > 0; got != tt.want {
				t.Errorf("fires: %v, want %v", got, tt.want)
			}
		})
	}
}

// Whatever a file of rules holds, it is read or refused, never a panic, and each
// fault names a line of the file.
func FuzzRules(f *testing.F) {
	f.Add("language xx\nlet a = b c*\nrule global_layout r .8\ncue @a ..3 d|e_f\nnear 3\nyes [X] b d\nnot/2 bad\nno [X] b d bad\n", "X b d")
	f.Add("language zh\nsame 廠厂\nclause 而\nrule global_governance 甲 .5\ncue 建 .. 厂 / # ~2 NAME\nyes [甲]建廠\n", "甲建廠3")
	f.Add("language ar\nprefixes ال\nsuffixes ها\nrule corporate_culture r .5\ncue *a* CAP\n", "مصنعها A")
	f.Fuzz(func(t *testing.T, content, text string) {
		file, problems := parseRules("x.rules", content)
		lines := strings.Count(content, "\n") + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Remedy == "" {
				t.Errorf("fault %q of a file of %d lines", p.Error(), lines)
			}
		}
		if len(problems) > 0 || len(content) > 1<<12 {
			return
		}
		for _, fired := range compile(file).read(&reader{}, text, nameSpan{0, 1}) {
			if fired.start < 0 || fired.end > len(text) || fired.start >= fired.end {
				t.Errorf("evidence at bytes %d to %d of %d", fired.start, fired.end, len(text))
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[fired.start:fired.end]) && fired.start > 1 {
				t.Errorf("evidence cuts a character: %q", text[fired.start:fired.end])
			}
		}
	})
}

// Whatever a quote holds, labels point into it.
func FuzzLabel(f *testing.F) {
	l, err := Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("en", "BYD will build a plant in Hungary.", 0, 3)
	f.Add("zh", "比亚迪在匈牙利建厂", 0, 9)
	f.Add("ar", "بنت شاومي مصنعها", 7, 17)
	f.Add("de", "Das \xffWerk", 5, 2)
	f.Fuzz(func(t *testing.T, language, text string, start, end int) {
		labels, _ := l.Label(language, []match.Quote{{Text: text, Start: start, End: end}})
		for _, label := range labels {
			if label.Start < 0 || label.End > len(text) || text[label.Start:label.End] != label.Evidence {
				t.Errorf("label %+v of %q", label, text)
			}
			if !(label.Probability >= threshold && label.Probability <= 1) {
				t.Errorf("probability %v", label.Probability)
			}
		}
	})
}
