package dimension

import "unicode/utf8"

// wordTree finds, in one walk over a word, every atom that the word is: written
// out, or by how it begins. A second tree of the same kind is walked from each
// letter for what a word ends with or holds, in languages that ask for that.
type wordTree struct {
	class [256]uint8
	width int
	next  []int32 // by node and class; 0 is none
	ends  []nodeEnds
}

// nodeEnds are the atoms whose letters end at a node.
type nodeEnds struct {
	whole []int32 // the word must end here, too
	open  []int32 // anything may follow
}

func newWordTree() *wordTree {
	t := &wordTree{width: 1}
	return t
}

// addLetters makes room for the bytes of a word; all words first, then add.
func (t *wordTree) addLetters(word string) {
	for i := range len(word) {
		if t.class[word[i]] == 0 {
			t.class[word[i]] = uint8(t.width)
			t.width++
		}
	}
}

func (t *wordTree) add(word string, isOpen bool, atom int32) {
	if len(t.ends) == 0 {
		t.addNode()
	}
	node := int32(0)
	for i := range len(word) {
		cell := int(node)*t.width + int(t.class[word[i]])
		if t.next[cell] == 0 {
			added := t.addNode() // moves t.next
			t.next[cell] = added
		}
		node = t.next[cell]
	}
	if isOpen {
		t.ends[node].open = append(t.ends[node].open, atom)
	} else {
		t.ends[node].whole = append(t.ends[node].whole, atom)
	}
}

func (t *wordTree) addNode() int32 {
	t.next = append(t.next, make([]int32, t.width)...)
	t.ends = append(t.ends, nodeEnds{})
	return int32(len(t.ends) - 1)
}

// find appends the atoms that the word is.
func (t *wordTree) find(word []byte, found []int32) []int32 {
	if len(t.ends) == 0 {
		return found
	}
	node := int32(0)
	for i, b := range word {
		class := t.class[b]
		if class == 0 {
			return found
		}
		if node = t.next[int(node)*t.width+int(class)]; node == 0 {
			return found
		}
		ends := &t.ends[node]
		found = append(found, ends.open...)
		if i == len(word)-1 {
			found = append(found, ends.whole...)
		}
	}
	return found
}

// findInside appends the atoms that stand anywhere behind the first letter, or at
// it.
func (t *wordTree) findInside(word []byte, found []int32) []int32 {
	if len(t.ends) == 0 {
		return found
	}
	for i := range word {
		if utf8.RuneStart(word[i]) {
			found = t.find(word[i:], found)
		}
	}
	return found
}
