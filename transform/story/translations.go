package story

import (
	"cmp"
	"slices"
)

// A story is told again in another language if its numbers, its names and the
// companies it names agree with those of a story before it. Precision goes first:
// two numbers that are not small must be the same, as must most of those that
// could be, and a text that has less to compare is left alone.

const (
	minLarge     = 2   // numbers in common that are not small
	minLargeIn   = 0.6 // their share of what the shorter text has of them
	minEvidence  = 3.0 // numbers in common; small ones count half, names 0.7
	minStrangers = 4.0 // the same where neither text names a company
	minAgreed    = 0.5 // share of numbers and names in common

	maxPostings = 100 // a fact in more stories than that tells no two apart
	minMet      = 4   // to be compared: numbers in common count 2, names 1
)

// Translation says that a story tells in its language what an earlier one told in
// another. Agreement is the share of numbers and names they have in common, 0 to 1.
type Translation struct {
	Story     Story
	Original  Story
	Agreement float64
}

// Translations finds the stories among the items that tell what an earlier one
// within Window told in another language; of several originals the earliest. Each
// story is looked at by the item of it that has most facts. A pair must name a
// company both have, or none. The result is in the order of the stories.
func Translations(items []Item, tellings map[int64]Telling) []Translation {
	list := witnesses(items, tellings)
	byFact := map[int32][]int32{}
	for at, w := range list {
		for _, fact := range w.item.Facts {
			if kindOf(fact) != smallNumber {
				byFact[fact] = append(byFact[fact], int32(at))
			}
		}
	}
	var found []Translation
	met := map[int32]int{}
	for at, w := range list {
		clear(met)
		for _, fact := range w.item.Facts {
			holders := byFact[fact]
			if len(holders) > maxPostings {
				continue
			}
			weight := 1
			if kindOf(fact) == number {
				weight = 2
			}
			for _, other := range holders {
				if other < int32(at) {
					met[other] += weight
				}
			}
		}
		original, agreement := -1, 0.0
		for other, weight := range met {
			if weight < minMet || original >= 0 && int(other) > original {
				continue
			}
			if agreed, ok := list[other].agrees(w); ok {
				original, agreement = int(other), agreed
			}
		}
		if original >= 0 {
			found = append(found, Translation{w.story, list[original].story, agreement})
		}
	}
	return found
}

// witness is the item by which a story is compared.
type witness struct {
	story Story
	first Item // earliest item of the story, by which stories are ordered
	item  Item
}

func witnesses(items []Item, tellings map[int64]Telling) []witness {
	sorted := slices.Clone(items)
	slices.SortFunc(sorted, func(a, b Item) int {
		return cmp.Or(cmp.Compare(dayOf(a.Night), dayOf(b.Night)), a.PublishedAt.Compare(b.PublishedAt), cmp.Compare(a.ID, b.ID))
	})
	places := map[int64]int{}
	var list []witness
	for _, item := range sorted {
		story := tellings[item.ID].Story
		at, ok := places[story.ID]
		if !ok {
			places[story.ID] = len(list)
			list = append(list, witness{story, item, item})
			continue
		}
		if len(item.Facts) > len(list[at].item.Facts) {
			list[at].item = item
		}
	}
	slices.SortStableFunc(list, func(a, b witness) int { return compareStories(a.story, b.story) })
	return list
}

// agrees says whether one story tells what another one told, and how much of the
// numbers and names they share.
func (w witness) agrees(o witness) (agreement float64, ok bool) {
	a, b := w.item, o.item
	if a.Language == b.Language || !isLanguage(a.Language) || !isLanguage(b.Language) {
		return 0, false
	}
	if apart := dayOf(b.Night) - dayOf(a.Night); apart > Window || apart < -Window {
		return 0, false
	}
	needed := minEvidence
	switch {
	case len(a.Companies) == 0 && len(b.Companies) == 0:
		needed = minStrangers
	case !intersect(a.Companies, b.Companies):
		return 0, false
	}
	c := compareFacts(a.Facts, b.Facts)
	agreement = share(c.numbers+c.names, c.ofNumbers+c.ofNames)
	evidence := float64(c.large) + 0.5*float64(c.numbers-c.large) + 0.7*float64(c.names)
	return agreement, c.large >= minLarge && share(c.large, c.ofLarge) >= minLargeIn &&
		evidence >= needed && agreement >= minAgreed
}

func isLanguage(code string) bool { return code != "" && code != "und" }

// intersect says whether two sorted lists have an element in common.
func intersect(a, b []string) bool {
	for _, x := range a {
		if _, ok := slices.BinarySearch(b, x); ok {
			return true
		}
	}
	return false
}
