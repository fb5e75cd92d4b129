package story

// The sketch is a stored format: sketches of different releases are compared
// with each other, so nothing below may change without recomputing all of them.
//
// Tokens: runs of letters, digits and combining marks, in lower case, with
// apostrophes left out; each Han, kana, Thai, Lao, Khmer or Burmese letter is a
// token of its own; all else separates. Token hash: FNV-1a, 64 bits, over the
// UTF-8 bytes. Shingle: 5 tokens in a row; its hash is 0, then for each token
// h = rotl(h, 13)·0x9E3779B97F4A7C15 + token hash, then the finaliser of
// SplitMix64. Sketch: the top 6 bits of the hash choose one of 64 places, the
// next 31 bits are the value, the least value of a place stays. An empty place
// p takes the value of the first filled one among SplitMix64(64·p + n) mod 64,
// n = 1, 2, 3, ... (so equal sets give equal sketches). A text of less than 20
// shingles, repetitions counted, has no sketch.

import (
	"math/bits"
	"unicode"
	"unicode/utf8"
)

const (
	// Values is the length of a sketch.
	Values = 64

	shingleTokens = 5
	minShingles   = 20
	valueRange    = 1 << 31

	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
	golden    = 0x9E3779B97F4A7C15
)

// Sketch returns the one-permutation MinHash of the text: 64 values, or nil if
// it is too short to compare.
func Sketch(body string) []int32 {
	s := sketcher{}
	for i := range s.least {
		s.least[i] = -1
	}
	for i := 0; i < len(body); {
		r, size := utf8.DecodeRuneInString(body[i:])
		s.read(r)
		i += size
	}
	s.endToken()
	if s.shingles < minShingles {
		return nil
	}
	return s.fill()
}

type sketcher struct {
	token    uint64 // hash of the token being read, 0 between tokens
	last     [shingleTokens]uint64
	tokens   int
	shingles int
	least    [Values]int32
	buffer   [utf8.UTFMax]byte
}

func (s *sketcher) read(r rune) {
	if r < utf8.RuneSelf {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			s.addByte(byte(r))
		case 'A' <= r && r <= 'Z':
			s.addByte(byte(r) + 'a' - 'A')
		case r == '\'':
		default:
			s.endToken()
		}
		return
	}
	switch {
	case r == '’' || r == 'ʼ' || r == '\u00AD' || r == '\u200B' || r == '\u200C' || r == '\u200D':
	case standsAlone(r):
		s.endToken()
		s.addRune(r)
		s.endToken()
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r):
		s.addRune(unicode.ToLower(r))
	default:
		s.endToken()
	}
}

// standsAlone says whether the script of a letter does not separate words.
func standsAlone(r rune) bool {
	switch {
	case r >= 0x3041 && r <= 0x30FF, r >= 0x3400 && r <= 0x9FFF, r >= 0xF900 && r <= 0xFAFF, r >= 0x20000 && r <= 0x3FFFF:
		return r != '・'
	case r >= 0x0E01 && r <= 0x0EFF, r >= 0x1000 && r <= 0x109F, r >= 0x1780 && r <= 0x17D3:
		return unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	return false
}

func (s *sketcher) addRune(r rune) {
	for _, b := range s.buffer[:utf8.EncodeRune(s.buffer[:], r)] {
		s.addByte(b)
	}
}

func (s *sketcher) addByte(b byte) {
	if s.token == 0 {
		s.token = fnvOffset
	}
	s.token = (s.token ^ uint64(b)) * fnvPrime
}

func (s *sketcher) endToken() {
	if s.token == 0 {
		return
	}
	copy(s.last[:], s.last[1:])
	s.last[shingleTokens-1] = s.token
	s.token = 0
	s.tokens++
	if s.tokens < shingleTokens {
		return
	}
	s.shingles++
	h := uint64(0)
	for _, token := range s.last {
		h = bits.RotateLeft64(h, 13)*golden + token
	}
	h = mix(h)
	at, value := h>>58, int32(h>>27&(valueRange-1))
	if s.least[at] < 0 || value < s.least[at] {
		s.least[at] = value
	}
}

// fill densifies: every empty place borrows from a filled one.
func (s *sketcher) fill() []int32 {
	out := make([]int32, Values)
	for p := range out {
		from := uint64(p)
		for n := uint64(1); s.least[from] < 0; n++ {
			from = mix(uint64(p)*Values+n) % Values
		}
		out[p] = s.least[from]
	}
	return out
}

// mix is the finaliser of SplitMix64.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xBF58476D1CE4E5B9
	x ^= x >> 27
	x *= 0x94D049BB133111EB
	return x ^ x>>31
}

// similarity estimates the Jaccard index of the shingles of two texts.
func similarity(a, b []int32) float64 {
	if len(a) != Values || len(b) != Values {
		return 0
	}
	equal := 0
	for i := range a {
		if a[i] == b[i] {
			equal++
		}
	}
	return float64(equal) / Values
}

// shingleCount estimates how many different shingles a sketch was made from:
// the least of n values of a range is about 1/(n+1) of the range. Borrowed
// values are left out. The standard error is about an eighth.
func shingleCount(sketch []int32) float64 {
	seen := make(map[int32]bool, len(sketch))
	total := 0.0
	for _, v := range sketch {
		if !seen[v] {
			seen[v] = true
			total += float64(v) / valueRange
		}
	}
	filled := float64(len(seen))
	if filled == 0 {
		return 1
	}
	return max(1, filled*(filled/max(total, 1e-6)-1))
}
