package tone

import (
	"path"
	"strings"
	"testing"
)

func TestLexiconFindsFormsOfWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, word, concept string
	}{
		{"en", "recalled", "-punish"}, {"en", "best", "+good"}, {"en", "bestiary", ""}, {"en", "fine", "-punish"},
		{"ru", "оштрафовали", "-punish"}, {"ru", "победой", "+win"},
		{"ar", "والغرامة", "-punish"}, {"ar", "بالغش", ""},
		{"zh", "召回", "-punish"}, {"ko", "리콜했다", "-punish"}, {"tr", "soruşturması", "-punish"},
		{"de", "Rückruf", ""}, {"de", "rückruf", "-punish"},
	} {
		l, err := readLexicon(c.language)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if e := l.find(c.word); e.concept != 0 {
			got = concepts[e.concept-'a']
		}
		if got != c.concept {
			t.Errorf("%s %q speaks of %q, want %q", c.language, c.word, got, c.concept)
		}
	}
}

func TestLexiconWithScoresKeepsConcepts(t *testing.T) {
	t.Parallel()
	l, err := readLexicon("en")
	if err != nil {
		t.Fatal(err)
	}
	if e := l.find("outstanding"); e.score != 5 || concepts[e.concept-'a'] != "+good" {
		t.Errorf("outstanding is %+v, want AFINN's 5 and our +good", e)
	}
	if e := l.find("abhors"); e.score != -3 {
		t.Errorf("abhors, of AFINN alone, is %+v, want -3", e)
	}
}

// Every file must be readable, name each concept once, and have no word that can
// never be found.
func TestLexiconFilesAreSound(t *testing.T) {
	t.Parallel()
	entries, err := wordFiles.ReadDir("words")
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, e := range entries {
		text, err := wordFiles.ReadFile("words/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		size += len(text)
		language, _ := strings.CutSuffix(path.Base(e.Name()), ".txt")
		if strings.HasPrefix(language, "afinn-") {
			continue
		}
		if _, err := readLexicon(language); err != nil {
			t.Errorf("%s: %v", e.Name(), err)
		}
		for _, c := range concepts {
			if strings.Count("\n"+string(text), "\n"+c+" ") != 1 {
				t.Errorf("%s does not name %s once", e.Name(), c)
			}
		}
		if strings.ContainsAny(string(text), "_") {
			t.Errorf("%s has a word with _, which no text has", e.Name())
		}
	}
	files, err := modelFiles.ReadDir("model")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		size += int(info.Size())
	}
	if size > 1_000_000 {
		t.Errorf("the model and its words have %d bytes, want at most a million", size)
	}
}

func TestLexiconRefusesWhatCannotBeMeant(t *testing.T) {
	t.Parallel()
	l := &lexicon{exact: map[string]entry{}, prefixes: map[string]entry{}}
	if err := l.add("ban*", entry{concept: 'a'}); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"ban*", "Upper", "*", "ещё"} {
		if err := l.add(word, entry{concept: 'a'}); err == nil {
			t.Errorf("%q was taken", word)
		}
	}
}
