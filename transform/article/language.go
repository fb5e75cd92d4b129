package article

import (
	"strings"
	"unicode"

	"github.com/RadhiFadlillah/whatlanggo"
)

// languageWindow is how much text decides: more adds time, not certainty.
const languageWindow = 500

// chooseLanguage reads the language off the text. What the outlet and the page
// declare (in that order; templates say "en" everywhere) settles short texts and
// close calls, and the languages the detector does not know.
func chooseLanguage(title, body, outlet, page string) string {
	sample := []rune(body)
	sample = sample[:min(len(sample), languageWindow)]
	if len(sample) < 200 {
		sample = append([]rune(title+" "), sample...)
	}
	prior := baseLanguage(outlet)
	if prior == "" {
		prior = baseLanguage(page)
	}
	s := countScripts(sample)
	if code := byScript(s, prior); code != "" {
		return code
	}
	if s.letters < 30 {
		return orUndetermined(prior)
	}
	info := whatlanggo.Detect(string(sample))
	code := baseLanguage(info.Lang.Iso6391())
	if code == "" {
		code = info.Lang.Iso6393()
	}
	switch {
	case code == "" || info.Confidence == 0: // a tie, which the detector breaks by chance
		return orUndetermined(prior)
	case prior == "" || prior == code:
		return code
	case isKin(code, prior) && (info.Confidence < 0.9 || !isDetectable(prior)):
		return prior
	case !isDetectable(prior) && code != "en" && sameScript(s, prior):
		return prior
	case info.Confidence < 0.2 || s.letters < 100 && info.Confidence < 0.8:
		return prior
	}
	return code
}

func orUndetermined(code string) string {
	if code == "" {
		return "und"
	}
	return code
}

// baseLanguage reduces a tag to its primary subtag in the codes of the registry.
func baseLanguage(tag string) string {
	tag = strings.ToLower(strings.TrimSpace(tag))
	tag, _, _ = strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	switch tag {
	case "nb", "nn", "nob", "nno", "nor":
		return "no"
	case "iw":
		return "he"
	case "in":
		return "id"
	case "ji":
		return "yi"
	case "cmn", "zho", "yue":
		return "zh"
	case "sh":
		return "sr"
	case "fil":
		return "tl"
	case "eng":
		return "en"
	case "und", "mul", "zxx", "x":
		return ""
	}
	if len(tag) < 2 || len(tag) > 3 || strings.Trim(tag, "abcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return tag
}

// scripts counts the letters of a sample.
type scripts struct {
	letters, latin, cyrillic, arabic, han, kana, hangul, armenian, lao, hebrew, devanagari int
	persian, urdu                                                                          int // letters that Arabic does not have
}

func countScripts(sample []rune) scripts {
	var s scripts
	for _, r := range sample {
		if !unicode.IsLetter(r) {
			continue
		}
		s.letters++
		switch {
		case unicode.Is(unicode.Latin, r):
			s.latin++
		case unicode.Is(unicode.Cyrillic, r):
			s.cyrillic++
		case unicode.Is(unicode.Arabic, r):
			s.arabic++
			switch r {
			case 'پ', 'چ', 'ژ', 'گ', 'ک', 'ی':
				s.persian++
			case 'ٹ', 'ڈ', 'ڑ', 'ں', 'ے', 'ھ', 'ہ':
				s.urdu++
			}
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			s.kana++
		case unicode.Is(unicode.Han, r):
			s.han++
		case unicode.Is(unicode.Hangul, r):
			s.hangul++
		case unicode.Is(unicode.Armenian, r):
			s.armenian++
		case unicode.Is(unicode.Lao, r):
			s.lao++
		case unicode.Is(unicode.Hebrew, r):
			s.hebrew++
		case unicode.Is(unicode.Devanagari, r):
			s.devanagari++
		}
	}
	return s
}

// byScript decides what the script alone decides. Han with kana is Japanese even
// where Han is in the majority, as it is in headlines.
func byScript(s scripts, prior string) string {
	most := func(n int) bool { return n*2 > s.letters }
	switch {
	case s.letters == 0:
		return ""
	case most(s.hangul+s.han) && s.hangul*5 > s.han:
		return "ko"
	case most(s.kana+s.han) && s.kana*20 > s.han:
		return "ja"
	case most(s.han):
		if prior == "ja" && s.letters < 12 { // a headline in characters only
			return "ja"
		}
		return "zh"
	case most(s.armenian):
		return "hy"
	case most(s.lao):
		return "lo"
	case most(s.hebrew):
		if prior == "yi" {
			return "yi"
		}
		return "he"
	case most(s.arabic):
		switch {
		case prior == "ps" || prior == "ckb" || prior == "ug" || prior == "sd" || prior == "ku":
			return prior
		case s.urdu*40 > s.arabic:
			return "ur"
		case s.persian*40 > s.arabic:
			return "fa"
		}
		return "ar"
	}
	return ""
}

// kin are groups whose members are mistaken for each other.
var kin = []string{
	" no da sv is fo ", " hr bs sr sl mk me ", " cs sk pl ", " id ms jv su tl ", " pt gl es ca it oc ast ", " ru uk be bg mk kk ky mn tg tt ",
	" hi mr ne mai bho ", " nl af fy lb de ", " az tr tk uz kk ", " zu xh st tn nr ss nd ", " et fi ", " lv lt ", " rw rn ", " fr ht oc ca br ", " ro mo it ", " sq it ",
}

func isKin(a, b string) bool {
	for _, group := range kin {
		if strings.Contains(group, " "+a+" ") && strings.Contains(group, " "+b+" ") {
			return true
		}
	}
	return false
}

// detectable are the codes the detector can give in Latin and Cyrillic script.
const detectable = " af ak az be bg cs da de en eo es et fi fr ha hr ht hu ig id it jv rw ku lv lt mg mk nl no ny om pl pt ro rn ru sl sn so es sr sv tl tk tr uk uz vi yo zu hi mr ne "

func isDetectable(code string) bool {
	return strings.Contains(detectable, " "+code+" ")
}

// sameScript tells whether a declared language the detector does not know can be
// written as the text is.
func sameScript(s scripts, code string) bool {
	if strings.Contains(" kk ky mn tg tt ", " "+code+" ") {
		return s.cyrillic*2 > s.letters
	}
	return s.latin*2 > s.letters
}

// Language reads the language off a text alone: a BCP 47 primary subtag, und if
// it cannot be told.
func Language(title, body string) string { return chooseLanguage(title, body, "", "") }
