package match

// An Aho-Corasick automaton, fully determined: one table look-up for each byte
// of text, whatever the number of keys. Bytes that no key contains share one
// class, so a row of the table is as wide as the alphabet in use. States are
// numbered breadth first, those that accept after those that do not: the states
// a text spends its time in lie together in the cache, and "is this a hit" is
// one comparison.

import "fmt"

// maxCells bounds the table: 1<<28 cells of four bytes are 1 GB.
const maxCells = 1 << 28

type automaton struct {
	class       [256]uint8
	stride      int32
	next        []int32 // next[state+class] is the next state; states are row offsets
	firstAccept int32   // states from here on end a key
	keys        []int32 // by (state-firstAccept)/stride: key that ends here, -1 for none
	shorter     []int32 // same index: the accepting state of the longest proper suffix, -1 for none
}

// hit says that a key ends before byte end.
type hit struct {
	key int32
	end int32
}

func newAutomaton(keys []string) (*automaton, error) {
	a := &automaton{stride: 1}
	for _, key := range keys {
		for i := range len(key) {
			if a.class[key[i]] != 0 {
				continue
			}
			if a.stride > 255 {
				return nil, fmt.Errorf("build automaton: keys use more than 255 different bytes")
			}
			a.class[key[i]] = uint8(a.stride)
			a.stride++
		}
	}
	t := &trie{stride: a.stride, class: &a.class}
	t.addState()
	for i, key := range keys {
		if int64(len(t.rows)) > maxCells {
			return nil, fmt.Errorf("build automaton: %d keys need more than %d cells", len(keys), maxCells)
		}
		t.insert(key, int32(i))
	}
	t.complete()
	t.renumber(a)
	return a, nil
}

// scan appends the hits in text, in the order of their ends, longest first.
func (a *automaton) scan(text []byte, hits []hit) []hit {
	state := int32(0)
	next, first := a.next, a.firstAccept
	for i, b := range text {
		state = next[state+int32(a.class[b])]
		if state < first {
			continue
		}
		for s := state; s >= 0; {
			row := (s - first) / a.stride
			if key := a.keys[row]; key >= 0 {
				hits = append(hits, hit{key: key, end: int32(i + 1)})
			}
			s = a.shorter[row]
		}
	}
	return hits
}

// trie is the automaton under construction; states are plain numbers here.
type trie struct {
	stride int32
	class  *[256]uint8
	rows   []int32 // -1 for no edge
	key    []int32
	fail   []int32
	suffix []int32 // nearest accepting state down the failure links, -1 for none
	order  []int32 // breadth first
}

func (t *trie) addState() int32 {
	for range t.stride {
		t.rows = append(t.rows, -1)
	}
	t.key = append(t.key, -1)
	t.fail = append(t.fail, 0)
	t.suffix = append(t.suffix, -1)
	return int32(len(t.key) - 1)
}

func (t *trie) insert(key string, id int32) {
	state := int32(0)
	for i := range len(key) {
		cell := state*t.stride + int32(t.class[key[i]])
		if t.rows[cell] < 0 {
			added := t.addState()
			t.rows[cell] = added
		}
		state = t.rows[cell]
	}
	t.key[state] = id
}

// complete turns missing edges into those of the failure state.
func (t *trie) complete() {
	t.order = append(t.order[:0], 0)
	for head := 0; head < len(t.order); head++ {
		state := t.order[head]
		for c := range t.stride {
			cell := state*t.stride + c
			fallback := int32(0)
			if state != 0 {
				fallback = t.rows[t.fail[state]*t.stride+c]
			}
			child := t.rows[cell]
			if child < 0 {
				t.rows[cell] = fallback
				continue
			}
			t.fail[child] = fallback
			t.suffix[child] = t.suffix[fallback]
			if t.key[fallback] >= 0 {
				t.suffix[child] = fallback
			}
			t.order = append(t.order, child)
		}
	}
}

func (t *trie) accepts(state int32) bool { return t.key[state] >= 0 || t.suffix[state] >= 0 }

// renumber writes the finished table: quiet states first, then accepting ones.
func (t *trie) renumber(a *automaton) {
	offset := make([]int32, len(t.key))
	at := int32(0)
	for _, accepting := range []bool{false, true} {
		if accepting {
			a.firstAccept = at
		}
		for _, state := range t.order {
			if t.accepts(state) == accepting {
				offset[state] = at
				at += t.stride
			}
		}
	}
	a.next = make([]int32, len(t.rows))
	accepting := (at - a.firstAccept) / t.stride
	a.keys = make([]int32, accepting)
	a.shorter = make([]int32, accepting)
	for state := range t.key {
		for c := range t.stride {
			a.next[offset[state]+c] = offset[t.rows[int32(state)*t.stride+c]]
		}
		if !t.accepts(int32(state)) {
			continue
		}
		row := (offset[state] - a.firstAccept) / t.stride
		a.keys[row] = t.key[state]
		a.shorter[row] = -1
		if s := t.suffix[state]; s >= 0 {
			a.shorter[row] = offset[s]
		}
	}
}
