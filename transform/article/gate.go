package article

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What stands between a reader and the text: paywalls, and pages that ask for
// consent first. A page shows one by its data (schema.org, meta tags), by the name
// of a box, and by words; two of these agree before a text is called a teaser.

// gate is a box whose name says that it asks readers to pay or to sign in.
type gate struct {
	text  string // empty if it is too long for a notice: sites wrap the paid text itself
	place int
}

// maxNotice bounds what a box asks, in bytes; what is longer is text.
const maxNotice = 900

// maxNotices is how many lines are tried: teasers are short.
const maxNotices = 16

var gateMarks = []string{"paywall", "pay-wall", "paid-content", "paidcontent", "regwall", "reg-wall", "registration-wall", "loginwall", "login-wall", "subscribe-wall", "subscription-wall", "subscriber-only", "subscribers-only", "subscribe-box", "subscription-required", "subscription-prompt", "meter-", "metered", "content-gate", "article-gate", "gated", "piano-", "premium-box", "premium-teaser", "premium-wall", "locked", "member-only", "members-only", "membership-wall", "bezahlschranke", "abo-teaser", "abo-box", "aboteaser", "continue-reading-wall", "truncated"}

func (w *walker) noteGate(n *html.Node, s scope, class string) {
	if s.inNav || len(w.doc.gates) >= maxFacts/2 {
		return
	}
	for _, mark := range gateMarks {
		if !strings.Contains(class, mark) {
			continue
		}
		g := gate{place: w.place}
		if t := textOf(n); len(t) <= maxNotice {
			g.text = line(t)
		}
		w.doc.gates = append(w.doc.gates, g)
		return
	}
}

// noteNotice keeps a short block beside the first paragraph, to be read only where
// the text turns out to be short. Further away readers are asked to comment.
func (w *walker) noteNotice(n *html.Node, s scope) {
	d := w.doc
	if d.prosePlace == nil || n.Parent != d.prosePlace || s.inNav || s.inAside || s.inLink || len(d.notices) >= maxNotices || isAsideClass(strings.ToLower(attr(n, "class"))) {
		return
	}
	size := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			size += len(c.Data)
		case c.DataAtom == atom.Div || c.DataAtom == atom.P || c.DataAtom == atom.Ul || c.DataAtom == atom.Section:
			return
		}
	}
	if size <= maxNotice {
		d.notices = append(d.notices, n)
	}
}

// isPaid tells whether the page's data says that its text is not free.
func isPaid(doc *document) bool {
	if doc.ld.isPaid {
		return true
	}
	for _, name := range []string{"article:content_tier", "og:article:content_tier", "content_tier", "article.access", "article:access", "paywall", "premium", "is_premium", "access", "cxenseparse:paywall", "k5a:paywall", "ispremium"} {
		switch strings.ToLower(doc.meta[name]) {
		case "locked", "premium", "paid", "subscriber", "subscribers", "subscription", "hard", "true", "yes", "abo":
			return true
		}
	}
	return false
}

// paidText measures what the page holds of the parts that its data sets behind the
// paywall: -1 if it names none that are there.
func paidText(root *html.Node, selectors []string) int {
	size := -1
	for _, selector := range selectors {
		for s := range strings.SplitSeq(selector, ",") {
			s = strings.TrimSpace(s)
			s = s[strings.LastIndexAny(s, " >")+1:]
			name := strings.Trim(s[strings.LastIndexAny(s, ".#")+1:], ".#")
			key := "class"
			if strings.Contains(s, "#") {
				key = "id"
			}
			if name == "" || !strings.ContainsAny(s, ".#") {
				continue
			}
			for c := range root.Descendants() {
				if c.Type == html.ElementNode && containsField(attr(c, key), name) {
					size = max(size, 0) + measure(line(textOf(c)))
				}
			}
		}
	}
	return size
}

func containsField(list, name string) bool {
	for f := range strings.FieldsSeq(list) {
		if f == name {
			return true
		}
	}
	return false
}

// asksToPay finds the notice of a paywall: in a box named for it, in a heading
// below the headline, in a line of its own, or at the end of the text.
func asksToPay(doc *document, body string) bool {
	for _, g := range doc.gates {
		if g.text != "" && (payMarks.MatchString(g.text) || joinWords.MatchString(g.text)) {
			return true
		}
	}
	head, tried := headlinePlace(doc), 0
	for _, h := range doc.headings {
		if h.place <= head || h.aside || h.level == 1 || tried == maxNotices {
			continue
		}
		if tried++; isDemand(h.text) {
			return true
		}
	}
	for _, n := range doc.notices {
		if isDemand(line(textOf(n))) {
			return true
		}
	}
	return hasPaywall(body)
}

// hasPaywall looks where the demand stands: at the end of the teaser.
func hasPaywall(body string) bool {
	r := []rune(body)
	end := string(r[max(0, len(r)-500):])
	if payMarks.MatchString(end) {
		return true
	}
	lines := strings.Split(end, "\n")
	for _, l := range lines[max(0, len(lines)-3):] {
		if isDemand(l) {
			return true
		}
	}
	return false
}

// isDemand tells a line that says how to read on: it names the reading and the
// joining, or how much of the text is left.
func isDemand(s string) bool {
	return utf8.RuneCountInString(s) <= 200 && (joinWords.MatchString(s) && readWords.MatchString(s) || partLeft.MatchString(s))
}

// isConsent tells a page that asks for consent by what it speaks of, three of the
// subjects of such texts, and by what it is: something to answer, few ways out, and
// no word for machines on what it is about. News of cookies has a title and a
// description, and names somebody or a day.
func isConsent(doc *document, title, body string) bool {
	if doc.controls == 0 || doc.links >= 12 || hasMeta(doc) || doc.meta["description"] != "" || len(doc.times) > 0 || len(doc.bylines) > 0 || measure(body) > 2500 {
		return false
	}
	text, told := title+"\n"+body, 0
	for _, subject := range consentSubjects {
		if subject.MatchString(text) {
			told++
		}
	}
	return told >= 3
}

var (
	// joinWords ask to pay or to sign in, readWords say what for.
	joinWords = mustPhrases(`(?i)(^|\P{L})(subscri(be|ber|bers|ption)|(sign|log)(ging|ing)? ?(in|up)|register|free account|become a (member|subscriber)|membership|free trial|unlock|abo|abos|abonn\w*|digitalabo|anmelden|einloggen|registrieren|freischalten|melden sie sich|connectez-vous|identifiez-vous|inscrivez-vous|suscr[ií]\pL+|inici[ae] sesión|regístr\pL+|assin(e|ar|ante|antes|atura)|faça login|sua conta|inici[ae] sessão|cadastr\pL+|abbon\pL+|accedi|registrati|inloggen|meld (u|je) aan|aanmelden|registreer|prenumer\pL+|subskry\pL+|zaloguj|wykup|logga in|bli medlem|logg inn|log ind|tilaa\pL*|kirjaudu|předplat\pL+|přihlas\pL+|előfizet\pL+|jelentkez\pL+|abonează\pL*|autentific\pL+|abone|üye ol\pL*|giriş yap\pL*|oturum aç\pL*|berlangganan|langganan|masuk|daftar|đăng nhập|đăng ký)(\P{L}|$)|подпис[кчаи]|войдите|авториз|зарегистрир|передплат|увійд|συνδρομ|συνδεθε|абонир|会員|會員|会员|ログイン|有料|購読|구독|로그인|회원|유료|订阅|訂閱|登录|登入|登錄|付费|付費|اشتر|تسجيل الدخول|سجل الدخول|اشتراک|وارد شوید|מנוי|התחבר|สมาชิก|เข้าสู่ระบบ|सब्सक्राइब|लॉग ?इन`)
	readWords = mustPhrases(`(?i)(^|\P{L})(to read|keep reading|continue(d)? reading|reading|rest of (this|the)|full (article|story|text|access)|whole (article|story)|read (the|this|more|on|all)|weiter ?lesen|weiterzulesen|zu ?ende lesen|(ganzen?|vollständigen?|kompletten?) (artikel|text|beitrag|geschichte)|la suite|poursuivre (la|votre) lecture|lire l[a'’]|l[’']intégralité|l[’']article (complet|entier)|leer|leyendo|lectura|artículo completo|ler|lendo|leitura|(matéria|texto) complet[ao]|leggere|lettura|verder lezen|verder ?te ?lezen|verderlezen|hele artikel|czytać|czytaj|przeczytać|pełn\pL+ (artykuł\pL*|tekst\pL*|treś\pL*)|läs(a)? (hela|vidare|artikeln)|les(e)? (hele|videre|saken)|læs(e)? (hele|videre|artiklen)|lukea|lue (koko|lisää)|číst|celý článek|olvas\pL*|citi(ți|rea)?|okuma\pL*|devamını (okumak|için|oku)|tamamını|membaca|selengkapnya|đọc)(\P{L}|$)|чита(ть|й)|прочита|полн\pL+ (текст|верси|стать)|διαβάσ|続き|全文|お読み|読むには|읽|전문|기사 전체|阅读|閱讀|继续|繼續|القراءة|قراءة|المقال كامل|خواندن|ادامه|לקרוא|קריאה|อ่าน|पढ़`)
	partLeft  = mustPhrases(`(?i)(\d{1,2} ?%|\d{1,2} (percent|per cent|prozent)|%\d{1,2}).{0,25}(\b(of|de|des|di|van|av|af|z)\b ?.{0,12}(article|story|text|artikels?|artículo|artigo|articolo|artykuł)|статьи|материала|makalenin|記事|文章)|残り[:： ]*[\d,]+ ?[文字]|剩余 ?\d+ ?[%％]|(noch|es fehlen|restent?|remaining|left|te resta|ainda restam).{0,10}\d{1,2} ?%.{0,20}(article|artikel|text|artículo|artigo)`)
)

// consentSubjects are what pages that ask for consent speak of.
var consentSubjects = []*phrases{
	mustPhrases(`(?i)cookie|\bkuki\b|çerez|クッキー|쿠키|ciasteczk|\bkakor\b|informasjonskaps|evästei|ملفات (تعريف|الارتباط)`),
	mustPhrases(`(?i)partner|partenaire|\bsocios\b|terceros|parceiro|партн[её]р|\bortak|\bmitra\b|パートナー|提携|파트너|제휴|合作(伙伴|夥伴|方)|伙伴|夥伴|شركا|vendors?\b|third part`),
	mustPhrases(`(?i)personal (data|information)|personenbezogen|données (personnelles|à caractère)|datos personales|dados pessoais|dati personali|persoonsgegevens|osobow|персональн|kişisel veri|data pribadi|個人(情報|データ|資料|資訊)|개인 ?정보|个人(信息|数据)|البيانات الشخصية|بيانات شخصية|personuppgift|personopplysning|personoplysning|privacy|datenschutz|vie privée|confidentialité|privacidad|prywatno|конфиденциальн|приватност|gizlilik|privasi|プライバシー|隐私|隱私|الخصوصية`),
	mustPhrases(`(?i)\bconsent|zustimm|einwillig|consentimiento|consentimento|consenso|toestemming|\bzgod|согласи|\bonay|\brıza|persetujuan|同意|동의|موافق|samtyck|samtykke|suostumu`),
	mustPhrases(`(?i)advertis|\bads\b|werbung|anzeigen|publicité|publicidad|pubblicit|\breclame|advertent|reklam|реклам|\biklan|広告|광고|广告|廣告|إعلان|annons|annonce`),
	mustPhrases(`(?i)legitimate interest|berechtigte|intérêts? légitime|interés legítimo|interesse legítimo|legittimo interesse|gerechtvaardigd|uzasadnion|законн\pL* интерес|meşru menfaat|kepentingan yang sah|正当な利益|정당한 이익|合法(权益|利益|權益)|正[当當](权益|利益|權益)|مصلح\pL+ المشروعة|withdraw|widerruf|ablehnen|object to|identifi|kennung`),
}
