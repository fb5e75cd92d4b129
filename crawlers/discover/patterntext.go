package discover

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// A pattern is written as its shapes between bars, then the listing words it
// allows:
//
//	date:day depth:4-5 ext:none | id:7 words:2 depth:2-4 has:news; allow:topics
//
// The first word of a shape is its kind: date:day, date:month, date:year, id:N,
// hash, query:KEY, slug:N or name. Numbers are the least that is asked for.
// Lists have commas; text is percent-encoded.

// Bounds of what is read, far above what is learned.
const (
	maxShapes      = 10
	maxName        = 60 // bytes of a segment kept in a pattern
	maxPatternText = 10_000
)

var dateNames = []string{byYear: "year", byMonth: "month", byDay: "day"}

// String gives the line that ParsePattern reads; "" for the zero pattern.
func (p Pattern) String() string {
	shapes := make([]string, len(p.shapes))
	for i := range p.shapes {
		shapes[i] = p.shapes[i].String()
	}
	text := strings.Join(shapes, " | ")
	if len(p.allowed) > 0 {
		text += "; allow:" + joinNames(p.allowed)
	}
	return text
}

func (s *shape) String() string {
	var parts []string
	switch s.kind {
	case shapeDate:
		parts = append(parts, "date:"+dateNames[s.date])
	case shapeID:
		parts = append(parts, "id:"+strconv.Itoa(s.digits))
	case shapeHash:
		parts = append(parts, "hash")
	case shapeQuery:
		parts = append(parts, "query:"+s.key)
	case shapeSlug:
		parts = append(parts, "slug:"+strconv.Itoa(s.words))
	case shapeName:
		parts = append(parts, "name")
	}
	if s.words > 0 && s.kind != shapeSlug {
		parts = append(parts, "words:"+strconv.Itoa(s.words))
	}
	if s.mark != "" {
		parts = append(parts, "mark:"+url.QueryEscape(s.mark))
	}
	parts = append(parts, fmt.Sprintf("depth:%d-%d", s.minDepth, s.maxDepth))
	if s.ext != "" {
		parts = append(parts, "ext:"+s.ext)
	}
	if len(s.has) > 0 {
		parts = append(parts, "has:"+joinNames(s.has))
	}
	if len(s.first) > 0 {
		parts = append(parts, "first:"+joinNames(s.first))
	}
	return strings.Join(parts, " ")
}

func joinNames(names []string) string {
	escaped := make([]string, len(names))
	for i, n := range names {
		escaped[i] = url.QueryEscape(n)
	}
	return strings.Join(escaped, ",")
}

func splitNames(list string) ([]string, error) {
	var names []string
	for escaped := range strings.SplitSeq(list, ",") {
		name, err := url.QueryUnescape(escaped)
		if err != nil || name == "" || len(name) > maxName || strings.ToLower(name) != name {
			return nil, fmt.Errorf("%q is no list of names", list)
		}
		names = append(names, name)
	}
	return names, nil
}

// ParsePattern reads what String wrote; the empty text is the zero pattern.
func ParsePattern(text string) (Pattern, error) {
	if text == "" {
		return Pattern{}, nil
	}
	p, err := parsePattern(text)
	if err != nil {
		return Pattern{}, fmt.Errorf("article pattern %q: %w", clip(text, 100), err)
	}
	return p, nil
}

func parsePattern(text string) (Pattern, error) {
	var p Pattern
	if len(text) > maxPatternText {
		return p, errors.New("too long")
	}
	shapes, tail, hasTail := strings.Cut(text, "; ")
	if hasTail {
		list, ok := strings.CutPrefix(tail, "allow:")
		if !ok {
			return p, fmt.Errorf("%q behind the shapes: want allow, a colon and a list", tail)
		}
		var err error
		if p.allowed, err = splitNames(list); err != nil {
			return p, err
		}
	}
	for one := range strings.SplitSeq(shapes, " | ") {
		s, err := parseShape(one)
		if err != nil {
			return p, err
		}
		p.shapes = append(p.shapes, s)
	}
	if len(p.shapes) > maxShapes {
		return p, fmt.Errorf("%d shapes, want at most %d", len(p.shapes), maxShapes)
	}
	return p, nil
}

func parseShape(text string) (shape, error) {
	var s shape
	for i, field := range strings.Fields(text) {
		name, value, _ := strings.Cut(field, ":")
		var err error
		if i == 0 {
			err = s.parseKind(name, value)
		} else {
			err = s.parseField(name, value)
		}
		if err != nil {
			return s, err
		}
	}
	if s.kind == 0 || s.maxDepth == 0 {
		return s, fmt.Errorf("shape %q: want a kind and a depth", text)
	}
	return s, nil
}

func (s *shape) parseKind(name, value string) (err error) {
	switch name {
	case "date":
		s.kind = shapeDate
		for level, n := range dateNames {
			if n != "" && n == value {
				s.date = level
			}
		}
		if s.date == undated {
			return fmt.Errorf("date %q: want year, month or day", value)
		}
	case "id":
		s.kind = shapeID
		s.digits, err = number(value, 1, 100)
	case "hash":
		s.kind = shapeHash
	case "query":
		s.kind, s.key = shapeQuery, value
		if value == "" || len(value) > maxName || !isPlainKey(value) {
			return fmt.Errorf("query %q is no key", value)
		}
	case "slug":
		s.kind = shapeSlug
		s.words, err = number(value, 1, 100)
	case "name":
		s.kind = shapeName
	default:
		return fmt.Errorf("unknown kind %q: want date, id, hash, query, slug or name", name)
	}
	return err
}

func (s *shape) parseField(name, value string) (err error) {
	switch name {
	case "words":
		s.words, err = number(value, 1, 100)
	case "mark":
		var marks []string
		if marks, err = splitNames(value); err == nil {
			s.mark = marks[0]
		}
	case "depth":
		from, to, _ := strings.Cut(value, "-")
		if s.minDepth, err = number(from, 1, maxSegments+1); err == nil {
			s.maxDepth, err = number(to, s.minDepth, maxSegments+1)
		}
	case "ext":
		if s.ext = value; value != noExt && !pageExtensions[value] {
			return fmt.Errorf("unknown extension %q", value)
		}
	case "has":
		s.has, err = splitNames(value)
	case "first":
		s.first, err = splitNames(value)
	default:
		return fmt.Errorf("unknown condition %q: want words, mark, depth, ext, has or first", name)
	}
	return err
}

func number(s string, least, most int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%q is no number from %d to %d", s, least, most)
	}
	return n, nil
}
