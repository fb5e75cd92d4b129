package story

import (
	"cmp"
	"slices"
)

// The parent of an article is the one it is most like of those before it in its
// story; of equals the earliest. To hold each of a thousand carriers against all
// before it would cost half a million comparisons. So in a large story an article
// is held against those alone that share values with it, and per value against the
// first and the last ones that had it; of these against the ones met most often.

const (
	smallStory    = 64 // texts up to which all are compared
	maxHolders    = 12 // first holders of a value, and as many last ones
	maxCandidates = 48 // articles compared in a large story
	placeStep     = 2  // of the places of a sketch each second one is looked up
)

// tellings are the stories with the place of each article in its own.
func (c *clustering) tellings() map[int64]Telling {
	stories := c.stories()
	tellings := make(map[int64]Telling, len(c.items))
	order := make([]int32, len(c.items)) // by story, then time
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(stories[a].ID, stories[b].ID), cmp.Compare(a, b))
	})
	for len(order) > 0 {
		story := stories[order[0]]
		size := 1
		for size < len(order) && stories[order[size]].ID == story.ID {
			size++
		}
		for at, p := range c.parents(order[:size]) {
			item := &c.items[order[at]]
			if at == 0 {
				tellings[item.ID] = Telling{Story: stories[order[at]]}
				continue
			}
			tellings[item.ID] = Telling{stories[order[at]], c.items[p.item].ID, p.similarity, p.how}
		}
		order = order[size:]
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
	if len(list) == 1 {
		return found
	}
	h := holders{clustering: c, byText: map[string]int32{}}
	for at, i := range list {
		if at > 0 {
			found[at] = h.parentOf(list[0], i)
		}
		h.add(i)
	}
	return found
}

// holders are the articles of a story that were met: one for each text.
type holders struct {
	*clustering
	byText  map[string]int32
	texts   []int32            // the first carrier of each text
	byValue map[uint64]*heldBy // only of a large story
	met     []int32            // by text: how much it shares with the article at hand
	touched []int32            // texts that share anything
}

// heldBy are the first and the last texts that have a value.
type heldBy struct{ first, last []int32 }

// parentOf finds the parent of an article among those held.
func (h *holders) parentOf(first, i int32) ancestor {
	item := &h.items[i]
	if j, ok := h.byText[item.ContentHash]; ok && item.ContentHash != "" {
		return ancestor{j, 1, JoinedByEqual}
	}
	best := ancestor{item: first, similarity: similarity(h.items[first].Sketch, item.Sketch)}
	for _, text := range h.candidates(item) {
		j := h.texts[text]
		s := similarity(h.items[j].Sketch, item.Sketch)
		if s > best.similarity || s == best.similarity && j < best.item {
			best = ancestor{item: j, similarity: s}
		}
	}
	best.how = cmp.Or(h.relation(best.item, i), h.how[i], JoinedByText)
	if best.how == JoinedByEqual { // another text: it was joined by way of a third
		best.how = JoinedByText
	}
	return best
}

func (h *holders) add(i int32) {
	item := &h.items[i]
	if item.ContentHash != "" {
		if _, ok := h.byText[item.ContentHash]; ok {
			return // its first carrier stands for it
		}
		h.byText[item.ContentHash] = i
	}
	h.texts = append(h.texts, i)
	switch {
	case len(h.texts) < smallStory:
	case len(h.texts) == smallStory:
		h.byValue = map[uint64]*heldBy{}
		for text, j := range h.texts {
			h.index(int32(text), &h.items[j])
		}
	default:
		h.index(int32(len(h.texts)-1), item)
	}
}

// index notes which values a text has.
func (h *holders) index(text int32, item *Item) {
	h.met = append(h.met, 0)
	for place := 0; place < len(item.Sketch); place += placeStep {
		key := uint64(place)<<32 | uint64(uint32(item.Sketch[place]))
		held := h.byValue[key]
		if held == nil {
			held = &heldBy{}
			h.byValue[key] = held
		}
		held.add(text)
	}
}

func (h *heldBy) add(text int32) {
	switch {
	case len(h.first) < maxHolders:
		h.first = append(h.first, text)
	case len(h.last) < maxHolders:
		h.last = append(h.last, text)
	default:
		copy(h.last, h.last[1:])
		h.last[maxHolders-1] = text
	}
}

// candidates are the texts to compare with an article: all of a small story, and
// those of a large one that share most values with it, as far as they are held.
func (h *holders) candidates(item *Item) []int32 {
	h.touched = h.touched[:0]
	if h.byValue == nil {
		for text := range h.texts {
			h.touched = append(h.touched, int32(text))
		}
		return h.touched
	}
	for place := 0; place < len(item.Sketch); place += placeStep {
		held := h.byValue[uint64(place)<<32|uint64(uint32(item.Sketch[place]))]
		if held == nil {
			continue
		}
		// A value that few have tells more than one all have.
		weight := int32(1 + 4*maxHolders/(len(held.first)+len(held.last)))
		for _, list := range [...][]int32{held.first, held.last} {
			for _, text := range list {
				if h.met[text] == 0 {
					h.touched = append(h.touched, text)
				}
				h.met[text] += weight
			}
		}
	}
	slices.SortFunc(h.touched, func(a, b int32) int {
		return cmp.Or(cmp.Compare(h.met[b], h.met[a]), cmp.Compare(a, b))
	})
	for _, text := range h.touched {
		h.met[text] = 0
	}
	return h.touched[:min(len(h.touched), maxCandidates)]
}
