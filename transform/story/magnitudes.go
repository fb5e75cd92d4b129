package story

// asianUnits multiply the digits right before them.
var asianUnits = map[rune]int{
	'千': 3, '百': 2, '万': 4, '萬': 4, '亿': 8, '億': 8, '兆': 12,
	'천': 3, '만': 4, '억': 8, '조': 12,
}

// magnitudes are the words that multiply a number, in lower case, and their
// powers of ten.
var magnitudes = map[string]int{
	"thousand": 3, "thousands": 3, "k": 3, "tsd": 3, "tausend": 3, "mille": 3, "mila": 3, "mil": 3, "duizend": 3, "tusen": 3, "tusind": 3,
	"tys": 3, "tisíc": 3, "tuhat": 3, "tuhatta": 3, "ribu": 3, "bin": 3, "тыс": 3, "тис": 3, "ezer": 3, "mii": 3, "nghìn": 3, "ngàn": 3, "χιλιάδες": 3,
	"ألف": 3, "آلاف": 3, "ألفا": 3, "هزار": 3, "אלף": 3, "אלפים": 3, "हजार": 3, "हज़ार": 3, "พัน": 3,
	"หมื่น": 4, "แสน": 5, "lakh": 5, "lakhs": 5, "लाख": 5, "crore": 7, "crores": 7, "करोड़": 7, "अरब": 9,
	"million": 6, "millions": 6, "mn": 6, "mln": 6, "mio": 6, "millionen": 6, "millón": 6, "millon": 6, "millones": 6, "milione": 6, "milioni": 6,
	"milhão": 6, "milhões": 6, "miljoen": 6, "miljoner": 6, "miljon": 6, "millioner": 6, "milyon": 6, "juta": 6, "млн": 6, "triệu": 6, "mill": 6,
	"مليون": 6, "ملايين": 6, "مليونا": 6, "میلیون": 6, "מיליון": 6, "מיליוני": 6, "मिलियन": 6, "ล้าน": 6, "εκατ": 6, "εκατομμύρια": 6, "milioane": 6, "millió": 6,
	"billion": 9, "billions": 9, "bn": 9, "mrd": 9, "mld": 9, "mds": 9, "md": 9, "mia": 9, "milliarde": 9, "milliarden": 9, "milliard": 9, "milliards": 9,
	"miliardo": 9, "miliardi": 9, "bilhão": 9, "bilhões": 9, "miljard": 9, "miljarder": 9, "milliarder": 9, "milyar": 9, "miliar": 9, "млрд": 9, "tỷ": 9, "tỉ": 9,
	"مليار": 9, "مليارات": 9, "مليارا": 9, "میلیارد": 9, "מיליארד": 9, "מיליארדי": 9, "बिलियन": 9, "พันล้าน": 9, "δισ": 9, "δισεκατομμύρια": 9, "miliarde": 9, "milliárd": 9,
	"trillion": 12, "trillions": 12, "tn": 12, "trn": 12, "billionen": 12, "billón": 12, "billones": 12, "bilioni": 12, "trilhão": 12, "trilhões": 12,
	"biljoen": 12, "biljoner": 12, "billioner": 12, "bln": 12, "bilion": 12, "biliony": 12, "trilyon": 12, "triliun": 12, "трлн": 12, "تريليون": 12, "טריליון": 12,
}

// magnitudeStems are those that languages decline.
var magnitudeStems = []struct {
	stem  string
	power int
}{
	{"тысяч", 3}, {"тисяч", 3}, {"tysią", 3}, {"tysięcy", 3}, {"tisíce", 3}, {"tisíců", 3},
	{"миллион", 6}, {"мільйон", 6}, {"miljoon", 6}, {"milion", 6}, {"милион", 6},
	{"миллиард", 9}, {"мільярд", 9}, {"miljard", 9}, {"miliard", 9}, {"милијард", 9}, {"милиард", 9},
	{"триллион", 12}, {"трильйон", 12}, {"biljoon", 12}, {"bilionů", 12},
}

// currencies stand right before an amount.
var currencies = set(
	"US", "HK", "NT", "Rs", "Rp", "RM", "RMB", "CNY", "USD", "EUR", "GBP", "JPY", "KRW", "INR", "IDR", "MYR", "SGD", "AUD", "CAD", "HKD",
	"CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "TRY", "TL", "RUB", "UAH", "BRL", "MXN", "ZAR", "NGN", "THB", "VND", "PHP", "NZ", "Kč", "kr",
)
