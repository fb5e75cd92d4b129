package story

// consonantClasses are the classes of consonants across scripts; what is not
// listed is a vowel or says too little.
var consonantClasses = classes(map[string]string{
	"b": "bб" + "バビブベボ",
	"p": "пπ" + "パピプペポ",
	"v": "fvwвфβφ" + "フワヴ",
	"d": "dđďдδ" + "ダデド",
	"t": "tťþтθτ" + "タテト",
	"k": "kqgğгґкхγκχ" + "カキクケコガギグゲゴハヒヘホ",
	"s": "szjßšśşșžźżçčćжзсцчшщћђџζσς" + "サシスセソザジズゼゾチツヂヅ",
	"r": "lrłřлрљλρ" + "ラリルレロ",
	"n": "mnñňńмнњμν" + "ナニヌネノマミムメモン",
})

func classes(letters map[string]string) map[rune]string {
	of := map[rune]string{'x': "ks", 'ξ': "ks", 'ψ': "ps"}
	for class, list := range letters {
		for _, r := range list {
			of[r] = class
		}
	}
	return of
}

// commonNames are capitalised in English and Romance titles and tell no two
// reports apart: days, months, offices, agencies.
var commonNames = set(
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
	"january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
	"januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember", "mon", "tue", "wed", "thu", "fri", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
	"president", "presidente", "präsident", "président", "minister", "ministry", "ministro", "ministre", "ministerio", "ministère", "prime", "group", "groupe", "grupo", "gruppe", "gruppo", "company", "corp", "corporation", "inc", "ltd",
	"beijing", "chinese", "china", "european", "american", "europe", "united", "states", "union", "republic",
	"reuters", "afp", "ap", "dpa", "efe", "ansa", "xinhua", "tass", "kyodo", "yonhap", "lusa", "antara", "bernama", "pti", "apa", "anp", "ntb", "ritzau", "agency", "press", "associated", "agence", "agencia",
)

func set(words ...string) map[string]bool {
	of := make(map[string]bool, len(words))
	for _, word := range words {
		of[word] = true
	}
	return of
}
