// Package story finds articles that are copies of one another: a wire report
// and its reprints are one story, however many titles carry it.
//
//	sketch := story.Sketch(article.Body)            // once, kept with the article
//	stories := story.Cluster(itemsOfTheLastNights)  // article id to story
//
// Two articles are copies if they stand within Window nights of each other and
// their sketches say that they share half of their five-word runs (Jaccard 0.5),
// or that the shorter one shares 0.6 of its runs (containment: a reprint cut to
// half), or if their content hashes are equal. Copies of copies belong to one
// story. A story is named for its earliest article, and keeps its name: an
// article that joins one told before takes it over, also when the article it is
// named for has left the window.
package story

import (
	"cmp"
	"slices"
	"time"
)

const (
	// Window is how many nights two copies may lie apart: 72 hours.
	Window = 3

	minJaccard     = 0.5
	minContainment = 0.6
	// minShared is the Jaccard below which containment is not believed: 64
	// values cannot tell less from chance, and at .6 it is reached while the
	// longer text is up to about 2.5 times the shorter.
	minShared = 0.2
)

// Story is what copies tell: the article it is named for, and its night.
type Story struct {
	ID    int64
	Night time.Time
}

func (s Story) isNamed() bool { return !s.Night.IsZero() }

// Item is one article. ContentHash is left empty for an article without body,
// so that two pages that share a bare headline stay two. Told is the story the
// article was found to tell when its own night was built; zero if it was not.
type Item struct {
	ID          int64
	Night       time.Time
	Sketch      []int32
	ContentHash string
	Told        Story
}

// Cluster returns the story of every article. One that was told keeps its story;
// the others of a set of copies tell the oldest story told in it, or else are
// named for the earliest of them. The result depends on the set of items alone,
// not on their order.
func Cluster(items []Item) map[int64]Story {
	c := newClustering(items)
	c.joinTold()
	c.joinEqual()
	c.joinAlike()
	return c.stories()
}

// clustering is a union-find over items sorted by night, then id: the root of a
// set is its smallest index, so its earliest article.
type clustering struct {
	items  []Item
	day    []int32
	size   []float64 // estimated number of shingles, 0: not asked for yet
	parent []int32
}

func newClustering(items []Item) *clustering {
	type place struct {
		id  int64
		day int32
		at  int32
	}
	places := make([]place, len(items))
	for i, item := range items {
		places[i] = place{item.ID, dayOf(item.Night), int32(i)}
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.day != b.day {
			return cmp.Compare(a.day, b.day)
		}
		if a.id != b.id {
			return cmp.Compare(a.id, b.id)
		}
		return compareTexts(items[a.at], items[b.at])
	})
	places = slices.CompactFunc(places, func(a, b place) bool { return a.id == b.id && a.day == b.day })
	c := &clustering{
		items:  make([]Item, len(places)),
		day:    make([]int32, len(places)),
		size:   make([]float64, len(places)),
		parent: make([]int32, len(places)),
	}
	for i, p := range places {
		c.items[i] = items[p.at]
		c.day[i] = p.day
		c.parent[i] = int32(i)
	}
	return c
}

// compareTexts decides between two items of one article.
func compareTexts(a, b Item) int {
	return cmp.Or(cmp.Compare(a.ContentHash, b.ContentHash), slices.Compare(a.Sketch, b.Sketch), compareStories(a.Told, b.Told))
}

// compareStories puts the older one first.
func compareStories(a, b Story) int {
	return cmp.Or(cmp.Compare(dayOf(a.Night), dayOf(b.Night)), cmp.Compare(a.ID, b.ID))
}

func dayOf(t time.Time) int32 {
	year, month, day := t.Date()
	return int32(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (c *clustering) root(i int32) int32 {
	for c.parent[i] != i {
		c.parent[i] = c.parent[c.parent[i]]
		i = c.parent[i]
	}
	return i
}

func (c *clustering) join(i, j int32) {
	i, j = c.root(i), c.root(j)
	c.parent[max(i, j)] = min(i, j)
}

func (c *clustering) isNear(i, j int32) bool { return c.day[j]-c.day[i] <= Window }

// stories names the sets.
func (c *clustering) stories() map[int64]Story {
	named := make([]Story, len(c.items)) // by root
	for i, item := range c.items {
		root := c.root(int32(i))
		if item.Told.isNamed() && (!named[root].isNamed() || compareStories(item.Told, named[root]) < 0) {
			named[root] = item.Told
		}
	}
	stories := make(map[int64]Story, len(c.items))
	for i, item := range c.items {
		if item.Told.isNamed() {
			stories[item.ID] = item.Told
			continue
		}
		root := c.root(int32(i))
		if !named[root].isNamed() { // nothing of the set was told: the root is its first
			named[root] = Story{c.items[root].ID, c.items[root].Night}
		}
		stories[item.ID] = named[root]
	}
	return stories
}

// joinTold joins articles that were found to tell one story.
func (c *clustering) joinTold() {
	first := map[int64]int32{}
	for i, item := range c.items {
		if !item.Told.isNamed() {
			continue
		}
		if j, ok := first[item.Told.ID]; ok {
			c.join(j, int32(i))
		} else {
			first[item.Told.ID] = int32(i)
		}
	}
}

// joinEqual joins articles of the same title and text.
func (c *clustering) joinEqual() {
	last := make(map[string]int32, len(c.items))
	for i, item := range c.items {
		if item.ContentHash == "" {
			continue
		}
		if j, ok := last[item.ContentHash]; ok && c.isNear(j, int32(i)) {
			c.join(j, int32(i))
		}
		last[item.ContentHash] = int32(i)
	}
}

// areCopies estimates Jaccard and, from it and the two sizes, containment:
// |A∩B| = J/(1+J)·(|A|+|B|).
func (c *clustering) areCopies(i, j int32) bool {
	jaccard := similarity(c.items[i].Sketch, c.items[j].Sketch)
	if jaccard >= minJaccard {
		return true
	}
	if jaccard < minShared {
		return false
	}
	a, b := c.shingles(i), c.shingles(j)
	both := jaccard / (1 + jaccard) * (a + b)
	return both/min(a, b) >= minContainment
}

// shingles counts on first asking: most articles resemble nothing.
func (c *clustering) shingles(i int32) float64 {
	if c.size[i] == 0 {
		c.size[i] = shingleCount(c.items[i].Sketch)
	}
	return c.size[i]
}
