package match

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/overheard-news/overheard/sql/seeds"
)

func alias(company, name, class string, anchors ...string) seeds.Alias {
	return seeds.Alias{CompanyID: company, Alias: name, Language: "und", Class: class, Anchors: anchors}
}

func exact(a seeds.Alias) seeds.Alias { a.IsCaseSensitive = true; return a }

func in(language string, a seeds.Alias) seeds.Alias { a.Language = language; return a }

// table is a small alias table with every kind of trouble in it.
func table() []seeds.Alias {
	return []seeds.Alias{
		alias("huawei", "Huawei", "A"), alias("huawei", "Huawei Technologies", "A"), alias("huawei", "华为", "A"),
		alias("huawei", "華為", "A"), alias("huawei", "ファーウェイ", "A"), alias("huawei", "화웨이", "A"),
		alias("huawei", "Хуавэй", "A"), alias("huawei", "هواوي", "A"), alias("huawei", "हुआवेई", "A"),
		alias("huawei", "หัวเว่ย", "A"), alias("huawei", "וואווי", "A"), alias("huawei", "Χουαγουέι", "A"),
		alias("alibaba", "Alibaba", "A"), alias("alibaba", "Алибаба", "A"), alias("alibaba", "阿里巴巴", "A"), alias("alibaba", "علي بابا", "A"),
		alias("alibaba", "Ali Baba", "C", "e-commerce"), alias("alibaba", "علي بابا والأربعين حرامي", "D"),
		alias("byd", "BYD", "A"), alias("byd", "比亚迪", "A"), alias("byd", "비야디", "A"),
		alias("xiaomi", "Xiaomi", "A"), alias("xiaomi", "小米", "C", "手机", "雷军"), alias("xiaomi", "小米粥", "D"),
		alias("icbc", "Industrial and Commercial Bank of China", "A"), exact(alias("icbc", "ICBC", "B", "Beijing bank")),
		alias("icbc", "Insurance Corporation of British Columbia", "D"),
		alias("saic", "SAIC Motor", "A"), exact(alias("saic", "SAIC", "C", "carmaker", "MG Motor", "Shanghai")),
		exact(alias("boe", "BOE", "C", "display", "panel", "OLED")), alias("boe", "Bank of England", "D"),
		alias("tcl", "TCL Electronics", "A"), exact(alias("tcl", "TCL", "C", "television", "TV", "téléviseur")), alias("tcl", "TCL Lyon", "D"),
		alias("vivo", "vivo", "C", "smartphone", "handset"), alias("vivo", "in vivo", "D"), alias("vivo", "Telefônica Vivo", "D"),
		exact(alias("saic-mg", "MG", "C", "electric car", "SAIC")), alias("saic-mg", "MG Motor", "A"),
		exact(alias("temu", "Temu", "C", "PDD", "online marketplace", "Shein")),
		exact(alias("anker", "Anker", "C", "power bank", "charger", "Powerbank")), alias("anker", "Anker Innovations", "A"),
		alias("ant-group", "Ant Group", "A"), exact(alias("ant-group", "Ant", "C", "Alipay", "fintech")),
		exact(alias("honor", "Honor", "C", "smartphone", "Magic")), alias("honor", "Honor of Kings", "D"), alias("honor", "Medal of Honor", "D"),
		alias("bank-of-china", "Bank of China", "A"), alias("bank-of-china", "People's Bank of China", "D"), alias("bank-of-china", "Bank of China Tower", "D"),
		exact(alias("china-mobile", "China Mobile", "A")), alias("china-mobile", "China mobile games", "D"),
		exact(alias("nio", "Nio", "B", "electric vehicle", "Elektroauto")), exact(alias("nio", "NIO", "B")),
		alias("great-wall", "Great Wall Motor", "A"), exact(alias("great-wall", "Great Wall", "C", "SUV", "carmaker")), alias("great-wall", "Great Wall of China", "D"),
		alias("ynet", "YNET", "A"), alias("lao", "ニオ", "A"),
		in("de", alias("state-grid", "Staatsnetz China", "A")), in("ja", alias("state-grid", "国家電網", "A")),
	}
}

func matcher(t testing.TB) *Matcher {
	t.Helper()
	m, err := New(seeds.Set{
		Aliases:   table(),
		Companies: []seeds.Company{{ID: "honor", HomeCountry: "CN", HQCity: "Shenzhen"}, {ID: "nio", Ticker: "NYSE:NIO"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

type named map[string]string // company: deciding alias

func names(mentions []Mention) named {
	got := named{}
	for _, m := range mentions {
		got[m.CompanyID] = m.Alias
	}
	return got
}

func TestNamesAreFoundInManyLanguages(t *testing.T) {
	t.Parallel()
	m := matcher(t)
	for _, test := range []struct {
		language, text string
		want           named
	}{
		{"en", "Regulators cleared Huawei's new chip.", named{"huawei": "Huawei"}},
		{"en", "HUAWEI UNVEILS PHONE", named{"huawei": "Huawei"}},
		{"en", "ＨＵＡＷＥＩ unveils a phone", named{"huawei": "Huawei"}},
		{"en", "The fi\u00ADrm Hua\u00ADwei and Ali\u200Bbaba met.", named{"huawei": "Huawei", "alibaba": "Alibaba"}},
		{"de", "Der Huawei-Chef sprach über Huaweis Pläne.", named{"huawei": "Huawei"}},
		{"de", "Staatsnetz China kauft zu.", named{"state-grid": "Staatsnetz China"}},
		{"fr", "Les ventes d’Alibaba progressent.", named{"alibaba": "Alibaba"}},
		{"it", "I conti dell'Alibaba migliorano.", named{"alibaba": "Alibaba"}},
		{"fi", "Alibaban tulos parani, Huawein myös.", named{"alibaba": "Alibaba", "huawei": "Huawei"}},
		{"tr", "Huawei'nin yeni telefonu tanıtıldı.", named{"huawei": "Huawei"}},
		{"tr", "HUAWEİ’NİN KARARI", named{"huawei": "Huawei"}},
		{"tr", "Huaweinin yeni telefonu", named{"huawei": "Huawei"}},
		{"pl", "Akcje Alibaby spadły.", named{"alibaba": "Alibaba"}},
		{"hu", "A Huaweinek új gyára lesz.", named{"huawei": "Huawei"}},
		{"cs", "Akcie Huaweie a Alibaby klesly.", named{"huawei": "Huawei", "alibaba": "Alibaba"}},
		{"ru", "Новый завод Хуавэя откроется весной.", named{"huawei": "Хуавэй"}},
		{"ru", "Акции «Алибабы» выросли.", named{"alibaba": "Алибаба"}},
		{"uk", "Акції Алибабою не цікавляться", named{"alibaba": "Алибаба"}},
		{"el", "Η ΧΟΥΑΓΟΥΈΙ ανακοίνωσε", named{"huawei": "Χουαγουέι"}},
		{"ar", "وهواوي تعلن عن هاتف جديد", named{"huawei": "هواوي"}},
		{"ar", "قالت شركة على بابا إن الأرباح ارتفعت", named{"alibaba": "علي بابا"}},
		{"he", "החברה בוואווי הודיעה", named{"huawei": "וואווי"}},
		{"hi", "हुआवेई ने नया फोन पेश किया।", named{"huawei": "हुआवेई"}},
		{"th", "บริษัทหัวเว่ยเปิดตัวโทรศัพท์", named{"huawei": "หัวเว่ย"}},
		{"zh", "中国科技企业华为发布新手机", named{"huawei": "华为"}},
		{"zh", "小米手机销量增长", named{"xiaomi": "小米"}},
		{"ja", "中国のファーウェイは新機種を発表した", named{"huawei": "ファーウェイ"}},
		{"ja", "ﾌｧｰｳｪｲは新機種を発表した", named{"huawei": "ファーウェイ"}},
		{"ja", "BYDが日本で販売を始めた", named{"byd": "BYD"}},
		{"ko", "화웨이는 새 휴대폰을 공개했다", named{"huawei": "화웨이"}},
		{"ko", "中화웨이에서도 비야디와의 협력", named{"huawei": "화웨이", "byd": "비야디"}},
		{"en", "State media wrote of 国家電網 today.", named{"state-grid": "国家電網"}},
		{"und", "Huawei", named{"huawei": "Huawei"}},
	} {
		if diff := cmp.Diff(test.want, names(m.Match(Document{Body: test.text, Language: test.language}))); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", test.language, test.text, diff)
		}
	}
}

func TestOtherThingsAreNotTheCompany(t *testing.T) {
	t.Parallel()
	m := matcher(t)
	for _, test := range []struct{ language, text string }{
		{"en", "The Insurance Corporation of British Columbia (ICBC) raised rates. ICBC says drivers pay more."},
		{"en", "Drivers complain. The Insurance Corporation of British Columbia says no. ICBC has a hotline."},
		{"en", "Defence contractor Science Applications International Corporation (SAIC) won an order. SAIC is based in Reston."},
		{"en", "The Bank of England (BOE) held rates. BOE governor Bailey spoke."},
		{"en", "BOE holds rates as inflation cools."},
		{"fr", "Le réseau TCL Lyon sera en grève. Les usagers des TCL attendent."},
		{"pt", "A operadora Vivo ampliou a rede 5G em São Paulo."},
		{"en", "The drug worked in vivo and in vitro."},
		{"en", "Patients took 20 MG twice a day, then 40 mg."},
		{"id", "Temu kangen alumni digelar, warga temu wicara dengan bupati."},
		{"de", "Das Schiff warf den Anker. Der Anker hielt."},
		{"da", "Forfatteren Peter Anker fortalte om bogen."},
		{"en", "Ant colonies thrive. Ant and Dec returned."},
		{"en", "He received the Medal of Honor. Honor Blackman starred in films."},
		{"en", "Players of Honor of Kings bought skins for their smartphone."},
		{"en", "The People’s Bank of China cut its rate."},
		{"en", "Protesters met outside Bank of China Tower."},
		{"en", "The China mobile games market grew."},
		{"en", "China Mobile Games Market Report"},
		{"en", "Tourists walked the Great Wall of China in an SUV."},
		{"en", "Gwyneth Paltrow spoke."},
		{"ja", "アントニオ猪木の本"},
		{"zh", "早上喝小米粥,手机放一边"},
		{"en", "Staatsnetz China is a German phrase."},
		{"ar", "قصة علي بابا والأربعين حرامي"},
		{"en", "Email honor@example.com or see www.honor.com for smartphone news."},
		{"ko", "중화웨이라는 말"},
		{"ru", "Хуавэйский стиль"},
		{"en", "See https://www.example.com/tag/huawei?x=1 and www.alibaba.com too."},
		{"en", "Nio is Spanish for nothing in particular, some say."},
		{"pt", "A rodovia MG-167 corta o estado, e um carro elétrico da SAIC, an electric car, passou."},
		{"pl", "W tym roku Niou nie było, a Honory przyznano później."},
		{"en", "NioCorp Developments mines niobium. Mr Nio spoke. J. Nio wrote. Then Maria Nio sang, said Ana Nio Perez."},
	} {
		if got := names(m.Match(Document{Body: test.text, Language: test.language})); len(got) > 0 {
			t.Errorf("%s: %q names %v", test.language, test.text, got)
		}
	}
}

func TestContextDecides(t *testing.T) {
	t.Parallel()
	m := matcher(t)
	for _, test := range []struct {
		name, language, title, text string
		want                        named
	}{
		{"anchor far away", "en", "Honor opens shop", "The line was long.\nBuyers said the smartphone was cheap.", named{"honor": "Honor"}},
		{"head office city", "en", "", "The firm left Shenzhen in May, and Honor grew.", named{"honor": "Honor"}},
		{"Chinese trade", "en", "", "The Chinese phone maker Honor sold more.", named{"honor": "Honor"}},
		{"Chinese trade after", "fr", "", "Selon Honor, le fabricant chinois, les ventes montent.", named{"honor": "Honor"}},
		{"sure name elsewhere", "en", "", "Ant said profits fell. A year ago Ant Group had grown.", named{"ant-group": "Ant Group"}},
		{"long form in brackets", "en", "", "Industrial and Commercial Bank of China (ICBC) lent more. ICBC is big.", named{"icbc": "Industrial and Commercial Bank of China"}},
		{"unlisted long form", "en", "", "Industrial & Commercial Bank of China (ICBC) lent more.", named{"icbc": "ICBC", "bank-of-china": "Bank of China"}},
		{"B in plain text", "en", "", "Shares in Shanghai fell, and Nio said sales rose.", named{"nio": "Nio"}},
		{"B beside a designator", "en", "", "We asked Nio Inc about it.", named{"nio": "Nio"}},
		{"B after of only", "en", "", "Then the songs of Nio came.", named{}},
		{"B after of, in a report of business", "en", "", "Then the sales of Nio rose.", named{"nio": "Nio"}},
		{"B before a capital", "en", "", "Then came Nio Cole and sang.", named{}},
		{"B before a capital, in a report of business", "en", "", "Then the factory of Nio Firefly opened.", named{"nio": "Nio"}},
		{"B after of, and again", "en", "", "Then the sales of Nio rose. For this, Nio has hired.", named{"nio": "Nio"}},
		{"B in a Title Case headline alone", "en", "Critics Like Nio And Other Strange Voices", "Nothing else is known.", named{}},
		{"B in a Title Case headline of business", "en", "Tesla Rival Nio Reports Record Deliveries", "Nothing else is known.", named{"nio": "Nio"}},
		{"B in a Title Case headline and the body", "en", "Tesla Rival Nio Reports Record Deliveries", "A spokesman said that Nio was glad.", named{"nio": "Nio"}},
		{"B in a Title Case headline with ticker", "en", "Tesla Rival Nio Reports Record Deliveries", "The shares (NYSE: NIO) rose.", named{"nio": "Nio"}},
		{"German noun before", "de", "", "Das Elektroauto kommt. Gestern hat der Hersteller Nio bestätigt.", named{"nio": "Nio"}},
		{"German compound", "de", "", "Gestern sprach der Nio-Chef.", named{"nio": "Nio"}},
		{"telecom and phones", "en", "", "Rivals vivo and Xiaomi sell more smartphones.", named{"vivo": "vivo", "xiaomi": "Xiaomi"}},
		{"blocker beside the bank", "en", "", "The People's Bank of China fined Bank of China.", named{"bank-of-china": "Bank of China"}},
	} {
		got := names(m.Match(Document{Title: test.title, Body: test.text, Language: test.language}))
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestPlaceAndEvidence(t *testing.T) {
	t.Parallel()
	m := matcher(t)
	filler := strings.Repeat("The weather stayed mild over the coast and nobody minded. ", 30)
	for _, test := range []struct {
		name, title, text string
		want              Mention
	}{
		{
			"headline", "Huawei opens plant", "It was cold. The plant of Huawei near Lyon will make antennas for the region.",
			Mention{CompanyID: "huawei", Alias: "Huawei", Class: "A", Position: "headline", Salience: 1, Probability: groundSure.probability(), Occurrences: 2, Evidence: "The plant of Huawei near Lyon will make antennas for the region."},
		},
		{
			"lead", "Plant opens", "It was cold. Then came Huawei and opened a plant beside the river. " + filler,
			Mention{CompanyID: "huawei", Alias: "Huawei", Class: "A", Position: "lead", Salience: .6, Probability: groundSure.probability(), Occurrences: 1, Evidence: "Then came Huawei and opened a plant beside the river."},
		},
		{
			"body", "", filler + "In the end Huawei was named by the minister too. And Huawei again.",
			Mention{CompanyID: "huawei", Alias: "Huawei", Class: "A", Position: "body", Salience: .35, Probability: groundSure.probability(), Occurrences: 2, Evidence: "In the end Huawei was named by the minister too."},
		},
		{
			"passing", "", filler + "In the end Huawei was named.",
			Mention{CompanyID: "huawei", Alias: "Huawei", Class: "A", Position: "passing", Salience: .15, Probability: groundSure.probability(), Occurrences: 1, Evidence: "In the end Huawei was named."},
		},
		{
			"cut", "", strings.Repeat("wind and ", 60) + "Huawei" + strings.Repeat(" and rain", 60),
			Mention{
				CompanyID: "huawei", Alias: "Huawei", Class: "A", Position: "lead", Salience: .6, Probability: groundSure.probability(), Occurrences: 1,
				Evidence: "…and " + strings.Repeat("wind and ", 14) + "Huawei" + strings.Repeat(" and rain", 29) + "…",
			},
		},
		{
			"no NUL, one line", "Huawei\x00 and\ttwo", "",
			Mention{CompanyID: "huawei", Alias: "Huawei", Class: "A", Position: "headline", Salience: 1, Probability: groundSure.probability(), Occurrences: 1, Evidence: "Huawei and two"},
		},
	} {
		got := m.Match(Document{Title: test.title, Body: test.text, Language: "en"})
		if diff := cmp.Diff([]Mention{test.want}, got, cmpopts.IgnoreFields(Mention{}, "Namings", "Quotes", "Ground")); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", test.name, diff)
		}
	}
}

// A hostile page must not hold the night: a megabyte of names without a stop.
func TestManyNamesInOneBreath(t *testing.T) {
	t.Parallel()
	m := matcher(t)
	start := time.Now()
	got := m.Match(Document{Body: strings.Repeat("Tesla Nio of Honor ICBC (", 40_000), Language: "en"})
	if spent := time.Since(start); spent > 20*time.Second {
		t.Errorf("%d mentions took %v", len(got), spent)
	} else {
		t.Logf("%d mentions took %v", len(got), spent)
	}
}

func TestAliasesHoldBetweenTheirDates(t *testing.T) {
	t.Parallel()
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	old := alias("geely", "Volvo Cars", "A")
	old.ValidFrom, old.ValidTo = day("2010-08-02"), day("2024-05-31")
	m, err := New(seeds.Set{Aliases: []seeds.Alias{old}})
	if err != nil {
		t.Fatal(err)
	}
	for night, want := range map[string]int{"2010-08-01": 0, "2010-08-02": 1, "2024-05-31": 1, "2024-06-01": 0} {
		if got := len(m.Match(Document{Body: "Volvo Cars sold more.", Night: day(night)})); got != want {
			t.Errorf("%s: %d mentions, want %d", night, got, want)
		}
	}
}

func TestFaultyAliasesAreRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		alias seeds.Alias
		want  string
	}{
		{alias("x", "Name", "E"), `compile alias "Name" of "x": class "E" is none of A, B, C, D`},
		{alias("x", " - ", "A"), `compile alias " - " of "x": no letter and no digit in it`},
		{alias("", "Name", "A"), `compile alias "Name" of "": no company`},
	} {
		_, err := New(seeds.Set{Aliases: []seeds.Alias{test.alias}})
		if err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

func TestNamingsTellWhichSentencesRecur(t *testing.T) {
	t.Parallel()
	m := matcher(t)
	const promo = "Read also: Huawei opens a plant."
	first := m.Match(Document{Title: "Huawei grows", Body: "It was cold.\n" + promo + "\nHuawei met Huawei there.", Language: "en"})
	second := m.Match(Document{Title: "Weather", Body: "It was warm.\n" + promo, Language: "en"})
	if len(first) != 1 || len(second) != 1 {
		t.Fatalf("mentions %d and %d, want 1 and 1", len(first), len(second))
	}
	var positions []string
	for _, n := range first[0].Namings {
		positions = append(positions, n.Position)
	}
	if diff := cmp.Diff([]string{"headline", "lead", "lead", "lead"}, positions); diff != "" {
		t.Errorf("positions (-want +got):\n%s", diff)
	}
	a := first[0].Namings
	if a[2].Sentence != a[3].Sentence || a[0].Sentence == a[1].Sentence {
		t.Errorf("two names in a sentence share its hash, sentences do not: %+v", a)
	}
	if len(second[0].Namings) != 1 || second[0].Namings[0].Sentence != a[1].Sentence {
		t.Errorf("the recurring sentence has another hash: %+v, %+v", second[0].Namings, a)
	}
}

func TestQuotesAreSentencesThatNameTheCompany(t *testing.T) {
	t.Parallel()
	m := matcher(t)
	got := m.Match(Document{
		Title: "Nio wins",
		Body: "It was cold. Then  Nio\tand\nHuawei. Das\u00A0Werk of Nio Corp is big.\nThen  Nio\tand nobody.\n" +
			"We saw Mr Nio.\nThe Gwyneth.\nNio wins",
		Language: "en",
	})
	var quotes []Quote
	for _, mention := range got {
		if mention.CompanyID == "nio" {
			quotes = mention.Quotes
		}
	}
	want := []Quote{
		{Text: "Nio wins", Start: 0, End: 3, Position: "headline"},
		{Text: "Then Nio and", Start: 5, End: 8, Position: "lead"},
		{Text: "Das Werk of Nio Corp is big.", Start: 12, End: 15, Position: "body"},
		{Text: "Then Nio and nobody.", Start: 5, End: 8, Position: "body"},
	}
	if diff := cmp.Diff(want, quotes); diff != "" {
		t.Errorf("quotes (-want +got):\n%s", diff)
	}
	many := m.Match(Document{Body: strings.Repeat("x ", 3000) + strings.Repeat("Huawei and Huawei "+strings.Repeat("y", 99)+". ", 40) + manySentences("Huawei", 20)})
	for _, q := range many[0].Quotes {
		if q.Text[q.Start:q.End] != "Huawei" || len([]rune(q.Text)) > longestQuote {
			t.Errorf("%d characters, name is %q", len(q.Text), q.Text[q.Start:q.End])
		}
	}
	if len(many[0].Quotes) != mostQuotes {
		t.Errorf("%d quotes, want %d", len(many[0].Quotes), mostQuotes)
	}
}

func manySentences(name string, n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, "In year %d came %s. ", i, name)
	}
	return out.String()
}
