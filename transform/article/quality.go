package article

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// quality says why a text is probably not that of the article, or nothing. It is
// asked of articles that should be whole: a teaser is known to be short. A doubtful
// text is stored and marked, not refused. Signs that whole articles give now and
// then count only where most of the page's prose is elsewhere.
func quality(doc *document, a *Article, body extract) string {
	size := measure(a.Body)
	about := a.Title + " " + doc.description()
	switch {
	case size == 0:
		return "no text"
	case isNotice(a.Body) && !isNotice(about):
		return "the words of a consent dialogue, a log-in or terms of use"
	case isOther(a.Body, body.declared):
		return "little in common with the text in the page's own data"
	case isContested(a.Body, body.witness, about):
		return "two readings of the page have nothing in common"
	case isLabels(a.Body):
		return "short lines and no sentences"
	case size < 5*thin && isCutShort(a.Body):
		return "breaks off"
	case body.fit < .2 && hasWords(a.Title, 3) && hasWords(about, 8) && support(a.Body, a.Title) == 0 && support(a.Body, about) < .2:
		return "nothing in common with title and description"
	case body.share >= .5:
		return ""
	}
	stated, words := doc.ld.wordCount, len(strings.Fields(a.Body))
	switch {
	case stated >= 100 && !hasDense(a.Body) && (words*4 < stated || words > stated*4):
		return fmt.Sprintf("the page states %d words, the text has %d", stated, words)
	case size < thin && isSameLine(a.Body, doc.description()):
		return "only the description of the page, among other texts"
	case hasWords(about, 4) && support(a.Body, about) < .2:
		return "nothing in common with title and description, among other texts"
	}
	return ""
}

// isOther tells whether the page's own data has a text, and it is another.
func isOther(text, declared string) bool {
	if utf8.RuneCountInString(declared) < thin {
		return false
	}
	_, covered := overlap(text, declared)
	return covered < .2
}

// isContested tells whether a second reading found something else that fits the
// title about as well.
func isContested(text, witness, about string) bool {
	return measure(witness) >= thin && !isSameText(text, witness) && support(text, about)-support(witness, about) < .2
}

// noticeWords are of texts about the reader, the site and its rules.
var noticeWords = []string{
	"cookie", "consent", "privacy policy", "terms of use", "terms and conditions", "terms of service", "your browser", "ad blocker", "adblock", "your password", "your email address", "log in", "sign in", "javascript",
	"datenschutz", "nutzungsbedingungen", "einwilligung", "ihr browser", "passwort", "werbeblocker",
	"confidentialité", "conditions d'utilisation", "mot de passe", "votre navigateur", "política de privacidad", "contraseña", "tu navegador", "política de privacidade", "sua senha", "informativa sulla privacy", "privacybeleid", "wachtwoord", "personvern", "integritetspolicy", "polityka prywatności", "регистрац", "пароль", "конфиденциальност", "クッキー", "パスワード", "プライバシーポリシー", "隐私", "密码", "쿠키", "비밀번호", "سياسة الخصوصية", "كلمة المرور",
}

// noticeStart is how much of a text, in bytes, is looked at for what it is.
const noticeStart = 4000

// isNotice tells whether a text begins as consent dialogues, log-ins and terms of
// use do: with three of their words, and one in every 400 bytes. An article on
// privacy has as many, but among more others.
func isNotice(s string) bool {
	s = strings.ToLower(s[:min(len(s), noticeStart)])
	kinds, all := 0, 0
	for _, w := range noticeWords {
		if n := strings.Count(s, w); n > 0 {
			kinds++
			all += n
		}
	}
	return kinds >= 3 && all*400 >= len(s)
}

// isLabels tells whether a text is many short lines without sentences.
func isLabels(s string) bool {
	lines := strings.Count(s, "\n") + 1
	return lines > 6 && len(s) < 200*lines && proseShare(s) < .1
}

// isSameLine tells whether a text is no more than another, give or take an end.
func isSameLine(text, other string) bool {
	t, o := letters(text), letters(other)
	return len(t) > 0 && len(o) > 0 && (strings.HasPrefix(o, t) || strings.HasPrefix(t, o) && len(t)*4 < len(o)*5)
}

// hasWords tells whether a text has as many longer words.
func hasWords(s string, n int) bool {
	for range longWords(s) {
		if n--; n == 0 {
			return true
		}
	}
	return false
}

// hasDense tells whether a text begins in a script without spaces, where words
// cannot be counted.
func hasDense(s string) bool { return strings.ContainsFunc(clip(s, 100), isDense) }

// isCutShort tells whether a text ends in dots, as teasers do.
func isCutShort(s string) bool {
	s = strings.TrimRight(s, "])>» ")
	return strings.HasSuffix(s, "…") || strings.HasSuffix(s, "...") && !strings.HasSuffix(s, "....")
}
