package story

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFamilies(t *testing.T) {
	t.Parallel()
	var carriers []Carrier
	story := int64(0)
	carry := func(publishers ...string) {
		story++
		for _, p := range publishers {
			carriers = append(carriers, Carrier{p, story}, Carrier{p, story})
		}
	}
	for i := range 60 {
		carry("north", "south")                     // one newsroom behind two publishers
		carry("lone")                               // never copied
		carry("west", fmt.Sprintf("guest %d", i%2)) // two small ones that take a share of a large one
		carry("west")
		carry("guest 0")
		carry("guest 1")
		carry("lone", "west", "a", "b", "c", "d", "e", "f") // an agency's
	}
	for range 10 {
		carry("tiny", "twin") // too few to tell
	}
	want := []Family{{"north", "south", 60, 60}}
	if diff := cmp.Diff(want, Families(carriers)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Families(nil); got != nil {
		t.Errorf("families of nothing: %v", got)
	}
}
