// Package story finds articles that are copies of one another: a wire report
// and its reprints are one story, however many titles carry it.
//
//	sketch := story.Sketch(article.Body)            // once, kept with the article
//	stories := story.Cluster(itemsOfTheLastNights)  // article id to story id
//
// Two articles are copies if they stand within Window nights of each other and
// their sketches say that they share half of their five-word runs (Jaccard 0.5),
// or that the shorter one shares 0.6 of its runs (containment: a reprint cut to
// half), or if their content hashes are equal. Copies of copies belong to one
// story. A story is named for its earliest article.
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

// Item is one article. ContentHash is left empty for an article without body,
// so that two pages that share a bare headline stay two.
type Item struct {
	ID          int64
	Night       time.Time
	Publisher   string
	Sketch      []int32
	ContentHash string
}

// Cluster returns the story of every article. The result depends on the set of
// items alone, not on their order.
func Cluster(items []Item) map[int64]int64 {
	c := newClustering(items)
	c.joinEqual()
	for band := range bands {
		c.joinBand(band)
	}
	stories := make(map[int64]int64, len(items))
	for i := range c.items {
		stories[c.items[i].ID] = c.items[c.root(int32(i))].ID
	}
	return stories
}

// clustering is a union-find over items sorted by night, then id: the root of a
// set is its smallest index, so its earliest article.
type clustering struct {
	items  []Item
	day    []int
	size   []float64 // estimated number of shingles
	parent []int32
}

func newClustering(items []Item) *clustering {
	c := &clustering{items: slices.Clone(items)}
	slices.SortFunc(c.items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(dayOf(a.Night), dayOf(b.Night)), cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.ContentHash, b.ContentHash), slices.Compare(a.Sketch, b.Sketch))
	})
	c.items = slices.CompactFunc(c.items, func(a, b Item) bool { return a.ID == b.ID && dayOf(a.Night) == dayOf(b.Night) })
	c.day = make([]int, len(c.items))
	c.size = make([]float64, len(c.items))
	c.parent = make([]int32, len(c.items))
	for i, item := range c.items {
		c.day[i] = dayOf(item.Night)
		c.size[i] = shingleCount(item.Sketch)
		c.parent[i] = int32(i)
	}
	return c
}

func dayOf(t time.Time) int {
	year, month, day := t.Date()
	return int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
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

// joinEqual joins articles of the same title and text.
func (c *clustering) joinEqual() {
	last := map[string]int32{}
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

// Bands: a pair is looked at if two neighbouring values agree in one of 32
// places. That finds 87 % of pairs at Jaccard .25 and all but 1 in 10,000 at .5.
const (
	bands    = Values / 2
	maxGroup = 48 // groups of one bucket an article is held against, latest first
)

// joinBand joins copies among the articles that agree in one band.
func (c *clustering) joinBand(band int) {
	type slot struct {
		key  uint64
		item int32
	}
	slots := make([]slot, 0, len(c.items))
	for i, item := range c.items {
		if len(item.Sketch) == Values {
			key := uint64(uint32(item.Sketch[2*band]))<<32 | uint64(uint32(item.Sketch[2*band+1]))
			slots = append(slots, slot{key, int32(i)})
		}
	}
	slices.SortFunc(slots, func(a, b slot) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.item, b.item)) })
	var bucket []int32
	for i := range slots {
		bucket = append(bucket, slots[i].item)
		if i+1 == len(slots) || slots[i+1].key != slots[i].key {
			c.joinBucket(bucket)
			bucket = bucket[:0]
		}
	}
}

// group is what a bucket keeps of a set of copies: an article is held against
// its first and its last member, not against all, so that a bucket of one wire
// report in a thousand titles costs a thousand comparisons and not a million.
type group struct{ first, last int32 }

func (c *clustering) joinBucket(bucket []int32) {
	if len(bucket) < 2 {
		return
	}
	var groups []group
	for _, i := range bucket {
		isNew := true
		for g := len(groups) - 1; g >= max(0, len(groups)-maxGroup); g-- {
			if c.belongs(groups[g], i) {
				c.join(groups[g].first, i)
				groups[g].last = i
				isNew = false
				break
			}
		}
		if isNew {
			groups = append(groups, group{i, i})
		}
	}
}

func (c *clustering) belongs(g group, i int32) bool {
	if !c.isNear(g.last, i) {
		return false
	}
	if c.root(g.last) == c.root(i) || c.areCopies(g.last, i) {
		return true
	}
	return g.first != g.last && c.isNear(g.first, i) && c.areCopies(g.first, i)
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
	both := jaccard / (1 + jaccard) * (c.size[i] + c.size[j])
	return both/min(c.size[i], c.size[j]) >= minContainment
}
