package wording

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// inflect puts a name into a case of the language (gen, dat, abl, ins), as its
// newsrooms do with foreign names; empty where they would not, or are not of one
// mind.
func inflect(language, ending, name string) string {
	last, size := utf8.DecodeLastRuneInString(name)
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }) || utf8.RuneCountInString(name) < 3 {
		return ""
	}
	switch language {
	case "de":
		return germanGenitive(name, last)
	case "tr":
		return turkishCase(name, ending)
	case "pl":
		return polishCase(name, name[:len(name)-size], last, ending)
	case "ru":
		return russianGenitive(name, name[:len(name)-size], last)
	}
	return ""
}

func germanGenitive(name string, last rune) string {
	if strings.ContainsRune("sxzß", unicode.ToLower(last)) {
		return name + "’"
	}
	return name + "s"
}

// turkishCase follows the last vowel; letters that are read one by one end in
// that of their own name, which for consonants is e.
func turkishCase(name, ending string) string {
	last, _ := utf8.DecodeLastRuneInString(name)
	vowel := 'e'
	for _, r := range name {
		if r = unicode.ToLower(r); strings.ContainsRune("aeiou", r) && !isAcronym(name) {
			vowel = r
		}
	}
	if isAcronym(name) && strings.ContainsRune("AEIOU", last) {
		vowel = unicode.ToLower(last)
	}
	isOpen := isAcronym(name) || strings.ContainsRune("aeiou", last)
	high := map[rune]string{'a': "ı", 'e': "i", 'i': "i", 'o': "u", 'u': "u"}[vowel]
	low := map[rune]string{'a': "a", 'e': "e", 'i': "e", 'o': "a", 'u': "a"}[vowel]
	switch {
	case ending == "gen" && isOpen:
		return name + "'n" + high + "n"
	case ending == "gen":
		return name + "'" + high + "n"
	case ending == "dat" && isOpen:
		return name + "'y" + low
	case ending == "dat":
		return name + "'" + low
	case ending == "abl" && !isOpen && strings.ContainsRune("fstkçşhp", last):
		return name + "'t" + low + "n"
	case ending == "abl":
		return name + "'d" + low + "n"
	}
	return ""
}

func isAcronym(name string) bool { return strings.ToUpper(name) == name }

// polishCase declines names in a and in most consonants, but not acronyms.
func polishCase(name, stem string, last rune, ending string) string {
	switch {
	case isAcronym(name) || ending != "gen" && ending != "ins":
		return ""
	case last == 'a' && ending == "ins":
		return stem + "ą"
	case last == 'a' && strings.ContainsAny(stem[len(stem)-1:], "kgl"):
		return stem + "i"
	case last == 'a' && strings.ContainsAny(stem[len(stem)-1:], "bdfmnprtz"):
		return stem + "y"
	case ending == "ins" && strings.ContainsRune("kg", last):
		return name + "iem"
	case ending == "ins" && strings.ContainsRune("bcdfmnprstz", last):
		return name + "em"
	case ending == "gen" && strings.ContainsRune("bcdfgkmnprstz", last):
		return name + "a"
	}
	return ""
}

// russianGenitive declines names in Cyrillic letters only.
func russianGenitive(name, stem string, last rune) string {
	switch {
	case !unicode.Is(unicode.Cyrillic, last):
		return ""
	case last == 'й' || last == 'ь':
		return stem + "я"
	case last == 'а' && strings.HasSuffix(stem, "к"):
		return stem + "и"
	case last == 'а':
		return stem + "ы"
	case strings.ContainsRune("бвгджзклмнпрстфхцчшщ", last):
		return name + "а"
	}
	return ""
}
