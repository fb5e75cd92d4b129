package build

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSketchText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []int32
	}{
		{"{}", []int32{}},
		{"{7}", []int32{7}},
		{"{1,-20,2147483647,-2147483648,0}", []int32{1, -20, 2147483647, -2147483648, 0}},
	} {
		var got sketchText
		if err := got.Scan([]byte(c.text)); err != nil {
			t.Errorf("scan %s: %v", c.text, err)
		}
		if diff := cmp.Diff(c.want, []int32(got)); diff != "" {
			t.Errorf("scan %s differs (-want +got):\n%s", c.text, diff)
		}
	}
	for _, source := range []any{"{1}", []byte(""), []byte("1,2"), []byte("{NULL}")} {
		if err := new(sketchText).Scan(source); err == nil {
			t.Errorf("scan %v: no error", source)
		}
	}
}

// TestStoriesDoNotDependOnTheOrderOfBuilds: a night built again, alone or with
// those after it, is what it was, and does not see what came later.
func TestStoriesDoNotDependOnTheOrderOfBuilds(t *testing.T) {
	t.Parallel()
	p := randomPress(9)
	var nights []string
	for _, night := range p.nights {
		nights = append(nights, night.Format(time.DateOnly))
	}
	b := newBuilder(t, newDB(t, p.given()))
	mustBuild(t, b, nights...)
	want := digests(t, b, "")
	for _, again := range [][]string{{nights[1]}, {nights[3], nights[0]}, nights, nights[2:]} {
		mustBuild(t, b, again...)
		if diff := cmp.Diff(want, digests(t, b, "")); diff != "" {
			t.Errorf("tables differ once %v are built again (-first +again):\n%s", again, diff)
		}
	}
	slices.Reverse(p.articles)
	reversed := newBuilder(t, newDB(t, p.given()))
	mustBuild(t, reversed, nights...)
	if diff := cmp.Diff(want, digests(t, reversed, "")); diff != "" {
		t.Errorf("tables differ once articles are stored in reverse (-first +reversed):\n%s", diff)
	}
}
