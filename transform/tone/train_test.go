package tone

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// madeCases are sentences put together from parts, with labels that follow from them.
func madeCases() []Case {
	parts := map[string][3][]string{
		"en": {
			{"was found guilty of fraud", "cheated its customers", "was fined for the spill", "lied about the deaths"},
			{"met the minister", "has an office here", "will move in March", "sells shoes"},
			{"won a great prize", "was praised by all", "helped the poor", "saved the forest"},
		},
		"ru": {
			{"осуждена за мошенничество", "обманула покупателей", "оштрафована за аварию", "скрывала гибель людей"},
			{"встретилась с министром", "имеет здесь отделение", "переедет в марте", "торгует обувью"},
			{"выиграла большую награду", "получила похвалу", "помогла бедным", "спасла лес"},
		},
	}
	var cases []Case
	for _, language := range []string{"en", "ru"} {
		for i := range 400 {
			label := i % 3
			list := parts[language][label]
			text := fmt.Sprintf("Foxglove %s %d %s", list[i/3%len(list)], i, strings.Repeat("x", i%7))
			cases = append(cases, Case{Language: language, Source: "made", Text: text, Start: 0, End: 8, Label: label - 1})
		}
	}
	return cases
}

func trained(t *testing.T, cases []Case) (map[string][]byte, []Fit) {
	t.Helper()
	m, fits, err := Train(context.Background(), slog.New(slog.DiscardHandler), cases)
	if err != nil {
		t.Fatal(err)
	}
	files, err := m.Files()
	if err != nil {
		t.Fatal(err)
	}
	return files, fits
}

func TestTrainGivesTheSameBytesInAnyOrder(t *testing.T) {
	t.Parallel()
	cases := madeCases()
	first, fits := trained(t, cases)
	for _, f := range fits {
		if f.MacroF1 < 0.95 {
			t.Errorf("model %s learns made sentences to macro-F1 %.3f only", f.Name, f.MacroF1)
		}
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
	second, _ := trained(t, cases)
	for name := range maps.Keys(first) {
		if !bytes.Equal(first[name], second[name]) {
			t.Errorf("%s differs when the rows come in another order", name)
		}
	}
	if _, err := Read(inMemory(first)); err != nil {
		t.Errorf("what was written cannot be read: %v", err)
	}
}

func inMemory(files map[string][]byte) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

func TestTrainNeverSeesWhatIsHeldOut(t *testing.T) {
	t.Parallel()
	cases := madeCases()
	for i := range cases {
		if cases[i].Language == "ru" {
			cases[i].Source = "rusentne-train"
		}
	}
	files, fits := trained(t, cases)
	kept := slices.DeleteFunc(slices.Clone(cases), func(c Case) bool { return HeldOut(c.Source, c.Text) })
	if held := len(cases) - len(kept); held < 50 || held > 110 {
		t.Errorf("%d of 400 sentences are held out, want about 80", held)
	}
	again, _ := trained(t, kept)
	for name := range maps.Keys(files) {
		if !bytes.Equal(files[name], again[name]) {
			t.Errorf("%s changes when the held-out rows are not there at all", name)
		}
	}
	if fits[1].Rows != 400-(len(cases)-len(kept)) {
		t.Errorf("the Russian model was fitted on %d rows", fits[1].Rows)
	}
}

func TestTrainRefusesOneLanguageAlone(t *testing.T) {
	t.Parallel()
	english := slices.DeleteFunc(madeCases(), func(c Case) bool { return c.Language != "en" })
	if _, _, err := Train(context.Background(), slog.New(slog.DiscardHandler), english); err == nil {
		t.Error("no error without Russian rows")
	}
}

func TestReadRefusesDamage(t *testing.T) {
	t.Parallel()
	m := loaded(t)
	files, err := m.Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(fstest.MapFS){
		"no model.json": func(f fstest.MapFS) { delete(f, "model.json") },
		"no weights":    func(f fstest.MapFS) { delete(f, "ru.linear") },
		"other weights": func(f fstest.MapFS) { f["ru.linear"] = f["en.linear"] },
		"other version": func(f fstest.MapFS) {
			f["model.json"] = &fstest.MapFile{Data: bytes.Replace(files["model.json"], []byte(`"version": 1`), []byte(`"version": 9`), 1)}
		},
		"no judge": func(f fstest.MapFS) {
			f["model.json"] = &fstest.MapFile{Data: bytes.Replace(files["model.json"], []byte(`"shared"`), []byte(`"other"`), 1)}
		},
		"cut": func(f fstest.MapFS) {
			f["model.json"] = &fstest.MapFile{Data: files["model.json"][:100]}
		},
	} {
		fsys := inMemory(files)
		change(fsys)
		if _, err := Read(fsys); !errors.Is(err, ErrModel) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Reading the built-in model and writing it again gives the files that are built in.
func TestFilesAreThoseBuiltIn(t *testing.T) {
	t.Parallel()
	files, err := loaded(t).Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		built, err := modelFiles.ReadFile("model/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(built, data) {
			t.Errorf("model/%s is written otherwise", name)
		}
	}
}
