package discover

import (
	"cmp"
	"maps"
	"slices"
)

// The measures of learning. Shares are of the addresses given, or of those of a
// shape.
const (
	leastKnown   = 3    // fewer addresses teach nothing
	mostKnown    = 5000 // more teach nothing new
	leastStrong  = 0.08 // of a shape with a date, number or hash; rarer ones are outliers
	leastWeak    = 0.15 // of a shape that has only words
	nearlyAll    = 0.95 // share that makes something a condition
	leastForHas  = 4    // addresses before a word they share is more than chance
	leastForSet  = 20   // addresses before their first segments can be all there are
	mostNew      = 0.05 // share of first segments seen once, above which there are others
	mostSections = 40
	mostWords    = 6  // asked of a slug: longer ones are chance
	mostDigits   = 20 // asked of a number
)

// LearnPattern finds the shapes that the addresses of an outlet's articles have.
// A few that are none among many do no harm. The pattern is zero if the
// addresses are too few, or have nothing by which to tell them from others.
func LearnPattern(articleURLs []string) Pattern {
	var looks []look
	seen := map[string]bool{}
	for _, address := range articleURLs {
		l, ok := lookAt(address)
		if !ok || seen[address] || l.isFile {
			continue
		}
		seen[address] = true
		if looks = append(looks, l); len(looks) >= mostKnown {
			break
		}
	}
	if len(looks) < leastKnown {
		return Pattern{}
	}
	groups := map[shapeKind][]look{}
	for _, l := range looks {
		kind := l.shapeKind()
		groups[kind] = append(groups[kind], l)
	}
	var p Pattern
	for _, kind := range slices.Sorted(maps.Keys(groups)) {
		if s, ok := learnShape(kind, groups[kind], len(looks)); ok {
			p.shapes = append(p.shapes, s)
		}
	}
	if !p.IsZero() {
		p.allowed = allowedIn(looks)
	}
	return p
}

// shapeKind is the strongest kind that an address has.
func (l *look) shapeKind() shapeKind {
	switch {
	case l.date >= byMonth && l.hasTail(), l.date == byYear && l.hasTail() && l.words >= 2:
		return shapeDate
	case l.digits > 0:
		return shapeID
	case l.hasHash:
		return shapeHash
	case len(l.keys) > 0:
		return shapeQuery
	case l.words >= 3:
		return shapeSlug
	}
	return shapeName
}

// learnShape finds the conditions that the addresses of one kind share; false
// if they are outliers or share too little.
func learnShape(kind shapeKind, looks []look, total int) (shape, bool) {
	n := len(looks)
	isWeak := kind >= shapeSlug
	switch {
	case isWeak && (n < 2 || float64(n) < leastWeak*float64(total)), float64(n) < leastStrong*float64(total):
		return shape{}, false
	}
	s := shape{kind: kind, ext: sharedExt(looks)}
	s.minDepth = low(looks, func(l look) int { return len(l.segments) })
	s.maxDepth = -low(looks, func(l look) int { return -len(l.segments) })
	if !isWeak || n < 8 {
		s.maxDepth++
	}
	slack := 0 // few addresses do not show the extremes
	if n < 10 {
		slack = 1
		if !isWeak {
			s.minDepth = max(1, s.minDepth-1)
		}
	}
	words := low(looks, func(l look) int { return l.words })
	if words >= 3 {
		s.words = 2
	}
	switch kind {
	case shapeDate:
		if s.date = low(looks, func(l look) int { return l.date }); s.date == byYear {
			s.words = 2
		}
	case shapeID:
		s.digits = min(max(4, low(looks, func(l look) int { return l.digits })-slack), mostDigits)
		s.mark = sharedMark(looks)
	case shapeQuery:
		if s.key = sharedKey(looks); s.key == "" {
			return shape{}, false
		}
	case shapeSlug:
		s.words = min(max(3, words-slack), mostWords)
	}
	s.has = sharedNames(looks)
	if kind >= shapeHash {
		s.first = firstSegments(looks)
	}
	if kind == shapeName && len(s.has) == 0 && (s.ext == "" || s.ext == noExt) {
		return shape{}, false // a section's address looks the same
	}
	return s, true
}

// low is the value that nearly all addresses reach.
func low(looks []look, of func(look) int) int {
	values := make([]int, len(looks))
	for i, l := range looks {
		values[i] = of(l)
	}
	slices.Sort(values)
	return values[int(float64(len(values))*(1-nearlyAll))]
}

// sharedExt gives the extension that nearly all have, "" if there is none such.
func sharedExt(looks []look) string {
	count := map[string]int{}
	for _, l := range looks {
		count[cmp.Or(l.ext, noExt)]++
	}
	for _, ext := range slices.Sorted(maps.Keys(count)) {
		if len(looks) >= leastKnown && float64(count[ext]) >= nearlyAll*float64(len(looks)) {
			return ext
		}
	}
	return ""
}

// sharedMark gives the letters that nearly all have before their number; by
// chance no five slugs end in the same word.
func sharedMark(looks []look) string {
	count := map[string]int{}
	for _, l := range looks {
		count[l.mark]++
	}
	for _, mark := range slices.Sorted(maps.Keys(count)) {
		if len(looks) > leastForHas && float64(count[mark]) >= nearlyAll*float64(len(looks)) {
			return mark
		}
	}
	return ""
}

// sharedKey gives the parameter that nearly all have.
func sharedKey(looks []look) string {
	count := map[string]int{}
	for _, l := range looks {
		for _, key := range l.keys {
			count[key]++
		}
	}
	best := ""
	for _, key := range slices.Sorted(maps.Keys(count)) {
		if float64(count[key]) >= nearlyAll*float64(len(looks)) && count[key] > count[best] {
			best = key
		}
	}
	return best
}

// sharedNames gives the plain segments that nearly all have, such as "article".
func sharedNames(looks []look) []string {
	if len(looks) < leastForHas {
		return nil
	}
	count := map[string]int{}
	for _, l := range looks {
		own := map[string]bool{}
		for _, s := range l.segments {
			if s.kind == kindName && !own[s.text] {
				own[s.text] = true
				count[s.text]++
			}
		}
	}
	var shared []string
	for _, name := range slices.Sorted(maps.Keys(count)) {
		if float64(count[name]) >= nearlyAll*float64(len(looks)) && len(name) <= maxName {
			shared = append(shared, name)
		}
	}
	return shared[:min(len(shared), 5)]
}

// firstSegments gives the sections if they seem to be all there are: hardly any
// was seen but once (Good and Turing's estimate of what was never seen).
func firstSegments(looks []look) []string {
	if len(looks) < leastForSet {
		return nil
	}
	count := map[string]int{}
	for _, l := range looks {
		if len(l.segments) < 2 || l.segments[0].kind != kindName || len(l.segments[0].text) > maxName {
			return nil
		}
		count[l.segments[0].text]++
	}
	once := 0
	for _, n := range count {
		if n == 1 {
			once++
		}
	}
	if len(count) < 2 || len(count) > mostSections || float64(once) > mostNew*float64(len(looks)) {
		return nil
	}
	return slices.Sorted(maps.Keys(count))
}

// allowedIn gives the listing words that are no sign of a listing here.
func allowedIn(looks []look) []string {
	count := map[string]int{}
	for _, l := range looks {
		for _, s := range l.segments {
			if listingWords[s.text] {
				count[s.text]++
			}
		}
	}
	var allowed []string
	for _, word := range slices.Sorted(maps.Keys(count)) {
		if count[word] >= 2 && float64(count[word]) >= mostNew*float64(len(looks)) {
			allowed = append(allowed, word)
		}
	}
	return allowed
}
