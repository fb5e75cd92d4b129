package match

// An Aho-Corasick automaton in two parts. Near the root, where text spends its
// time, it is fully determined: one table look-up for each byte, whatever the
// number of keys. Bytes that no key contains share one class, so a row of the table
// is as wide as the alphabet in use. Farther down, where a key has begun, a state
// keeps its own few children and what it fails to, as a table of rows for all states
// would be twenty times as large and fit no cache. States that end nothing and have
// a row come first, so that "is this a hit" is one comparison there.

import "fmt"

// rowDepth is how many bytes from the root states have a row: four letters, a Han
// character and the beginning of the next.
const rowDepth = 4

type automaton struct {
	class  [256]uint8
	stride int32
	rows   int32   // states below it have a row
	quiet  int32   // states below it have a row and end nothing
	next   []int32 // by state*stride+class: the next state
	deep   []deep  // by state-rows
	edges  []edgeTo
	ends   []ending // by state-quiet
}

// deep is a state without a row.
type deep struct {
	first, last int32 // its children among the edges
	fail        int32 // state of the longest proper suffix
}

type edgeTo struct {
	to     int32
	letter byte
}

// ending tells what ends at a state.
type ending struct {
	key     int32 // -1 for none
	shorter int32 // nearest state down the fails that ends a key, -1 for none
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
	t.order()
	t.number(a)
	t.fill(a)
	return a, nil
}

// step is the state after one more byte.
func (a *automaton) step(state int32, b byte) int32 {
	for state >= a.rows {
		d := &a.deep[state-a.rows]
		for _, e := range a.edges[d.first:d.last] {
			if e.letter == b {
				return e.to
			}
		}
		state = d.fail
	}
	return a.next[state*a.stride+int32(a.class[b])]
}

// scan appends the hits in text, in the order of their ends, longest first.
func (a *automaton) scan(text []byte, hits []hit) []hit {
	state := int32(0)
	next, rows, quiet, stride := a.next, a.rows, a.quiet, a.stride
	for i, b := range text {
		if state < rows {
			state = next[state*stride+int32(a.class[b])]
		} else {
			state = a.step(state, b)
		}
		if state < quiet {
			continue
		}
		for s := state; s >= 0; {
			e := a.ends[s-quiet]
			if e.key >= 0 {
				hits = append(hits, hit{key: e.key, end: int32(i + 1)})
			}
			s = e.shorter
		}
	}
	return hits
}

// hasHit says whether any key stands in text.
func (a *automaton) hasHit(text []byte) bool {
	state := int32(0)
	for _, b := range text {
		if state = a.step(state, b); state >= a.quiet && a.ends[state-a.quiet] != (ending{-1, -1}) {
			return true
		}
	}
	return false
}

// trie is the automaton under construction: the keys as a tree.
type trie struct {
	nodes []node
	queue []int32 // breadth first
}

type node struct {
	child, sibling int32 // first child, next child of the parent; 0 for none, since the root is neither
	fail           int32 // state of the longest proper suffix
	suffix         int32 // nearest state down the fails that ends a key, -1 for none
	key            int32 // that ends here, -1 for none
	number         int32 // in the automaton
	depth          int32 // letters from the root
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
	t.nodes = append(t.nodes, node{key: -1, suffix: -1, letter: letter, depth: t.nodes[state].depth + 1})
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

// number puts the states with a row first, of these the quiet ones, each breadth
// first.
func (t *trie) number(a *automaton) {
	at := int32(0)
	for part := range 3 {
		for _, state := range t.queue {
			n := &t.nodes[state]
			isIn := n.depth > rowDepth
			if part < 2 {
				isIn = n.depth <= rowDepth && t.accepts(state) == (part == 1)
			}
			if isIn {
				n.number = at
				at++
			}
		}
		switch part {
		case 0:
			a.quiet = at
		case 1:
			a.rows = at
		}
	}
}

// fill writes the rows, each that of the state it fails to, which comes before it,
// with its own children; then the children of the states without one.
func (t *trie) fill(a *automaton) {
	a.next = make([]int32, a.rows*a.stride)
	a.deep = make([]deep, int32(len(t.nodes))-a.rows)
	a.ends = make([]ending, int32(len(t.nodes))-a.quiet)
	for _, state := range t.queue {
		n := t.nodes[state]
		if n.number >= a.quiet {
			e := ending{n.key, -1}
			if n.suffix >= 0 {
				e.shorter = t.nodes[n.suffix].number
			}
			a.ends[n.number-a.quiet] = e
		}
		if n.number >= a.rows {
			d := deep{first: int32(len(a.edges)), fail: t.nodes[n.fail].number}
			for c := n.child; c != 0; c = t.nodes[c].sibling {
				a.edges = append(a.edges, edgeTo{t.nodes[c].number, t.nodes[c].letter})
			}
			d.last = int32(len(a.edges))
			a.deep[n.number-a.rows] = d
			continue
		}
		row := a.next[n.number*a.stride : (n.number+1)*a.stride]
		if state != 0 { // from the root no letter leads elsewhere than to a child or to itself, which is 0
			fail := t.nodes[n.fail].number
			copy(row, a.next[fail*a.stride:(fail+1)*a.stride])
		}
		for c := n.child; c != 0; c = t.nodes[c].sibling {
			row[a.class[t.nodes[c].letter]] = t.nodes[c].number
		}
	}
}
