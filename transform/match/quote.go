package match

// What is handed on of the places that name a company: the sentences themselves,
// from which tone and dimensions are read, and their hashes, by which furniture
// is known.

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// longestQuote is where the sentence of a quote is cut, in characters: a text
// without full stops is a list, of which only what is near the name matters.
const longestQuote = 1000

// quotes tells the first sentences that name the company, each once.
func (r *reading) quotes(list []occurrence) []Quote {
	var told []Quote
	for i, o := range list {
		if len(told) == mostQuotes {
			break
		}
		if i > 0 && o.part == list[i-1].part && o.sentence == list[i-1].sentence {
			continue
		}
		q := quote(r.parts[o.part].text, o.sentence, o.name)
		if slices.ContainsFunc(told, func(other Quote) bool { return other.Text == q.Text }) {
			continue
		}
		q.Position = r.positionOf(o)
		told = append(told, q)
	}
	return told
}

// quote makes one line of the sentence and finds the name again in it.
func quote(text string, sentence, name span) Quote {
	start, end := min(sentence.start, name.start), max(sentence.end, name.end)
	if utf8.RuneCountInString(text[start:end]) > longestQuote {
		start, end = window(text, span{start, end}, name, longestQuote)
		end = max(end, name.end)
	}
	before := oneLine(text[start:name.start])
	if before != "" && isBlank(lastRune(text[start:name.start])) {
		before += " "
	}
	return Quote{
		Text:  oneLine(text[start:end]),
		Start: len(before),
		End:   len(before) + len(oneLine(text[name.start:name.end])),
	}
}

// positionOf tells where an occurrence stands.
func (r *reading) positionOf(o occurrence) string {
	switch {
	case o.part == title:
		return positionHeadline
	case o.name.start < r.leadEnd():
		return positionLead
	}
	return positionBody
}

// namings tells the sentence and the place of each occurrence.
func (r *reading) namings(list []occurrence) []Naming {
	list = list[:min(len(list), mostNamings)]
	told := make([]Naming, len(list))
	for i, o := range list {
		told[i].Position, told[i].Start, told[i].End = r.positionOf(o), o.name.start, o.name.end
		if i > 0 && o.part == list[i-1].part && o.sentence == list[i-1].sentence {
			told[i].Sentence = told[i-1].Sentence
			continue
		}
		text := r.parts[o.part].text[o.sentence.start:max(o.sentence.end, o.name.end)]
		sum := sha256.Sum256([]byte(oneLine(text)))
		told[i].Sentence = int64(binary.BigEndian.Uint64(sum[:8]) >> 1)
	}
	return told
}
