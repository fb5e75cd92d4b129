package tone

// What a model is told of the words that a lexicon knows.

import "github.com/overheard-news/overheard/transform/linear"

// frameOf says what the target does in the sentence: it speaks (s), follows who acts
// or is acted upon (b) or another preposition (p), owns something (g), stands early
// (f), or none of these (o).
func frameOf(list []token, target int, w *wording) byte {
	if target < 0 {
		return '-'
	}
	for i := max(0, target-3); i < min(len(list), target+4); i++ {
		if w.speech[list[i].word] {
			return 's'
		}
	}
	before := target - 1
	for before > max(0, target-4) && (list[before].isName || w.fillers[list[before].word]) {
		before--
	}
	switch {
	case before >= 0 && w.against[list[before].word]:
		return 'b'
	case before >= 0 && w.prepositions[list[before].word]:
		return 'p'
	case target+1 < len(list) && (list[target+1].word == "'s" || list[target+1].word == "'" || list[target+1].word == "’"):
		return 'g'
	case target <= 3:
		return 'f'
	}
	return 'o'
}

// balance is how much praise and blame a stretch of the sentence holds.
type balance struct{ praise, blame float32 }

func (b *balance) put(score float32) {
	if score > 0 {
		b.praise += score
	} else {
		b.blame -= score
	}
}

// hits adds the words that the lexicon knows: each by itself, their order, and their
// sums over the sentence, its sides, what is near, and the target's clause.
func (s *sentence) hits() {
	var all balance
	var bySide, byNear, byClause [2]balance
	order := make([]byte, 0, 8)
	for i := range s.list {
		t := &s.list[i]
		if t.isTarget {
			order = append(order, 'T')
			continue
		}
		if t.isMark {
			continue
		}
		e := s.lexicon.find(t.word)
		if e.score == 0 {
			continue
		}
		score := float32(e.score)
		if t.isDenied {
			score = -score / 2
		}
		sign, side := byte('P'), 0
		if score < 0 {
			sign = 'N'
		}
		if t.distance > 0 {
			side = 1
		}
		all.put(score)
		bySide[side].put(score)
		if t.distance >= -5 && t.distance <= 5 {
			byNear[side].put(score)
		}
		if t.clause == s.clause {
			byClause[side].put(score)
		}
		s.hit(i, e, sign)
		order = append(order, sign)
	}
	s.order(order)
	if s.groups.has(groupSign) {
		s.balance('a', '-', all)
		for side := range 2 {
			s.balance('s', byte(side), bySide[side])
			s.balance('n', byte(side), byNear[side])
			s.balance('c', byte(side), byClause[side])
		}
	}
}

// hit adds one word that the lexicon knows.
func (s *sentence) hit(i int, e entry, sign byte) {
	t := &s.list[i]
	side, near, denial := t.side(), bucket(t.distance), t.denial()
	s.hash(groupSign, seed(groupSign, 'd', sign, side, near))
	if e.concept != 0 {
		s.hash(groupConcept, seed(groupConcept, '1', e.concept, denial))
		s.hash(groupConcept, seed(groupConcept, '2', e.concept, side, denial))
		s.hash(groupConcept, seed(groupConcept, '3', e.concept, side, near))
		s.hash(groupConcept, seed(groupConcept, '4', e.concept, s.frame))
		if t.clause == s.clause {
			s.hash(groupConcept, seed(groupConcept, '5', e.concept, side, denial))
		}
	}
	names, beyond := s.namesBetween(i), s.hasNameBeyond(i)
	s.hash(groupOwner, seed(groupOwner, '1', sign, side, names))
	s.hash(groupOwner, seed(groupOwner, '2', e.concept, side, names))
	s.hash(groupOwner, seed(groupOwner, '3', sign, side, names, beyond))
	before := s.kindBefore(i)
	s.hash(groupVerb, seed(groupVerb, '1', sign, side, before))
	s.hash(groupVerb, seed(groupVerb, '2', e.concept, side, before))
	s.hash(groupVerb, seed(groupVerb, '3', sign, before, near, side))
	s.hash(groupVerb, linear.HashOf(seed(groupVerb, '4', sign, side), suffix(t.word, 2)))
}

// order adds how praise (P) and blame (N) stand around the target (T).
func (s *sentence) order(order []byte) {
	s.hash(groupSequence, seed(groupSequence, order...))
	for i, c := range order {
		if c == 'T' {
			s.hash(groupSequence, seed(groupSequence, order[max(0, i-1):min(len(order), i+2)]...))
		}
	}
}

// balance adds the sums of a stretch, alone and by what the target does.
func (s *sentence) balance(stretch, side byte, b balance) {
	const unit, most = 3, 4
	praise, blame := min(b.praise/unit, most), min(b.blame/unit, most)
	s.add(groupSign, seed(groupSign, stretch, side, 'P'), praise)
	s.add(groupSign, seed(groupSign, stretch, side, 'N'), blame)
	s.add(groupSign, seed(groupSign, stretch, side, 'P', s.frame), praise)
	s.add(groupSign, seed(groupSign, stretch, side, 'N', s.frame), blame)
	sign := byte('0')
	switch {
	case praise > blame:
		sign = 'P'
	case praise < blame:
		sign = 'N'
	}
	s.add(groupSign, seed(groupSign, stretch, side, 's', sign), 1)
}

// namesBetween counts the names between the target and a word, at most 2.
func (s *sentence) namesBetween(i int) byte {
	if s.target < 0 {
		return '-'
	}
	n := 0
	for j := min(s.target, i) + 1; j < max(s.target, i); j++ {
		if s.list[j].isName && !s.list[j-1].isName {
			n++
		}
	}
	return byte('0' + min(n, 2))
}

// hasNameBeyond says whether another name follows a word closely, away from the target.
func (s *sentence) hasNameBeyond(i int) byte {
	step := -1
	if s.list[i].distance > 0 {
		step = 1
	}
	for n := 1; n <= 4; n++ {
		j := i + n*step
		if j < 0 || j >= len(s.list) || s.list[j].isTarget {
			break
		}
		if s.list[j].isName {
			return '1'
		}
	}
	return '0'
}

// kindBefore says what stands before a word.
func (s *sentence) kindBefore(i int) byte {
	if i == 0 {
		return '^'
	}
	switch t := &s.list[i-1]; {
	case t.isTarget:
		return 'T'
	case t.isMark:
		return ','
	case s.wording.auxiliaries[t.word]:
		return 'b'
	case t.word == "to":
		return 't'
	case s.wording.prepositions[t.word]:
		return 'p'
	case s.wording.fillers[t.word]:
		return 'd'
	case t.isName:
		return 'N'
	}
	return 'w'
}
