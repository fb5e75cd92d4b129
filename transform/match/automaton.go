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
	t := newTrie(keys)
	if int64(len(t.nodes))*int64(a.stride) > maxCells {
		return nil, fmt.Errorf("build automaton: %d keys need more than %d cells", len(keys), maxCells)
	}
	t.order()
	t.number(a)
	t.fill(a)
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

// trie is the automaton under construction: the keys as a tree, a few numbers a
// state. The table is as large as all else together many times over, so it is
// allocated once, in its final order.
type trie struct {
	nodes []node
	queue []int32 // breadth first
}

type node struct {
	child, sibling int32 // first child, next child of the parent; 0 for none, since the root is neither
	fail           int32 // state of the longest proper suffix
	suffix         int32 // nearest state down the fails that ends a key, -1 for none
	key            int32 // that ends here, -1 for none
	offset         int32 // of its row
	letter         byte  // that leads here
}

func newTrie(keys []string) *trie {
	t := &trie{nodes: []node{{key: -1, suffix: -1}}}
	for i, key := range keys {
		state := int32(0)
		for at := range len(key) {
			state = t.step(state, key[at])
		}
		t.nodes[state].key = int32(i)
	}
	return t
}

// step goes to the child by a letter, which is added if it is not there. Children
// are in the order they came in; few states have more than a handful.
func (t *trie) step(state int32, letter byte) int32 {
	last := int32(0)
	for c := t.nodes[state].child; c != 0; c = t.nodes[c].sibling {
		if t.nodes[c].letter == letter {
			return c
		}
		last = c
	}
	added := int32(len(t.nodes))
	t.nodes = append(t.nodes, node{key: -1, suffix: -1, letter: letter})
	if last == 0 {
		t.nodes[state].child = added
	} else {
		t.nodes[last].sibling = added
	}
	return added
}

// find is step without adding; -1 if there is no such child.
func (t *trie) find(state int32, letter byte) int32 {
	for c := t.nodes[state].child; c != 0; c = t.nodes[c].sibling {
		if t.nodes[c].letter == letter {
			return c
		}
	}
	return -1
}

// order finds the breadth-first order and, in it, what each state fails to.
func (t *trie) order() {
	t.queue = append(make([]int32, 0, len(t.nodes)), 0)
	for head := 0; head < len(t.queue); head++ {
		state := t.queue[head]
		for c := t.nodes[state].child; c != 0; c = t.nodes[c].sibling {
			t.queue = append(t.queue, c)
			if state == 0 {
				continue
			}
			n := &t.nodes[c]
			for f := t.nodes[state].fail; ; f = t.nodes[f].fail {
				if to := t.find(f, n.letter); to >= 0 {
					n.fail = to
					break
				}
				if f == 0 {
					break
				}
			}
			n.suffix = t.nodes[n.fail].suffix
			if t.nodes[n.fail].key >= 0 {
				n.suffix = n.fail
			}
		}
	}
}

func (t *trie) accepts(state int32) bool {
	return t.nodes[state].key >= 0 || t.nodes[state].suffix >= 0
}

// number gives every state its row: quiet states first, then accepting ones.
func (t *trie) number(a *automaton) {
	at := int32(0)
	for _, accepting := range []bool{false, true} {
		if accepting {
			a.firstAccept = at
		}
		for _, state := range t.queue {
			if t.accepts(state) == accepting {
				t.nodes[state].offset = at
				at += a.stride
			}
		}
	}
}

// fill writes the table: the row of a state is that of the one it fails to, which
// comes before it, with its own children.
func (t *trie) fill(a *automaton) {
	a.next = make([]int32, len(t.nodes)*int(a.stride))
	accepting := (int32(len(a.next)) - a.firstAccept) / a.stride
	a.keys = make([]int32, accepting)
	a.shorter = make([]int32, accepting)
	for _, state := range t.queue {
		n := t.nodes[state]
		row := a.next[n.offset : n.offset+a.stride]
		if state != 0 { // no letter leads from the root but to its children, or to itself: its offset
			fail := t.nodes[n.fail].offset
			copy(row, a.next[fail:fail+a.stride])
		} else {
			for i := range row {
				row[i] = n.offset
			}
		}
		for c := n.child; c != 0; c = t.nodes[c].sibling {
			row[a.class[t.nodes[c].letter]] = t.nodes[c].offset
		}
		if n.offset < a.firstAccept {
			continue
		}
		at := (n.offset - a.firstAccept) / a.stride
		a.keys[at], a.shorter[at] = n.key, -1
		if n.suffix >= 0 {
			a.shorter[at] = t.nodes[n.suffix].offset
		}
	}
}
