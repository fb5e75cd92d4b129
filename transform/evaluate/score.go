package evaluate

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/decode"
)

// Score is the marks of one page. A field counts only where its Has is true.
type Score struct {
	HasBody    bool
	BodyF1     float64
	HasTitle   bool
	IsTitle    bool
	HasDay     bool
	IsDay      bool
	HasMinute  bool
	IsMinute   bool
	HasAuthors bool
	IsAuthors  bool
	AuthorsF1  float64

	HasLanguage bool // known, and the page was not refused
	IsLanguage  bool

	GoldType, Type string // of the page, in the words of TypeOf
	HasText        bool   // title or body are known, so that the encoding can be judged
	IsGarbled      bool
}

// scorePage compares a page with what is known of it. Fields are scored on pages
// that are articles; a refused article has every field wrong.
func scorePage(r Record, a *article.Article, v article.Verdict) Score {
	s := Score{GoldType: r.PageType, Type: TypeOf(v)}
	if r.PageType != article.TypeArticle {
		return s
	}
	var got article.Article
	if a != nil {
		got = *a
	}
	var goldTitle, goldBody string
	if r.Gold.Title != nil && *r.Gold.Title != "" {
		goldTitle = *r.Gold.Title
		s.HasTitle, s.IsTitle = true, SameTitle(goldTitle, got.Title)
	}
	if r.Gold.Body != nil && *r.Gold.Body != "" && r.QA.BodyOK {
		goldBody = *r.Gold.Body
		s.HasBody, s.BodyF1 = true, BodyF1(goldBody, got.Body)
	}
	if len(r.Gold.Authors) > 0 {
		s.HasAuthors = true
		s.IsAuthors, s.AuthorsF1 = CompareAuthors(r.Gold.Authors, got.Authors)
	}
	if p, ok := ParsePublished(r.Gold.Published, r.Gold.Precision); ok {
		stated := got.PublishedAt
		if len(got.DateCandidates) > 0 && got.DateCandidates[0].At.Equal(stated) {
			stated = got.DateCandidates[0].At // in the zone of the page
		}
		s.HasDay, s.IsDay = true, a != nil && p.IsSameDay(stated)
		s.HasMinute = p.IsTimed
		s.IsMinute = s.HasMinute && a != nil && p.IsSameMinute(stated)
	}
	s.HasLanguage, s.IsLanguage = r.Language != "" && a != nil, r.Language == got.Language
	s.HasText = a != nil && (goldTitle != "" || goldBody != "")
	s.IsGarbled = goldTitle != "" && IsGarbled(goldTitle, got.Title) || goldBody != "" && IsGarbled(goldBody, got.Body)
	return s
}

// TypeOf is the type of page a verdict tells: one of article's Type constants, or
// unread for a page that was too large or no page at all.
func TypeOf(v article.Verdict) string {
	switch {
	case v.PageType != "":
		return v.PageType
	case v.Outcome == article.Stored || v.Outcome == article.TooOld:
		return article.TypeArticle
	case v.Outcome == article.Stub:
		return article.TypeStub
	case v.Outcome == article.NotArticle:
		return article.TypeOther
	}
	return "unread"
}

// IsSameType compares a labelled type with one of ours. The labels know only
// articles, which with us are also live blogs, video pages and stubs; lists of
// links, which they call listing or collection; and everything else (product,
// service, documentation, forum), which is other. A type of ours used as a label
// must be met exactly.
func IsSameType(gold, got string) bool {
	switch gold {
	case article.TypeArticle:
		return slices.Contains([]string{article.TypeArticle, article.TypeLiveBlog, article.TypeVideo, article.TypeStub}, got)
	case article.TypeListing, "collection":
		return got == article.TypeListing
	case article.TypeLiveBlog, article.TypeVideo, article.TypeStub, article.TypeSoft404, article.TypeConsentWall:
		return got == gold
	}
	return got == article.TypeOther
}

// IsArticleType tells the types that are stored.
func IsArticleType(got string) bool { return IsSameType(article.TypeArticle, got) }

// BodyF1 compares two texts by their runs of four tokens, from 0 to 1. A token is
// a word without case and punctuation, or one character in scripts that write no
// spaces. Runs count as often as they occur.
func BodyF1(want, got string) float64 {
	return f1(shingles(want), shingles(got))
}

func f1(want, got map[string]int) float64 {
	var both, wanted, given int
	for s, n := range want {
		both += min(n, got[s])
		wanted += n
	}
	for _, n := range got {
		given += n
	}
	if both == 0 {
		return 0
	}
	return 2 * float64(both) / float64(wanted+given)
}

func shingles(s string) map[string]int {
	list := tokens(s)
	out := make(map[string]int, len(list))
	for i := 0; i+4 <= len(list); i++ {
		out[strings.Join(list[i:i+4], " ")]++
	}
	if len(list) > 0 && len(list) < 4 {
		out[strings.Join(list, " ")]++
	}
	return out
}

func tokens(s string) []string {
	var list []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			list = append(list, word.String())
			word.Reset()
		}
	}
	for _, r := range norm.NFC.String(s) {
		switch {
		case isInvisible(r):
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			flush()
			list = append(list, string(r))
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			word.WriteRune(unicode.ToLower(r))
		default:
			flush()
		}
	}
	flush()
	return list
}

// SameTitle tells whether two titles are the same but for white space, invisible
// characters, Unicode composition, and the shape of quotation marks, apostrophes,
// dashes and ellipses. Case and every word count.
func SameTitle(want, got string) bool { return plain(want) == plain(got) }

func plain(s string) string {
	s = strings.ReplaceAll(norm.NFC.String(s), "...", "…")
	s = strings.Map(func(r rune) rune {
		switch {
		case isInvisible(r):
			return -1
		case strings.ContainsRune("‘’‚‛′`´ʼ", r):
			return '\''
		case strings.ContainsRune("“”„‟″«»", r):
			return '"'
		case strings.ContainsRune("‐‑‒–—―−", r):
			return '-'
		}
		return r
	}, strings.ReplaceAll(s, "''", "\""))
	return strings.Join(strings.Fields(s), " ")
}

func isInvisible(r rune) bool {
	return r == '\u00ad' || r == '\u200b' || r == '\u2060' || r == '\ufeff' || r >= '\u200e' && r <= '\u200f' || r >= '\u202a' && r <= '\u202e'
}

// Published is a labelled date.
type Published struct {
	At      time.Time // in the zone of the label, UTC for a day
	IsTimed bool      // to the minute or better, with a zone
}

// ParsePublished reads a label. A precision of day drops the time of day; a time
// without zone counts as a day, for nobody knows the minute.
func ParsePublished(value, precision string) (Published, bool) {
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return Published{At: t, IsTimed: precision != "day"}, true
	}
	if len(value) < len(time.DateOnly) {
		return Published{}, false
	}
	t, err := time.Parse(time.DateOnly, value[:len(time.DateOnly)])
	return Published{At: t}, err == nil
}

// IsSameDay tells whether got falls on the labelled day: in the zone of the label,
// in the zone got is written in, or in UTC. A label that is only a day is the one
// printed on the page, in a zone it does not tell.
func (p Published) IsSameDay(got time.Time) bool {
	if got.IsZero() {
		return false
	}
	day := p.At.Format(time.DateOnly)
	if p.IsTimed {
		return got.In(p.At.Location()).Format(time.DateOnly) == day || got.UTC().Format(time.DateOnly) == p.At.UTC().Format(time.DateOnly)
	}
	return got.Format(time.DateOnly) == day || got.UTC().Format(time.DateOnly) == day
}

// IsSameMinute tells whether got is within sixty seconds of a label that has a
// time of day.
func (p Published) IsSameMinute(got time.Time) bool {
	return p.IsTimed && !got.IsZero() && got.Sub(p.At).Abs() <= time.Minute
}

// CompareAuthors compares two lists as sets of names, case, punctuation and order
// aside, and gives whether they are equal and the F1 of their names. An entry that
// lists several ("A. Smith, B. Jones and C. Hill") counts as several, in either
// list.
func CompareAuthors(want, got []string) (isExact bool, score float64) {
	w, g := nameSet(want), nameSet(got)
	both := 0
	for name := range w {
		both += g[name]
	}
	if len(w) == 0 || len(g) == 0 {
		return len(w) == len(g), 0
	}
	score = 2 * float64(both) / float64(len(w)+len(g))
	return both == len(w) && both == len(g), score
}

func nameSet(list []string) map[string]int {
	set := map[string]int{}
	for _, entry := range list {
		entry = strings.NewReplacer(" and ", ",", " und ", ",", "&", ",", ";", ",", "|", ",", "、", ",", "،", ",").Replace(norm.NFC.String(entry))
		for name := range strings.SplitSeq(entry, ",") {
			key := strings.Map(func(r rune) rune {
				if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) {
					return unicode.ToLower(r)
				}
				return -1
			}, name)
			if key != "" {
				set[key] = 1
			}
		}
	}
	return set
}

// IsGarbled tells whether a text has more replacement characters or more marks of
// UTF-8 read as another set than its label has.
func IsGarbled(want, got string) bool {
	return strings.Count(got, "\ufffd") > strings.Count(want, "\ufffd") || decode.Mojibake(got) > decode.Mojibake(want)
}
