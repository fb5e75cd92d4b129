package simulate

// place is a country and the main language of its press.
type place struct {
	code, language string
	hasEnglish     bool // and a part of its titles in English
}

// places are the sixty largest economies but the home country, largest first.
var places = []place{
	{"US", "en", true}, {"DE", "de", false}, {"JP", "ja", true}, {"IN", "en", true}, {"GB", "en", true},
	{"FR", "fr", false}, {"IT", "it", false}, {"BR", "pt", false}, {"CA", "en", true}, {"RU", "ru", false},
	{"MX", "es", false}, {"AU", "en", true}, {"KR", "ko", true}, {"ES", "es", false}, {"ID", "id", true},
	{"NL", "nl", false}, {"TR", "tr", true}, {"SA", "ar", true}, {"CH", "de", false}, {"PL", "pl", false},
	{"TW", "zh", true}, {"AR", "es", false}, {"BE", "nl", false}, {"SE", "sv", false}, {"IE", "en", true},
	{"TH", "th", true}, {"IL", "he", true}, {"AE", "ar", true}, {"AT", "de", false}, {"SG", "en", true},
	{"NO", "no", false}, {"PH", "en", true}, {"BD", "bn", true}, {"VN", "vi", true}, {"DK", "da", false},
	{"IR", "fa", false}, {"MY", "ms", true}, {"EG", "ar", true}, {"ZA", "en", true}, {"CO", "es", false},
	{"NG", "en", true}, {"RO", "ro", false}, {"CZ", "cs", false}, {"PK", "ur", true}, {"CL", "es", false},
	{"FI", "fi", false}, {"PT", "pt", false}, {"PE", "es", false}, {"KZ", "ru", false}, {"NZ", "en", true},
	{"IQ", "ar", false}, {"GR", "el", false}, {"DZ", "ar", false}, {"QA", "ar", true}, {"HU", "hu", false},
	{"UA", "uk", false}, {"KW", "ar", true}, {"ET", "am", true}, {"MA", "fr", false}, {"SK", "sk", false},
}

// toneless are languages for which there is no tone model.
var toneless = map[string]bool{
	"th": true, "he": true, "bn": true, "fa": true, "ms": true, "ur": true, "am": true, "fi": true, "hu": true,
}
