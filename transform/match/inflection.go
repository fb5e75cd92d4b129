package match

// Endings that languages write straight onto a foreign name. Lists are closed
// and short: an ending not here means another word. What follows an apostrophe
// or a hyphen (Huawei'nin, Huawei-Chef, Huawei-ul) needs no list. Everything is
// in folded form: ё is е, ı is i.

import "strings"

// words makes a set of space-separated words.
func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

var (
	koreanParticles = words(`은 는 이 가 을 를 의 에 에서 에게 와 과 도 로 으로 만 까지 부터 보다 처럼 라고 이라고
		측 측은 측이 사 에는 에도 에서는 에서도 로는 으로는 와의 과의 만의 나 이나 라는 이라는 란 이란 로서 으로서 에게서 에만 와는 과는
		가의 인 이며 며 이고 고 랑 이랑 등 등이 등은 등을 등의 들 들이 향`)

	// Article al-, conjunctions wa- and fa-, prepositions bi-, li- and ka-, and
	// what they make together.
	arabicPrefixes = words(`و ف ب ل ك ال وال بال فال كال لل ولل وب ول فب`)

	hebrewPrefixes = words(`ו ה ב ל מ ש כ וה וב ול ומ וש שב של שה מה כש לה בה`)
)

// endingsByLanguage holds the endings a name takes after its full form.
var endingsByLanguage = map[string]map[string]bool{
	"en": words("s"),
	"de": words("s"),
	"nl": words("s"),
	"af": words("s"),
	"sv": words("s"),
	"da": words("s"),
	"no": words("s"),
	"nb": words("s"),
	"nn": words("s"),
	"is": words("s"),
	"fi": words(`n a ä ta tä lla llä lle lta ltä ssa ssä sta stä na nä ksi in hin iin an en
		ia iä illa illä ille ilta iltä issa issä ista istä iksi ina inä kin lainen laisen`),
	"et": words("i t le l lt s st sse ga ta ni na ile il ilt is ist iga isse it"),
	"hu": words(`t ot et at öt ban ben ba be ból ből nak nek val vel ra re ról ről tól től hoz hez höz nál nél
		ért ig n on en ön é ja je nak nek k ok ek os es as i s
		bal bel dal del fal fel gal gel jal jel kal kel lal lel mal mel nal nel pal pel ral rel sal sel tal tel zal zel`),
	"tr": words(`nin nun nün in un ün ye ya yi yu yü e a i u ü de da te ta den dan ten tan le la nda nde ndan nden
		deki daki teki taki li lu lü`),
	"az": words(`nin nun nün in un ün ye ya yə yi yu yü e a ə i u ü de da də den dan dən le la lə nda ndə ndan ndən`),
	"pl": words("u a owi em ie iem y ów om ami ach ę ą i ze cie cie"),
	"cs": words("u a ovi em om e y i ů ům ech ova ovo ové ově ových ou"),
	"sk": words("u a ovi om em e y i ov och ova ovo ové ových ou"),
	"sl": words("u a om em e i ov ova ovo ove ovih ovim"),
	"hr": words("u a om em e i ov ova ovo ove ovih ovim ju ja"),
	"sr": words("u a om em e i ov ova ovo ove ovih ovim ju ja у а ом ем е и ов ова ово ове ових овим ју ја"),
	"bs": words("u a om em e i ov ova ovo ove ovih ovim ju ja"),
	"lt": words("as o ui a e ai u uje"),
	"lv": words("s a am u ā i"),
	"ro": words("ul ului"),
	"sq": words("it i in t n"),
	"eu": words("k ko ren ri rekin n ek tik rako"),
	"ru": words("а у ом ем е ы и ов ам ами ах я ю ою ой"),
	"uk": words("а у ом ем і и ові еві ів ам ами ах я ю ем єм є ї ою ой"),
	"be": words("а у ам ом ем е ы і аў я ю"),
	"bg": words("а ът я ят и"),
	"mk": words("от та то и"),
	"kk": words("ның нің дың дің тың тің ға ге қа ке ны ні ды ді ты ті да де та те дан ден тан тен мен бен пен"),
	"fa": words("ي ها هاي يي اي"),
	"hy": words("ի ը ն ին ից ում ով"),
	"ka": words("ს ის მ ში ზე თან სა დან ისა ა ი"),
}

// stemEndings says what may follow a name that has lost its last letter, by
// language and by the letter lost: Хуавэй, Хуавэя; Alibaba, Alibaby.
var stemEndings = map[string]map[rune]map[string]bool{
	"ru": {
		'й': words("я ю ем е и ев ям ями ях"),
		'а': words("ы е у ой ою"),
		'я': words("и е ю ей ею"),
		'ь': words("я ю ем е и"),
		'о': words("а у ом е"),
	},
	"uk": {
		'й': words("я ю ем єм ї єві еві"),
		'а': words("и і у ою о"),
		'я': words("і ю ею єю ї"),
		'ь': words("я ю ем і"),
		'о': words("а у ом і"),
	},
	"be": {'й': words("я ю ем і"), 'а': words("ы е у ай аю"), 'я': words("і ю яй")},
	"sr": {'а': words("е и у ом"), 'a': words("e i u om"), 'ј': words("ја ју јем"), 'o': words("a u om")},
	"hr": {'a': words("e i u om"), 'o': words("a u om")},
	"bs": {'a': words("e i u om"), 'o': words("a u om")},
	"sl": {'a': words("e i o"), 'o': words("a u om")},
	"pl": {'a': words("y i ie ę ą o ze"), 'o': words("a u em")},
	"cs": {'a': words("y ě e u ou o"), 'o': words("a u em")},
	"sk": {'a': words("y e u ou"), 'o': words("a u om")},
	"hu": {'a': words("át ának ával ától ára áról ában ából áért ához án áé áig ába ánál ája ák ás ái")},
	"lt": {'a': words("os ai ą oje")},
	"lv": {'a': words("s ai u ā")},
}

// stemLetters are the last letters that stemEndings knows.
const stemLetters = "йаяьоaoј"

// shortestStem is the fewest letters a stem must have.
const shortestStem = 4
