package story

import (
	"cmp"
	"slices"
)

const (
	minFamilyStories = 20  // stories of a publisher below which nothing is said
	minFamilyShare   = 0.5 // of the smaller publisher's stories
	// maxFamilyCarriers leaves out what agencies spread: whoever prints mostly
	// wire reports shares most of his stories with everybody.
	maxFamilyCarriers = 6
)

// Carrier is a publisher that carries a story.
type Carrier struct {
	PublisherID string
	StoryID     int64
}

// Family is a pair of publishers that print each other: Shared stories of the
// StoryCount that the smaller of them has, not counting what agencies spread.
// Whether they are one voice is for the registry to say; nothing is merged here.
type Family struct {
	PublisherID, OtherID string
	Shared, StoryCount   int
}

// Families finds the pairs of publishers that share most of their stories, the
// closest first. A carrier may be listed more than once.
func Families(carriers []Carrier) []Family {
	publishers := map[int64][]string{}
	for _, c := range carriers {
		publishers[c.StoryID] = append(publishers[c.StoryID], c.PublisherID)
	}
	type pair struct{ a, b string }
	stories := map[string]int{}
	shared := map[pair]int{}
	for _, list := range publishers {
		slices.Sort(list)
		list = slices.Compact(list)
		if len(list) > maxFamilyCarriers {
			continue
		}
		for i, a := range list {
			stories[a]++
			for _, b := range list[i+1:] {
				shared[pair{a, b}]++
			}
		}
	}
	var families []Family
	for p, count := range shared {
		fewer := min(stories[p.a], stories[p.b])
		if fewer >= minFamilyStories && float64(count) >= minFamilyShare*float64(fewer) {
			families = append(families, Family{p.a, p.b, count, fewer})
		}
	}
	slices.SortFunc(families, func(a, b Family) int {
		return cmp.Or(
			cmp.Compare(share(b.Shared, b.StoryCount), share(a.Shared, a.StoryCount)),
			cmp.Compare(b.Shared, a.Shared),
			cmp.Compare(a.PublisherID, b.PublisherID),
			cmp.Compare(a.OtherID, b.OtherID),
		)
	})
	return families
}
