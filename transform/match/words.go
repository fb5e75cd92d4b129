package match

// Word lists of the span rule and of the context. They are small on purpose:
// each only has to be right when it speaks. Lower case, folded.

var (
	// particles join a name to what stands before it: Medal of Honor, Ludwig von Anker.
	particles = words(`of de von der du van den da do di del della dei des dos das dem la el af av ter zu zur zum delle degli`)

	// personTitles say that a name follows.
	personTitles = words(`mr mrs ms dr prof sir lady lord herr frau señor señora sr sra monsieur madame mme m don doña saint st`)

	// oneLetterWords are articles, prepositions and conjunctions, not initials.
	oneLetterWords = words(`a o e i u y w z s k v à é è ó y и в с к у о а я і й`)

	// magnitudes stand between a number and its unit.
	magnitudes = words(`thousand million billion trillion mn bn mln mil milhão milhões milhares mille millón millones millions milliards mio mrd
		millionen milliarden tausend duizend miljoen miljard tys mld тыс млн млрд тысяч миллионов bin milyon ribu juta nghìn triệu`)

	// elisions stand before an apostrophe without making one name of the two.
	elisions = words(`l d dell all nell dall sull un qu s n j c dall' coll quell bell`)

	// hyphenPrefixes leave the name after the hyphen what it is.
	hyphenPrefixes = words(`non ex anti pro post pre al el the i e u ul к не экс anti- ה ב ל מ ש`)

	// plainNeighbours may have a capital beside a name without being part of it.
	plainNeighbours = words(`chinese china china's chinas beijing's
		monday tuesday wednesday thursday friday saturday sunday january february march april may june july
		august september october november december today yesterday but and when while if the a an in on at for
		ceo cfo chairman founder president chinesische chinesischer chinesischen`)

	// designators follow a company's name.
	designators = words(`group inc inc. corp corp. corporation co co. company ltd ltd. limited holding holdings plc ag sa
		nv gmbh technology technologies motor motors auto automobile automotive cars mobile device devices terminal
		electronics energy financial international global bank suv suvs ev evs tv tvs ipo ai pc pcs adr adrs ceo cfo
		chairman founder president executives shares deutschland europe europa germany france italia españa uk us usa
		india indonesia malaysia brasil brazil`)

	// abbreviations end in a full stop that ends no sentence.
	abbreviations = words(`mr mrs ms dr prof inc ltd co corp no nr st jr sr vs etc approx gen sen rep gov dept est fig
		jan feb mar apr jun jul aug sep sept oct nov dec bzw ca usw str sog evtl mio mrd bspw dipl ing art cap pág sra
		гг руб тыс млн млрд им ул т.е т.д`)

	// chinaWords begin a word that says something is Chinese.
	chinaWords = []string{
		"chines", "china", "chino", "chinoi", "cines", "cina", "kines", "kina", "kinij", "chinsk", "chińsk", "chiny", "čínsk", "čín",
		"kitajsk", "kineskog", "kinesk", "kínai", "hiina", "kiinal", "kiina", "ķīn", "çin", "tiongkok", "tionghoa", "trung",
		"китай", "китае", "китаю", "кнр", "кинеск", "κινεζ", "κινα", "κίνα", "صين", "الصين", "چين", "סין", "הסינ", "סינ",
		"चीन", "চীন", "சீன", "중국", "中国", "中國", "จีน",
	}

	// tradeWords begin a word for a company or what it makes.
	tradeWords = []string{
		"maker", "manufactur", "compan", "firm", "giant", "brand", "group", "carmaker", "automaker", "start-up", "startup", "bank",
		"lender", "retailer", "platform", "tech", "phone", "smartphone", "handset", "telecom", "electric", "chip", "semiconductor",
		"applianc", "e-commerce", "ecommerce", "online", "app", "developer", "insurer", "airline", "battery", "drone", "solar", "display",
		"panel", "vendor", "supplier", "producer", "operator", "automotive", "vehicle", "car", "cars", "ev", "marketplace", "fintech", "conglomerate",
		"herstell", "konzern", "autobau", "unternehm", "marke", "riese", "händler", "handy", "elektro", "onlinehänd", "plattform",
		"fabricant", "constructeur", "entrepris", "groupe", "géant", "marque", "société", "plateforme", "banque",
		"fabricante", "empres", "compañ", "gigante", "marca", "firma", "grupo", "banco", "montadora", "plataforma", "tecnol",
		"produttor", "aziend", "coloss", "gruppo", "casa", "banca", "fabrikant", "bedrij", "merk", "tillverk", "företag", "bolag", "märke",
		"producent", "selskab", "selskap", "mærke", "produsent", "výrob", "společ", "značk", "výrobc", "gyártó", "cég", "márka", "valmistaj", "yhtiö", "merkki",
		"koncern", "marka", "spółk", "компан", "производ", "бренд", "гигант", "концерн", "корпорац", "банк", "марк", "компані", "виробник",
		"üretic", "şirket", "markas", "devi", "perusaha", "produsen", "merek", "raksasa", "hãng", "công", "tập",
		"شرك", "عملاق", "مصنع", "خودروساز", "חבר", "יצרנ", "ענק", "कंपन", "কোম্পানি", "기업", "업체", "회사", "企业", "企業", "公司", "集团", "集團", "メーカー", "大手", "บริษัท", "แบรนด์",
	}
)
