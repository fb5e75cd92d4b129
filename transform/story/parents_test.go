package story

import (
	"testing"
	"time"
)

// TestTreesFindParents: a text that was changed twice is nearer to what it was made
// from than to the first one, and is put under it.
func TestTreesFindParents(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, 3)
	at := time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)
	var items []Item
	parent := map[int64]int64{}
	for range 40 {
		texts := []string{n.layOut("en", n.report("en", n.event(), 18))}
		first := int64(len(items) + 1)
		items = append(items, newItem(first, at, "en", "", texts[0]))
		for k := 1; k < 12; k++ {
			from := n.IntN(len(texts))
			text := n.deskEdit("en", texts[from], 0.03)
			if k%4 == 0 { // and now and then the very same
				text = texts[from]
			}
			texts = append(texts, text)
			id := first + int64(k)
			at = at.Add(time.Minute)
			items = append(items, newItem(id, at, "en", "", text))
			parent[id] = first + int64(from)
		}
	}
	tellings := Cluster(items)
	right, roots := 0, 0
	for _, item := range items {
		told := tellings[item.ID]
		if told.Parent == 0 {
			roots++
			if told.ID != item.ID || told.JoinedBy != "" {
				t.Errorf("article %d has no parent and tells %d, joined by %q", item.ID, told.ID, told.JoinedBy)
			}
			continue
		}
		if told.JoinedBy == "" || told.Parent >= item.ID || told.Similarity <= 0 {
			t.Errorf("article %d: %+v", item.ID, told)
		}
		if told.Parent == parent[item.ID] || Sketch(items[told.Parent-1].ContentHash) != nil && items[told.Parent-1].ContentHash == items[parent[item.ID]-1].ContentHash {
			right++
		}
	}
	t.Logf("%d of %d parents are the right ones, %d stories of 40", right, len(parent), roots)
	if roots != 40 || share(right, len(parent)) < 0.8 {
		t.Error("want 40 stories and four fifths of the parents")
	}
}

// TestParentsOfALargeStory: what is held against each carrier does not grow with
// the story.
func TestParentsOfALargeStory(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, 4)
	text := n.layOut("en", n.report("en", n.event(), 20))
	at := time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)
	var items []Item
	for i := range 1000 {
		items = append(items, newItem(int64(i+1), at.Add(time.Duration(i)*time.Second), "en", "", n.deskEdit("en", text, 0.04)))
	}
	c := newClustering(items)
	c.joinAlike()
	list := make([]int32, len(items))
	for i := range list {
		list[i] = int32(i)
	}
	started := time.Now()
	half := c.parents(list[:500])
	middle := time.Since(started)
	all := c.parents(list)
	whole := time.Since(started) - middle
	lost := 0.0
	for i, p := range all[1:] {
		best := 0.0
		for j := range i + 1 {
			best = max(best, similarity(items[j].Sketch, items[i+1].Sketch))
		}
		lost += best - p.similarity
	}
	t.Logf("500 carriers %v, 1000 %v; similarity lost to a full search %.4f on average", middle, whole, lost/999)
	if len(half) != 500 || lost/999 > 0.03 {
		t.Errorf("similarity lost %.4f, want .03 at most", lost/999)
	}
}
