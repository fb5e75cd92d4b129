package story

import (
	"iter"
	"math/bits"
	"runtime"
)

// Bands: a pair is looked at if two neighbouring values agree in one of 32
// places. That finds 87 % of pairs at Jaccard .25 and all but 1 in 10,000 at .5.
const (
	bands    = Values / 2
	maxGroup = 48 // groups of one bucket an article is held against, latest first
)

// joinAlike joins copies among the articles that agree in a band. The slots of
// several bands are made at once; joining takes them in order, because what is
// joined already decides what need not be compared.
func (c *clustering) joinAlike() {
	sketched := make([]int32, 0, len(c.items))
	for i := range c.items {
		if len(c.items[i].Sketch) == Values {
			sketched = append(sketched, int32(i))
		}
	}
	filled := make([]chan []slot, bands)
	for band := range filled {
		filled[band] = make(chan []slot, 1)
	}
	workers := runtime.GOMAXPROCS(0)
	for worker := range workers {
		go func() {
			for first := worker * block; first < bands; first += workers * block {
				for i, keys := range c.keys(first, sketched) {
					filled[first+i] <- sharing(keys, sketched)
				}
			}
		}()
	}
	for _, slots := range filled {
		c.joinBuckets(<-slots, maxGroup)
	}
}

// block is how many bands are read at a time: the values of eight lie in one
// line of the processor's cache, and going for it is what takes the time.
const block = 8

// keys reads a block of bands, each value with its neighbour as one number.
func (c *clustering) keys(first int, sketched []int32) [block][]uint64 {
	var keys [block][]uint64
	for band := range keys {
		keys[band] = make([]uint64, len(sketched))
	}
	for at, i := range sketched {
		values := c.items[i].Sketch[2*first : 2*(first+block)]
		for band := range keys {
			keys[band][at] = uint64(uint32(values[2*band]))<<32 | uint64(uint32(values[2*band+1]))
		}
	}
	return keys
}

// slot is an article with its key in a band.
type slot struct {
	key  uint64
	item int32
}

// sharing returns the articles that share their key with another one, by key,
// then in order. Keys met only once, most of them, are left out before anything
// is sorted; one bit stands for many keys, so a few come through by accident.
func sharing(keys []uint64, sketched []int32) []slot {
	logSize := max(6, bits.Len(uint(8*len(keys))))
	once := make([]uint64, 1<<(logSize-6))
	twice := make([]uint64, len(once))
	place := func(key uint64) (word, bit uint64) {
		hash := mix(key) >> (64 - logSize)
		return hash / 64, 1 << (hash % 64)
	}
	for _, key := range keys {
		word, bit := place(key)
		twice[word] |= once[word] & bit
		once[word] |= bit
	}
	var slots []slot
	for at, key := range keys {
		if word, bit := place(key); twice[word]&bit != 0 {
			slots = append(slots, slot{key, sketched[at]})
		}
	}
	return sortByKey(slots)
}

// sortByKey is a radix sort from the lowest digit up, which keeps the order of
// equal keys.
func sortByKey(slots []slot) []slot {
	const digitBits, digits = 11, 1 << 11
	sorted := make([]slot, len(slots))
	for shift := 0; shift < 64; shift += digitBits {
		var starts [digits]int
		for _, s := range slots {
			starts[s.key>>shift%digits]++
		}
		start := 0
		for digit, count := range starts {
			starts[digit] = start
			start += count
		}
		for _, s := range slots {
			digit := s.key >> shift % digits
			sorted[starts[digit]] = s
			starts[digit]++
		}
		slots, sorted = sorted, slots
	}
	return slots
}

// buckets yields the articles of each key that has two or more. What it yields
// is valid until the next one.
func buckets(slots []slot) iter.Seq[[]int32] {
	return func(yield func([]int32) bool) {
		var bucket []int32
		for i := range slots {
			bucket = append(bucket, slots[i].item)
			if i+1 < len(slots) && slots[i+1].key == slots[i].key {
				continue
			}
			if len(bucket) > 1 && !yield(bucket) {
				return
			}
			bucket = bucket[:0]
		}
	}
}

// group is what a bucket keeps of a set of copies: an article is held against
// its first and its last member, not against all, so that a bucket of one wire
// report in a thousand titles costs a thousand comparisons and not a million.
type group struct{ first, last int32 }

func (c *clustering) joinBucket(bucket []int32, maxGroup int) {
	var groups []group
	for _, i := range bucket {
		isNew := true
		for g := len(groups) - 1; g >= max(0, len(groups)-maxGroup); g-- {
			if how := c.belongs(groups[g], i); how != "" {
				c.join(groups[g].first, i, how)
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

// belongs says what joins an article to a group; empty if nothing does.
func (c *clustering) belongs(g group, i int32) string {
	if !c.isNear(g.last, i) {
		return ""
	}
	if c.root(g.last) == c.root(i) {
		return c.how[i]
	}
	if how := c.relation(g.last, i); how != "" {
		return how
	}
	if g.first != g.last && c.isNear(g.first, i) {
		return c.relation(g.first, i)
	}
	return ""
}
