package dimension

import (
	"errors"
	"fmt"
	"testing"

	"github.com/overheard-news/overheard/transform/match"
)

// Where the words tell what no rule knows, the model must find it; where only the
// rules know, it must not be better than they are.
func TestCompare(t *testing.T) {
	t.Parallel()
	l := mustLoad(t)
	var secret, known []Text
	for i := range 60 {
		text, dims := fmt.Sprintf("BYD slept on day %d.", i), []string(nil)
		if i%2 == 0 {
			text, dims = fmt.Sprintf("BYD zorbled on day %d.", i), []string{"global_layout"}
		}
		secret = append(secret, Text{Language: "en", Quote: match.Quote{Text: text, End: 3}, Dimensions: dims})
		text, dims = fmt.Sprintf("BYD met word%d and others.", i), nil
		if i%2 == 0 {
			text, dims = fmt.Sprintf("BYD is sued by word%d.", i), []string{"global_governance"}
		}
		known = append(known, Text{Language: "en", Quote: match.Quote{Text: text, End: 3}, Dimensions: dims})
	}
	c, err := l.Compare(secret, 5)
	if err != nil {
		t.Fatal(err)
	}
	// Of the four dimensions never labelled and never told each counts as 1.
	if c.Texts != 60 || c.Rules > 0.81 || c.Words < 0.99 || c.Both < 0.99 {
		t.Errorf("words that no rule knows: %+v", c)
	}
	if c, err = l.Compare(known, 5); err != nil || c.Rules < 0.99 || c.Both > c.Rules {
		t.Errorf("what the rules know: %+v, %v", c, err)
	}
	for _, tt := range []struct {
		name  string
		texts []Text
		folds int
	}{
		{"one fold", known, 1},
		{"no texts", nil, 5},
		{"texts in a language without rules", []Text{{Language: "sw"}, {Language: "sw"}}, 2},
	} {
		if _, err := l.Compare(tt.texts, tt.folds); !errors.Is(err, ErrTexts) {
			t.Errorf("%s: error %v", tt.name, err)
		}
	}
}
