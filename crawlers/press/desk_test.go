package press

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheDeskTellsWhatThePressDoes(t *testing.T) {
	t.Parallel()
	p := newPress(t, nil)
	r := serve(t, p)
	desk, err := NewDesk(fmt.Sprintf("http://127.0.0.1:%d", r.port))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := desk.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Plan{Nights: 3, LastNight: lastNight(), Articles: len(p.articles), Outlets: p.Outlets(r.port)}, plan); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	list, err := desk.Articles(t.Context())
	if err != nil || len(list) == 0 || p.articleAt(list[0]) == nil {
		t.Errorf("%d articles, %v", len(list), err)
	}
	card, err := desk.Score(t.Context(), perfect(p))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.Score(perfect(p)), card); diff != "" {
		t.Errorf("score card (-here +from the desk):\n%s", diff)
	}
	if card.Manners.Requests != 0 {
		t.Errorf("%d questions at the desk count as requests of a reader", card.Manners.Requests)
	}
	if res, _ := r.mustGet(fmt.Sprintf("http://%s:%d/truth", deskHost, r.port)); res.StatusCode != http.StatusNotFound {
		t.Errorf("another question: %s", res.Status)
	}
}

func TestADeskThatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "ftp://x", "127.0.0.1:80"} {
		if _, err := NewDesk(address); err == nil || !strings.Contains(err.Error(), "http://127.0.0.1:8099") {
			t.Errorf("%q: %v", address, err)
		}
	}
	desk, err := NewDesk("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Plan(t.Context()); err == nil || !strings.Contains(err.Error(), "is it running?") {
		t.Errorf("error %v", err)
	}
}
