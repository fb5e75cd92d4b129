package story

// agency is a news agency and how it is written in credits. Names are found
// whatever their case; initials as they stand, because the same letters in lower
// case are a reporter's. Languages limits initials that mean something else
// elsewhere; empty is all.
type agency struct {
	id        string
	names     []string
	initials  []string
	languages string
}

var agencies = []agency{
	{id: "reuters", names: []string{"reuters", "thomson reuters", "reuters.com", "рейтер", "рейтерс", "reuter", "ロイター", "ロイター通信", "로이터", "로이터통신", "로이터 통신", "路透社", "路透", "رويترز", "رویترز", "רויטרס", "रॉयटर्स", "रायटर", "รอยเตอร์", "ρόιτερς"}},
	{id: "afp", names: []string{"afp", "afpbb news", "agence france-presse", "agence france presse", "агентство франс пресс", "法新社", "فرانس برس", "أ ف ب", "ا ف ب", "أ.ف.ب", "エーエフピー", "เอเอฟพี", "एएफपी"}},
	{id: "ap", names: []string{"associated press", "the associated press", "美联社", "美聯社", "ap通信", "أسوشيتد برس", "ا ب", "أ ب", "एपी", "เอพี"}, initials: []string{"AP"}},
	{id: "xinhua", names: []string{"xinhua", "xinhua news agency", "agencia xinhua", "agence xinhua", "新华社", "新華社", "新华网", "新華網", "新华", "新華", "新華社通信", "신화", "신화통신", "신화사", "синьхуа", "شينخوا", "ซินหัว", "शिन्हुआ"}},
	{id: "cns", names: []string{"中新社", "中新网", "中新網", "中国新闻网", "china news service"}},
	{id: "dpa", names: []string{"dpa", "dpa-afx", "deutsche presse-agentur", "дпа", "د ب أ", "د.ب.أ", "德新社"}},
	{id: "efe", names: []string{"efe", "agencia efe", "agência efe", "efeverde", "埃菲社", "إفي"}},
	{id: "europapress", names: []string{"europa press", "europapress"}},
	{id: "ansa", names: []string{"ansa", "agenzia ansa", "安莎社"}},
	{id: "adnkronos", names: []string{"adnkronos"}},
	{id: "ria", names: []string{"риа новости", "риа «новости»", "ria novosti", "риа", "俄新社"}},
	{id: "sputnik", names: []string{"sputnik", "спутник", "سبوتنيك", "スプートニク", "俄罗斯卫星通讯社"}},
	{id: "tass", names: []string{"тасс", "итар-тасс", "tass", "itar-tass", "塔斯社", "タス通信", "タス", "타스", "타스통신", "تاس"}},
	{id: "interfax", names: []string{"интерфакс", "interfax", "interfax.ru", "国际文传电讯社"}},
	{id: "interfax-ukraine", names: []string{"интерфакс-украина", "інтерфакс-україна", "interfax-ukraine"}},
	{id: "ukrinform", names: []string{"укрінформ", "укринформ", "ukrinform"}},
	{id: "unian", names: []string{"уніан", "униан", "unian"}},
	{id: "aa", names: []string{"anadolu", "anadolu agency", "anadolu ajansı", "الأناضول"}, initials: []string{"AA"}},
	{id: "dha", initials: []string{"DHA"}, languages: "tr"},
	{id: "iha", initials: []string{"İHA", "IHA"}, languages: "tr"},
	{id: "pti", names: []string{"press trust of india", "पीटीआई", "भाषा", "पीटीआई-भाषा"}, initials: []string{"PTI"}},
	{id: "ani", names: []string{"asian news international", "एएनआई"}, initials: []string{"ANI"}},
	{id: "ians", names: []string{"आईएएनएस"}, initials: []string{"IANS"}},
	{id: "uni", names: []string{"यूनीवार्ता", "वार्ता"}, initials: []string{"UNI"}, languages: "en hi"},
	{id: "app", initials: []string{"APP"}, languages: "en ur"},
	{id: "bss", initials: []string{"BSS", "UNB"}, languages: "en bn"},
	{id: "antara", names: []string{"antara", "antara news", "antaranews", "kantor berita antara", "lkbn antara"}},
	{id: "bernama", names: []string{"bernama", "马新社", "馬新社"}},
	{id: "lusa", names: []string{"lusa", "agência lusa", "agencia lusa", "卢萨社"}},
	{id: "agenciabrasil", names: []string{"agência brasil", "agencia brasil"}},
	{id: "estadao", names: []string{"estadão conteúdo", "agência estado"}},
	{id: "folhapress", names: []string{"folhapress"}},
	{id: "telam", names: []string{"télam", "telam"}},
	{id: "notimex", names: []string{"notimex"}},
	{id: "kyodo", names: []string{"kyodo", "kyodo news", "共同通信", "共同通信社", "共同社", "共同", "교도", "교도통신", "киодо"}},
	{id: "jiji", names: []string{"jiji", "jiji press", "時事", "時事通信", "時事通信社", "时事社", "지지", "지지통신"}},
	{id: "yonhap", names: []string{"yonhap", "yonhap news", "연합뉴스", "韩联社", "韓聯社", "聯合ニュース", "ёнхап"}},
	{id: "newsis", names: []string{"newsis", "뉴시스"}},
	{id: "news1", names: []string{"뉴스1"}},
	{id: "cna-tw", names: []string{"中央社", "central news agency"}},
	{id: "bloomberg", names: []string{"bloomberg", "bloomberg news", "彭博社", "彭博", "ブルームバーグ", "블룸버그", "блумберг", "بلومبرغ", "بلومبيرغ"}},
	{id: "pap", names: []string{"polska agencja prasowa"}, initials: []string{"PAP"}},
	{id: "ctk", names: []string{"čtk", "ctk"}},
	{id: "tasr", names: []string{"tasr"}},
	{id: "apa", names: []string{"austria presse agentur"}, initials: []string{"APA"}, languages: "de en"},
	{id: "apa-az", initials: []string{"APA"}, languages: "az ru"},
	{id: "sda", names: []string{"keystone-sda", "awp", "awp-sda"}, initials: []string{"SDA", "ATS"}, languages: "de fr it"},
	{id: "belga", names: []string{"belga"}},
	{id: "anp", names: []string{"algemeen nederlands persbureau"}, initials: []string{"ANP"}},
	{id: "tt", names: []string{"tt nyhetsbyrån"}, initials: []string{"TT"}, languages: "sv"},
	{id: "ntb", names: []string{"norsk telegrambyrå"}, initials: []string{"NTB"}},
	{id: "ritzau", names: []string{"ritzau", "/ritzau/"}},
	{id: "stt", names: []string{"suomen tietotoimisto"}, initials: []string{"STT"}, languages: "fi sv"},
	{id: "mti", initials: []string{"MTI"}, languages: "hu en"},
	{id: "agerpres", names: []string{"agerpres"}},
	{id: "mediafax", names: []string{"mediafax"}},
	{id: "tanjug", names: []string{"tanjug", "танјуг"}},
	{id: "beta", names: []string{"новинска агенција бета"}, initials: []string{"BETA", "Beta"}, languages: "sr hr bs"},
	{id: "hina", initials: []string{"HINA", "Hina"}, languages: "hr bs en"},
	{id: "sta", initials: []string{"STA"}, languages: "sl en"},
	{id: "bta", initials: []string{"БТА", "BTA"}, languages: "bg en"},
	{id: "ana", names: []string{"απε-μπε", "αμπε"}, initials: []string{"ΑΠΕ", "ANA"}, languages: "el en"},
	{id: "irna", names: []string{"ایرنا", "إرنا"}, initials: []string{"IRNA"}},
	{id: "isna", names: []string{"ایسنا"}, initials: []string{"ISNA"}},
	{id: "wam", names: []string{"وام"}, initials: []string{"WAM"}, languages: "ar en"},
	{id: "spa", names: []string{"واس"}, initials: []string{"SPA"}, languages: "ar en"},
	{id: "kuna", names: []string{"كونا"}, initials: []string{"KUNA"}},
	{id: "mena", names: []string{"أ ش أ", "أ.ش.أ"}, initials: []string{"MENA"}, languages: "ar en"},
	{id: "qna", names: []string{"قنا"}, initials: []string{"QNA"}, languages: "ar en"},
	{id: "petra", names: []string{"بترا"}, initials: []string{"Petra"}, languages: "ar en"},
	{id: "vna", names: []string{"ttxvn", "thông tấn xã việt nam"}, initials: []string{"VNA"}, languages: "vi en"},
	{id: "aap", initials: []string{"AAP"}, languages: "en"},
	{id: "pa", names: []string{"pa media", "press association"}, initials: []string{"PA"}, languages: "en"},
	{id: "cp", names: []string{"canadian press", "the canadian press", "la presse canadienne"}},
	{id: "upi", initials: []string{"UPI"}, languages: "en"},
	{id: "panapress", names: []string{"panapress"}},
	{id: "nan", initials: []string{"NAN"}, languages: "en"},
	{id: "sapa", initials: []string{"SAPA"}, languages: "en af"},
}

// creditWords stand right before a name that is a credit, in lower case. Those of
// three letters and less, and those that also begin a sentence, count in a line
// that holds nothing else.
var creditWords = []string{
	"source:", "sources:", "source :", "quelle:", "quellen:", "fonte:", "fonti:", "fuente:", "fuentes:", "bron:", "kilde:", "källa:", "lähde:", "źródło:", "zdroj:",
	"kaynak:", "sumber:", "источник:", "джерело:", "izvor:", "forrás:", "sursa:", "πηγή:", "المصدر:", "المصدر :", "منبع:", "מקור:", "स्रोत:", "ที่มา:", "nguồn:",
	"来源：", "来源:", "來源：", "來源:", "稿源：", "出典：", "提供：", "출처:", "출처=", "자료=",
	"by", "par", "por", "von", "door", "av", "af", "oleh", "przez", "theo", "da", "di", "de", "with", "avec", "mit", "met", "med", "con", "com", "dengan",
	"via", "agency:", "agencies:", "agency", "agencia", "agência", "agence", "agentur", "agenzia", "агентство", "news agency",
	"con información de", "con informaciones de", "con datos de", "con informes de", "información de", "con reportes de", "com informações da", "com informações de", "com informações do",
	"com", "com agência", "with inputs from", "with input from", "inputs from", "with files from", "with information from", "with reporting by", "with agency inputs from",
	"mit material von", "mit material der", "mit agenturmaterial von", "mit informationen von", "avec l'", "avec l’", "con agenzia", "met informatie van", "med stöd av",
	"по материалам", "по данным", "за матеріалами", "na podstawie", "s využitím", "diolah dari", "dikutip dari", "com a", "con la agencia", "con",
	"©", "(c)", "ⓒ", "copyright", "copyright ©", "copyright (c)", "the",
}

// deskNotes are the closing notes by which one agency names its reporters and
// editors: all words of one must stand in the line.
var deskNotes = []struct {
	agency string
	words  []string
}{
	{"reuters", []string{"reporting by ", "editing by "}},
	{"reuters", []string{"reporte de ", "editado "}},
	{"reuters", []string{"reportaje de ", "editado "}},
	{"reuters", []string{"reportage ", "version française "}},
	{"reuters", []string{"bericht von ", "redigiert von "}},
	{"reuters", []string{"reportagem de ", "edição de "}},
	{"reuters", []string{"in redazione ", "editing "}},
}

// photoWords show that a bracket credits a picture.
var photoWords = []string{
	"photo", "foto", "bild", "image", "picture", "imagen", "getty", "video", "vídeo", "фото", "صورة", "صور", "תמונ", "摄", "攝", "图", "圖", "照片", "写真", "撮影", "提供写真", "사진", "ภาพ", "kuva", "zdjęci", "görsel",
}

// datelineWords may stand in a dateline in lower case.
var datelineWords = set(
	"de", "del", "la", "las", "los", "le", "les", "di", "da", "do", "dos", "den", "der", "am", "im", "of", "and", "y", "e", "et", "und", "og", "och", "i", "kl", "al", "el", "on", "in", "le", "il", "à", "a", "em", "в", "г", "года", "ve", "sur", "st", "nd", "rd", "th",
	"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "sept", "oct", "nov", "dic", "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
	"janv", "févr", "mars", "avr", "avril", "mai", "juin", "juil", "juillet", "août", "septembre", "octobre", "novembre", "décembre", "déc", "janvier", "février",
	"jan", "fev", "out", "set", "dez", "janeiro", "fevereiro", "março", "maio", "junho", "julho", "setembro", "outubro", "novembro", "dezembro",
	"gen", "mag", "giu", "lug", "ott", "gennaio", "febbraio", "aprile", "maggio", "giugno", "luglio", "settembre", "ottobre", "dicembre",
	"янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "сент", "окт", "ноя", "нояб", "дек", "января", "февраля", "марта", "апреля", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря",
	"січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня", "листопада", "грудня", "корр", "корреспондент",
	"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia",
	"ledna", "února", "března", "dubna", "května", "června", "července", "srpna", "září", "října", "listopadu", "prosince",
	"januari", "februari", "april", "juni", "juli", "augusti", "augustus", "september", "oktober", "november", "december", "januar", "februar", "marts", "august", "desember", "tammikuuta", "lokakuuta",
)
