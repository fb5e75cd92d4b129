package story

import (
	"cmp"
	"slices"
)

// The parent of an article is the one it is most like of those before it in its
// story; of equals the earliest. To hold each of a thousand carriers against all
// before it would cost half a million comparisons, so of those that share a value
// of the sketch only a few are held against it: per value the first and the last
// ones that brought it, and of these the ones met most often.

const (
	maxHolders    = 12 // first holders of a value, and as many last ones
	maxCandidates = 48 // articles compared
)

// tellings are the stories with the place of each article in its own.
func (c *clustering) tellings() map[int64]Telling {
	stories := c.stories()
	members := map[int64][]int32{} // by story, in order
	for i := range c.items {
		members[stories[i].ID] = append(members[stories[i].ID], int32(i))
	}
	tellings := make(map[int64]Telling, len(c.items))
	for i, item := range c.items {
		tellings[item.ID] = Telling{Story: stories[i]}
	}
	for _, list := range members {
		if len(list) < 2 {
			continue
		}
		for at, p := range c.parents(list) {
			if at == 0 {
				continue
			}
			item := c.items[list[at]]
			tellings[item.ID] = Telling{stories[list[at]], c.items[p.item].ID, p.similarity, p.how}
		}
	}
	return tellings
}

type ancestor struct {
	item       int32
	similarity float64
	how        string
}

// parents finds the parent of every article of a story but the first.
func (c *clustering) parents(list []int32) []ancestor {
	found := make([]ancestor, len(list))
	h := holders{
		byText:  map[string]int32{},
		byValue: map[uint64]*heldBy{},
		met:     map[int32]int{},
	}
	for at, i := range list {
		if at > 0 {
			found[at] = c.parentOf(&h, list[0], i)
		}
		h.add(c.items[i], i)
	}
	return found
}

// parentOf finds the parent of one article among those held.
func (c *clustering) parentOf(h *holders, first, i int32) ancestor {
	item := c.items[i]
	if j, ok := h.byText[item.ContentHash]; ok && item.ContentHash != "" {
		return ancestor{j, 1, JoinedByEqual}
	}
	best := ancestor{item: first, similarity: similarity(c.items[first].Sketch, item.Sketch)}
	for _, j := range h.candidates(item) {
		s := similarity(c.items[j].Sketch, item.Sketch)
		if s > best.similarity || s == best.similarity && j < best.item {
			best = ancestor{item: j, similarity: s}
		}
	}
	best.how = cmp.Or(c.relation(best.item, i), c.how[i], JoinedByText)
	if best.how == JoinedByEqual { // another text: it was joined by way of a third
		best.how = JoinedByText
	}
	return best
}

// holders are the articles of a story that were met, by what they hold.
type holders struct {
	byText  map[string]int32
	byValue map[uint64]*heldBy
	met     map[int32]int // of one article: how many values it shares
}

type heldBy struct {
	first, last []int32
}

func (h *holders) add(item Item, i int32) {
	if item.ContentHash != "" {
		if _, ok := h.byText[item.ContentHash]; ok {
			return // its first carrier stands for it
		}
		h.byText[item.ContentHash] = i
	}
	for place, value := range item.Sketch {
		key := uint64(place)<<32 | uint64(uint32(value))
		holding := h.byValue[key]
		if holding == nil {
			holding = &heldBy{}
			h.byValue[key] = holding
		}
		holding.add(i)
	}
}

func (h *heldBy) add(i int32) {
	if len(h.first) < maxHolders {
		h.first = append(h.first, i)
		return
	}
	if len(h.last) == maxHolders {
		copy(h.last, h.last[1:])
		h.last = h.last[:maxHolders-1]
	}
	h.last = append(h.last, i)
}

// candidates are the articles that share most values, as far as they are held.
func (h *holders) candidates(item Item) []int32 {
	clear(h.met)
	for place, value := range item.Sketch {
		holding := h.byValue[uint64(place)<<32|uint64(uint32(value))]
		if holding == nil {
			continue
		}
		// A value that few have tells more than one all have.
		weight := 1 + 4*maxHolders/(len(holding.first)+len(holding.last))
		for _, i := range holding.first {
			h.met[i] += weight
		}
		for _, i := range holding.last {
			h.met[i] += weight
		}
	}
	list := make([]int32, 0, len(h.met))
	for i := range h.met {
		list = append(list, i)
	}
	slices.SortFunc(list, func(a, b int32) int {
		return cmp.Or(cmp.Compare(h.met[b], h.met[a]), cmp.Compare(a, b))
	})
	return list[:min(len(list), maxCandidates)]
}
