package story

// Facts are a stored format, as the sketch is: nothing that decides what is read
// from a text, here and in number.go and name.go, may change without reading all
// texts anew.
//
// A fact is a number or a name. Its hash is 22 bits of FNV-1a, mixed, over its
// written form; the fact is the hash times 4 plus its kind. Of the numbers and of
// the names of a text the 32 of the least hash are kept, in ascending order: what
// two texts share is then read from the hashes both lists reach (Cohen 1997).

import (
	"math"
	"slices"
)

const (
	maxFacts = 32 // of numbers, and of names

	hashBits = 22
	kindBits = 2
)

// factKind says what a fact is.
type factKind int32

const (
	smallNumber factKind = iota // 17, 300: many texts have it
	number                      // 24,310.55, 3.5 billion
	name                        // a capitalised word, by its consonants
)

func kindOf(fact int32) factKind { return factKind(fact & (1<<kindBits - 1)) }

// Facts returns the hashes of the numbers and names in a text: numbers by their
// value, however the language writes them, and names by what their spelling in
// Latin, Cyrillic, Greek and katakana has in common. Language is a BCP 47 primary
// subtag. A text without any gives an empty list, not nil.
func Facts(language, title, body string) []int32 {
	f := factReader{isGerman: language == "de"}
	f.read(title, false)
	f.read(body, true)
	numbers, names := least(f.numbers), least(f.names)
	facts := make([]int32, 0, len(numbers)+len(names))
	facts = append(append(facts, numbers...), names...)
	slices.Sort(facts)
	return facts
}

// least keeps the facts of the least hash.
func least(facts []int32) []int32 {
	slices.Sort(facts)
	facts = slices.Compact(facts)
	return facts[:min(len(facts), maxFacts)]
}

func newFact(kind factKind, written []byte) int32 {
	h := uint64(fnvOffset)
	for _, b := range written {
		h = (h ^ uint64(b)) * fnvPrime
	}
	return int32(mix(h)>>(64-hashBits))<<kindBits | int32(kind)
}

// common counts what the facts of two texts have in common, and what each has
// where both can be compared.
type common struct {
	numbers, large, names int // in both; numbers with the large ones

	ofNumbers, ofLarge, ofNames int // in the one that has fewer
}

func compareFacts(a, b []int32) common {
	numbers := min(reach(a, false), reach(b, false))
	names := min(reach(a, true), reach(b, true))
	inA, inB := countFacts(a, numbers, names), countFacts(b, numbers, names)
	both := common{
		ofNumbers: min(inA.numbers, inB.numbers),
		ofLarge:   min(inA.large, inB.large),
		ofNames:   min(inA.names, inB.names),
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			both.add(a[i], numbers, names)
			i++
			j++
		}
	}
	return both
}

// reach is up to which fact a list has all: it was cut if it is full.
func reach(facts []int32, isName bool) int32 {
	count, last := 0, int32(0)
	for _, fact := range facts {
		if (kindOf(fact) == name) == isName {
			count++
			last = fact
		}
	}
	if count < maxFacts {
		return math.MaxInt32
	}
	return last
}

func countFacts(facts []int32, numbers, names int32) common {
	var c common
	for _, fact := range facts {
		c.add(fact, numbers, names)
	}
	return c
}

func (c *common) add(fact, numbers, names int32) {
	switch kind := kindOf(fact); {
	case kind == name:
		if fact <= names {
			c.names++
		}
	case fact <= numbers:
		c.numbers++
		if kind == number {
			c.large++
		}
	}
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
