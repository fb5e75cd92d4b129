package judge_test

import (
	"strings"
	"testing"

	"github.com/overheard-news/overheard/transform/judge"
	"github.com/overheard-news/overheard/transform/match"
)

func quote(text, name string) []match.Quote {
	at := strings.Index(text, name)
	return []match.Quote{{Text: text, Start: at, End: at + len(name), Position: "lead"}}
}

// TestJudge: what is said of a company is read from its sentence, and what cannot be
// judged stays unknown.
func TestJudge(t *testing.T) {
	t.Parallel()
	j, err := judge.Load()
	if err != nil {
		t.Fatal(err)
	}
	bad := j.Judge("en", quote("Regulators fined Acme for a deadly fraud that it had covered up for years.", "Acme"))
	good := j.Judge("en", quote("Acme won praise for its excellent, safe and popular new cars.", "Acme"))
	if bad.Tone == nil || good.Tone == nil {
		t.Fatalf("tone %v and %v, want both judged", bad.Tone, good.Tone)
	}
	if bad.Tone.Negative <= bad.Tone.Positive || good.Tone.Positive <= good.Tone.Negative {
		t.Errorf("bad news is %+v, good news %+v", *bad.Tone, *good.Tone)
	}
	plant := j.Judge("en", quote("Acme will open a plant in Hungary next year.", "Acme"))
	if len(plant.Dimensions) != 1 || plant.Dimensions[0].Name != "global_layout" || plant.Dimensions[0].Evidence == "" {
		t.Errorf("dimensions %+v, want global_layout with its words", plant.Dimensions)
	}
	plain := j.Judge("en", quote("Acme was there, too.", "Acme"))
	if plain.Dimensions == nil || len(plain.Dimensions) != 0 {
		t.Errorf("dimensions %+v, want none, which is not unknown", plain.Dimensions)
	}
	if unknown := j.Judge("mn", quote("Acme.", "Acme")); unknown.Tone != nil || unknown.Dimensions != nil {
		t.Errorf("%+v, want nothing in a language nobody reads", unknown)
	}
	if none := j.Judge("en", nil); none.Tone != nil {
		t.Errorf("tone %+v of nothing", none.Tone)
	}
}
