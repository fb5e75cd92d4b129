package article

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAuthors bounds the list: more names are those of a masthead or of a paper's
// references.
const maxAuthors = 12

// chooseAuthors takes the first source that names anybody. A source that only
// names the site itself is the second choice, for the by-line may name a person;
// it stands if none does, since an unsigned text is its publisher's. An agency is
// an author like any other.
func chooseAuthors(doc *document, host, extracted string) []string {
	site := append(siteNames(doc, host), publishers(doc)...)
	near := nearBylines(doc)
	var house []string
	for _, source := range statedAuthors(doc) {
		names := cleanAuthors(source)
		if signed := withoutSite(names, site); len(signed) > 0 && !isUserName(signed[0]) {
			return completed(signed, near, site)
		}
		if house == nil {
			house = names
		}
	}
	for _, source := range near {
		names := slices.DeleteFunc(withoutSite(cleanAuthors(source), site), func(n string) bool { return house != nil && !isName(n) })
		if len(names) > 0 && len(names) <= maxNear {
			return names
		}
		if house == nil {
			house = cleanAuthors(source)
		}
	}
	names := slices.DeleteFunc(withoutSite(cleanAuthors([]string{extracted}), site), func(n string) bool {
		isElsewhere := slices.ContainsFunc(doc.bylines, func(b byline) bool { return b.aside && strings.Contains(b.text, n) })
		return !isName(n) || isElsewhere
	})
	if len(names) == 0 {
		names = house
	}
	return append([]string{}, names...) // not nil: the column is an empty array
}

// publishers are those a page states to own it, reduced to letters.
func publishers(doc *document) []string {
	var out []string
	for _, name := range []string{"publisher", "dc.publisher", "dcterms.publisher", "copyright", "dc.rights"} {
		stated := authorParens.ReplaceAllString(unescaped(doc.meta[name]), "")
		if l := letters(copyrightWords.ReplaceAllString(stated, "")); l != "" {
			out = append(out, l)
		}
	}
	return out
}

var copyrightWords = regexp.MustCompile(`(?i)copyright|©|\d{4}|all rights reserved`)

// isUserName tells what a system calls its writer from what readers do: one word
// without a capital. It stands if no by-line has the name.
func isUserName(s string) bool {
	return !strings.ContainsFunc(s, unicode.IsSpace) && !strings.ContainsFunc(s, unicode.IsUpper) && measure(s) == utf8.RuneCountInString(s)
}

// maxNear is how many authors a by-line in the page names at most; more are those
// of a list of references.
const maxNear = 8

// statedAuthors are the authors a page states for machines, source by source.
func statedAuthors(doc *document) [][]string {
	out := [][]string{doc.ld.authors}
	for _, name := range []string{"author", "article:author", "parsely-author", "sailthru.author", "articleauthor", "article_author", "byl"} {
		out = append(out, doc.metaAll[name])
	}
	for _, name := range []string{"citation_author", "dc.creator", "dcterms.creator", "dcterms.contributor"} {
		var turned []string
		for _, entry := range doc.metaAll[name] {
			turned = append(turned, firstNameFirst(entry))
		}
		out = append(out, turned)
	}
	if isAuthorLabel(doc.meta["twitter:label1"]) {
		out = append(out, doc.metaAll["twitter:data1"])
	}
	return out
}

// firstNameFirst turns "Family, Given", as library catalogues write a name.
func firstNameFirst(s string) string {
	family, given, ok := strings.Cut(s, ",")
	if !ok || strings.Contains(given, ",") || len(strings.Fields(family)) > 2 || len(strings.Fields(given)) > 3 {
		return s
	}
	return strings.TrimSpace(given) + " " + strings.TrimSpace(family)
}

func isAuthorLabel(s string) bool {
	s = strings.ToLower(s)
	for _, label := range []string{"written by", "author", "verfasst von", "geschrieben von", "escrito por", "écrit par", "scritto da", "geschreven door", "skrevet av", "skriven av", "autor", "auteur", "napisane przez", "написано"} {
		if strings.Contains(s, label) {
			return true
		}
	}
	return false
}

// withoutSite drops the site and its desks, and the offices of those who are named
// beside them.
func withoutSite(names, site []string) []string {
	isNamed := slices.ContainsFunc(names, isName)
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		return isSite(n, site) || isDesk(n, site) || isNamed && !isName(n) && len(strings.Fields(n)) > 2
	})
}

// deskWords are in the names of desks, and in no person's.
var deskWords = regexp.MustCompile(`(?i)\b(staff|team|desk|newsroom|redaktion|redaction|rédaction|redacción|redação|redazione|redactie|redakcja|editors?|editorial|toimitus|redaksjonen|redaktionen|haber merkezi|e\.? ?v|gmbh|inc|llc)\b|\.(com|org|net|de|fr|tr|uk)$`)

func isDesk(name string, site []string) bool {
	if deskWords.MatchString(name) {
		return true
	}
	l := letters(name)
	return slices.ContainsFunc(site, func(s string) bool {
		return len(s) > 4 && len(l) > len(s) && strings.HasPrefix(l, s) || len(l) > 7 && strings.HasPrefix(s, l)
	})
}

// completed adds the colleagues that the by-line at the headline names beside those
// of the linked data: templates often state only the first.
func completed(people []string, near [][]string, site []string) []string {
	for _, source := range near[:2] {
		all := withoutSite(cleanAuthors(source), site)
		if len(all) <= len(people) || len(all) > len(people)+2 {
			continue
		}
		isMissing := func(p string) bool {
			return !slices.ContainsFunc(all, func(a string) bool { return equalFold(a, p) })
		}
		if !slices.ContainsFunc(people, isMissing) && !slices.ContainsFunc(all, func(a string) bool { return !isName(a) }) {
			return all
		}
	}
	return people
}

// nearBylines are the by-lines of the page, those at the headline before those
// after the text, and marked ones before texts that only begin with "By". By-lines
// of teasers and comments stand elsewhere.
func nearBylines(doc *document) [][]string {
	headAt := headlinePlace(doc)
	var out [][]string
	var far []string
	farAt := 0
	for _, kind := range []bylineKind{byMark, byClass, byLink, byText} {
		var head, rest []string
		last := 0
		for _, b := range doc.bylines {
			if b.kind != kind || b.aside {
				continue
			}
			isNear := b.place >= headAt-reach && b.place <= doc.proseAt+reach/4 || doc.proseAt == 0 && !b.far && (headAt == 0 || b.place <= headAt+2*reach)
			switch {
			case isNear && (last == 0 || b.place-last < reach) && (!b.far || b.place > headAt):
				head = append(head, b.text)
				last = b.place
			case b.far:
				if kind < byLink && (len(far) == 0 || kind == byMark && b.place-farAt < 10) {
					far, farAt = append(far, b.text), b.place
				}
			case len(rest) == 0 && (kind < byLink || kind == byText && isLabel(b.text)):
				rest = append(rest, b.text)
			}
		}
		if kind == byText && len(head) > 1 {
			head = head[:1]
		}
		out = append(out, head, rest)
	}
	return append(out, far)
}

// isLabel tells a label with a colon, which names an author wherever it stands.
func isLabel(s string) bool {
	n := byStart(s)
	return n > 0 && (strings.Contains(s[:min(len(s), n+2)], ":") || strings.HasPrefix(strings.ToLower(s[:n]), "aut"))
}

// bylineStarts are the words that introduce an author, in lower case. Short ones
// are followed by a space and a capital.
var bylineStarts = []string{
	"written by", "story by", "posted by", "words by", "reported by", "text by", "article by", "submitted by", "by", "author:", "autor:", "autorin:", "autorin/autor", "autor/in:", "auteur :", "auteur:", "author", "herausgeber:", "researched by", "text:", "von", "geschrieben von", "ein artikel von", "ein gastbeitrag von", "verfasst von", "erstellt von", "eingestellt von", "veröffentlicht von", "par", "écrit par", "publié par",
	"por", "escrito por", "di", "a cura di", "scritto da", "door", "av", "af", "skrevet af", "skrevet av", "från", "tekst:", "autor", "oleh", "oleh:", "penulis:", "reporter:", "yazan:", "автор:", "текст:", "автор", "bởi", "przez", "napsal", "írta:", "scris de", "de:", "文/", "文：", "文:", "作者：", "作者:", "記者", "记者",
}

// byStart is the length of the words at the start of a text that introduce an
// author, 0 if there are none.
func byStart(text string) int {
	if len(text) > 160 {
		return 0
	}
	for _, start := range bylineStarts {
		if len(text) < len(start) || !strings.EqualFold(text[:len(start)], start) {
			continue
		}
		rest := text[len(start):]
		if rest == "" || strings.HasSuffix(start, ":") || strings.HasSuffix(start, "：") || strings.HasSuffix(start, "/") || !isASCII(start) {
			return len(start)
		}
		if rest[0] != ' ' && rest[0] != ':' && rest[0] != '\u00a0' && !strings.HasPrefix(rest, "\u00a0") && rest[0] != '\n' && rest[0] != '\t' {
			continue
		}
		name := strings.TrimLeft(rest, " :\u00a0\n\t")
		r, _ := utf8.DecodeRuneInString(name)
		if name == "" || isByline(name) && (unicode.IsUpper(r) || len(name) < 25 && len(strings.Fields(name)) == 1) {
			return len(start)
		}
	}
	return 0
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isByline tells a name from the start of a sentence: it has few words, nearly all
// with capitals, up to a date or a separator.
func isByline(s string) bool {
	if i := strings.IndexAny(s, ",|•·–—(0123456789\n"); i > 0 {
		s = s[:i]
	}
	words := strings.Fields(s)
	small := 0
	for _, w := range words {
		r, _ := utf8.DecodeRuneInString(w)
		if unicode.IsLower(r) && !slices.Contains(particles, w) {
			small++
		}
	}
	return len(words) > 0 && len(words) <= 8 && (small == 0 || len(words) == 1)
}

var (
	authorPrefix = regexp.MustCompile(`(?i)^(written by|guide by|researched by|herausgeber|autorin/autor|story by|posted by|words by|reported by|text by|article by|submitted by|published by|view all (posts|articles) by|all posts by|zeige alle beiträge von|alle beiträge von|alle artikel von|voir tous les articles (?:de|par)|ver todas las entradas de|vedi tutti gli articoli di|ver todos os posts de|erstellt von|eingestellt von|verfasst von|geschrieben von|veröffentlicht von|ein gastbeitrag von|ein artikel von|escrito por|publicado por|écrit par|publié par|a cura di|about the authors?|über (den|die) autor(in)?|author|autor(in|en)?|auteur|text|by|von|vom|par|por|di|da|door|av|af|från|oleh|penulis|tekst|автор|текст|文|作者|記者|记者)\s*[:：\s/]\s*`)
	authorLate   = regexp.MustCompile(`(?i)^(posted|published|written|submitted|updated|veröffentlicht|erstellt|eingestellt|geschrieben|publié|publicado|pubblicato|opublikowan\S*|publisert|publicerad)\b.{0,50}?\s(by|von|par|por|da|przez|av)\s+`)
	authorSplit  = regexp.MustCompile(`\s*(?:[;|•·/\n、،+]|,|\s(?:and|und|et|y|og|och|e|en|i|ve|dan|и|та|și|a|&|with|mit|con|avec)\s)\s*`)
	authorURL    = regexp.MustCompile(`(?i)\(?\b(https?:|www\.)\S*`)
	authorParens = regexp.MustCompile(`\s*[(\[（][^)\]）]*[)\]）]?`)
	authorTail   = regexp.MustCompile(`(?i)(\s+|^)(link copied|updated|published|posted|contributed|special to|staff writers?|staff reporters?|former|(senior |chief |political |tech(nology)? |sports? |business )?(reporter|editor|writer|correspondent|columnist|contributor|journalist)|redakteur(in)?|korrespondent(in)?|washington post|associated press writer|published:?)(\s.*|:.*)?$|\s+(in|am|on|vor|is|ist|has|said|shares?|le \d|el \d|il \d|den \d|january|february|march|april|june|july|august|september|october|november|december|januar|februar|märz|juni|juli|oktober|dezember)(\s.*)?$|\s+\d.*$`)
	authorJunk   = regexp.MustCompile(`(?i)@|[<>{}=\\]|^\d|admin|^(null|undefined|editor|webmaster|autor(in|en)?|author|by|von|veröffentlicht|published|posted|redakteur|reporter|written by|about( me| the author)?|name|x+|n/a|no author|none|unknown|user|true|false|images?|photo|fotos?|facebook|twitter|share|home|all posts|more|follow( us)?|view profile|profile|bio|contact|website|comments?|leave a comment|md|m\.d|phd|ph\.d|jr|sr|mba|rn|dvm|esq|cfa|dds|ba|bsc|msc|ma|lvt|january|february|march|april|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)$|^(foto|photo|bild|image|archiv)\b`)
)

// cleanAuthors splits and cleans by-lines. A part that is an address, a title, a
// user name, a date or a sentence is not an author.
func cleanAuthors(list []string) []string {
	var out []string
	for _, entry := range list {
		entry = authorURL.ReplaceAllString(unescaped(entry), "")
		entry = authorParens.ReplaceAllString(entry, "")
		entry = authorPrefix.ReplaceAllString(authorLate.ReplaceAllString(strings.TrimSpace(entry), ""), "")
		for _, name := range authorSplit.Split(entry, -1) {
			name = withoutTail(authorPrefix.ReplaceAllString(strings.TrimSpace(name), ""))
			name = strings.Trim(name, " .,:-–—*•\"'“”()[]/→»›")
			if !isAuthor(name) {
				continue
			}
			if !slices.ContainsFunc(out, func(o string) bool { return equalFold(o, name) }) {
				out = append(out, name)
			}
			if len(out) == maxAuthors {
				return withoutLonger(out)
			}
		}
	}
	return withoutLonger(out)
}

// withoutLonger drops a name with a title or an office around it where the name
// itself is there too.
func withoutLonger(names []string) []string {
	return slices.DeleteFunc(names, func(long string) bool {
		return slices.ContainsFunc(names, func(short string) bool {
			return len(short) < len(long) && strings.Contains(short, " ") && strings.Contains(" "+long+" ", " "+short+" ")
		})
	})
}

// withoutTail cuts off the office, the date or the beginning of a sentence behind a
// name. A pen name of two words can end in an office.
func withoutTail(name string) string {
	cut := authorTail.ReplaceAllString(name, "")
	if len(strings.Fields(cut)) == 1 && len(strings.Fields(name)) == 2 && !hasDigit(name) && isName(name) && monthOf(strings.ToLower(strings.Fields(name)[1])) == 0 {
		return name
	}
	return cut
}

func isAuthor(name string) bool {
	n := utf8.RuneCountInString(name)
	return n >= 2 && n <= 60 && len(strings.Fields(name)) <= 6 && !authorJunk.MatchString(name) && strings.ContainsFunc(name, unicode.IsLetter)
}

var particles = []string{"de", "da", "del", "della", "van", "von", "der", "den", "di", "du", "la", "le", "bin", "ibn", "al", "el", "dos", "das", "ten", "ter", "zu", "zur", "und", "and", "y", "e", "et"}

// isName tells whether each word begins with a capital, or with a letter of a
// script that has none; small particles aside.
func isName(s string) bool {
	words := strings.Fields(s)
	for _, w := range words {
		r, _ := utf8.DecodeRuneInString(w)
		if unicode.IsLower(r) && !slices.Contains(particles, w) {
			return false
		}
	}
	return len(words) <= 4 && (len(words) > 1 || measure(s) > utf8.RuneCountInString(s))
}
