// Package story finds articles that are copies of one another: a wire report
// and its reprints are one story, however many titles carry it.
//
//	sketch := story.Sketch(article.Body)            // once, kept with the article,
//	facts := story.Facts(language, title, body)     // as these are
//	credit := story.Credit(language, title, body)
//	tellings := story.Cluster(itemsOfTheLastNights) // by article id
//
// Two articles are copies if they stand within Window nights of each other and
// their sketches say that they share half of their five-word runs (Jaccard 0.5),
// or that the shorter one shares 0.6 of its runs (containment: a reprint cut to
// half), or if their content hashes are equal. Of two that are credited to one
// agency less will do, if their numbers and names agree; and texts that have
// their wording in common but not their numbers or their names are no copies:
// they are filled-in forms, such as the daily lines of an exchange. Copies of
// copies belong to one story. copies.go has the rules.
//
// A story is named for its earliest article, and keeps its name: an article that
// joins one told before takes it over, also when the article it is named for has
// left the window. Every other article has a parent, the one before it that it is
// most like (parents.go). Stories that tell the same in another language are found
// by numbers, names and companies, and are not joined (translations.go); nor are
// publishers that carry each other's stories (families.go).
package story

import (
	"cmp"
	"slices"
	"time"
)

// Window is how many nights two copies may lie apart: 72 hours.
const Window = 3

// Story is what copies tell: the article it is named for, and its night.
type Story struct {
	ID    int64
	Night time.Time
}

func (s Story) isNamed() bool { return !s.Night.IsZero() }

// Item is one article. ContentHash is left empty for an article without body,
// so that two pages that share a bare headline stay two. Told is the story the
// article was found to tell when its own night was built; zero if it was not.
// What is not known of the rest is left out, and says nothing then.
type Item struct {
	ID          int64
	Night       time.Time
	PublishedAt time.Time
	Sketch      []int32
	Characters  int // length of the body, in code points
	ContentHash string
	Credit      string // agency, as Credit has it
	Facts       []int32
	Language    string   // BCP 47 primary subtag; only for translations
	Companies   []string // named in it, sorted; only for translations
	Told        Story
}

// What joined an article to its story.
const (
	JoinedByText   = "text"   // the same words
	JoinedByCut    = "cut"    // a shorter text inside a longer one
	JoinedByEqual  = "equal"  // the very same
	JoinedByCredit = "credit" // a wire credit and the facts
)

// Telling is the place of an article in its story. Parent is the article it was
// most likely copied from, Similarity the estimated Jaccard index of the two, and
// JoinedBy one of the constants; zero for the first article of a story.
type Telling struct {
	Story
	Parent     int64
	Similarity float64
	JoinedBy   string
}

// Cluster returns how every article tells its story. One that was told keeps its
// story; the others of a set of copies tell the oldest story told in it, or else
// are named for the earliest of them: the first published of the first night, then
// the least id. The result depends on the set of items alone, not on their order.
func Cluster(items []Item) map[int64]Telling {
	c := newClustering(items)
	c.joinTold()
	c.joinEqual()
	c.joinAlike()
	c.joinCredited()
	return c.tellings()
}

// clustering is a union-find over items sorted by night, time and id: the root of
// a set is its smallest index, so its earliest article.
type clustering struct {
	items  []Item
	day    []int32
	size   []float64 // estimated number of shingles, 0: not asked for yet
	how    []string  // what joined an item first
	parent []int32
}

func newClustering(items []Item) *clustering {
	type place struct {
		id        int64
		published int64
		day       int32
		at        int32
	}
	places := make([]place, len(items))
	for i, item := range items {
		places[i] = place{item.ID, item.PublishedAt.Unix(), dayOf(item.Night), int32(i)}
	}
	slices.SortFunc(places, func(a, b place) int {
		switch {
		case a.day != b.day:
			return cmp.Compare(a.day, b.day)
		case a.published != b.published:
			return cmp.Compare(a.published, b.published)
		case a.id != b.id:
			return cmp.Compare(a.id, b.id)
		}
		return compareTexts(items[a.at], items[b.at])
	})
	places = slices.CompactFunc(places, func(a, b place) bool { return a.id == b.id && a.day == b.day })
	c := &clustering{
		items:  make([]Item, len(places)),
		day:    make([]int32, len(places)),
		size:   make([]float64, len(places)),
		how:    make([]string, len(places)),
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

func (c *clustering) join(i, j int32, how string) {
	for _, k := range [...]int32{i, j} {
		if c.how[k] == "" {
			c.how[k] = how
		}
	}
	i, j = c.root(i), c.root(j)
	c.parent[max(i, j)] = min(i, j)
}

func (c *clustering) isNear(i, j int32) bool { return c.day[j]-c.day[i] <= Window }

// stories names the sets; the story of each item, by index.
func (c *clustering) stories() []Story {
	named := make([]Story, len(c.items)) // by root
	for i := range c.items {
		item, root := &c.items[i], c.root(int32(i))
		if item.Told.isNamed() && (!named[root].isNamed() || compareStories(item.Told, named[root]) < 0) {
			named[root] = item.Told
		}
	}
	stories := make([]Story, len(c.items))
	for i := range c.items {
		item, root := &c.items[i], c.root(int32(i))
		switch {
		case item.Told.isNamed():
			stories[i] = item.Told
		case !named[root].isNamed(): // nothing of the set was told: the root is its first
			named[root] = Story{c.items[root].ID, c.items[root].Night}
			stories[i] = named[root]
		default:
			stories[i] = named[root]
		}
	}
	return stories
}

// joinTold joins articles that were found to tell one story.
func (c *clustering) joinTold() {
	first := map[int64]int32{}
	for i := range c.items {
		item := &c.items[i]
		if !item.Told.isNamed() {
			continue
		}
		if j, ok := first[item.Told.ID]; ok {
			c.join(j, int32(i), JoinedByText)
		} else {
			first[item.Told.ID] = int32(i)
		}
	}
}

// joinEqual joins articles of the same title and text.
func (c *clustering) joinEqual() {
	last := make(map[string]int32, len(c.items))
	for i := range c.items {
		item := &c.items[i]
		if item.ContentHash == "" {
			continue
		}
		if j, ok := last[item.ContentHash]; ok && c.isNear(j, int32(i)) {
			c.join(j, int32(i), JoinedByEqual)
		}
		last[item.ContentHash] = int32(i)
	}
}
