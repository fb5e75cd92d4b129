package story

import (
	"strings"
	"testing"
)

// creditCases are credits as titles print them; want is empty where an agency is
// quoted and not credited.
var creditCases = []struct{ language, body, want string }{
	{"en", "BEIJING (Reuters) - Shares of the carmaker rose on Tuesday.", "reuters"},
	{"en", "LONDON, Oct 3 (AP) — The court ruled on Friday.", "ap"},
	{"en", "(Reuters) China's exports fell in October.", "reuters"},
	{"en", "SHANGHAI, Nov. 22 (Xinhua) -- The port handled more boxes.", "xinhua"},
	{"en", "NEW DELHI, Nov 3 (PTI) The government said on Monday it would.", "pti"},
	{"en", "KUALA LUMPUR, Nov 3 (Bernama) -- The ringgit opened higher.", "bernama"},
	{"en", "Our town is glad.\nThe mayor told us so yesterday.\nTOKYO (Kyodo) - The maker said on Tuesday.", "kyodo"},
	{"en", "By Reuters\nThe company said on Tuesday it would build.", "reuters"},
	{"en", "The plant opens in May.\n(Reporting by Ada Quill in Beijing; Editing by Tom Pane)", "reuters"},
	{"en", "The plant opens in May.\n(With inputs from PTI)", "pti"},
	{"en", "The plant opens in May.\nWith files from The Canadian Press", "cp"},
	{"en", "The plant opens in May.\nCopyright 2026 The Associated Press. All rights reserved.", "ap"},
	{"en", "The plant opens in May.\n© 2026 AFP", "afp"},
	{"en", "The plant opens in May.\nSource: Xinhua", "xinhua"},
	{"en", "JAKARTA (ANTARA) - The ministry signed.", "antara"},
	{"en", "Ada Quill, Associated Press\nThe plant opens in May.", "ap"},
	{"en", "The chief executive told Reuters (in an interview) that demand was weak.", ""},
	{"en", "Reuters reported on Tuesday that the plant would close.", ""},
	{"en", "The Associated Press (AP) reported that the plant would close.", ""},
	{"en", "Analysts in a Reuters poll expected more.\nThe plant, officials told the Associated Press (AP).", ""},
	{"en", "American Airlines (AA) said it would buy jets.", ""},
	{"en", "Workers stand in the plant (File photo: Reuters)\nThe plant opens in May.", ""},
	{"en", "The plant opens in May, according to Xinhua", ""},
	{"en", "Thomson Reuters, the information group, raised its outlook - again.", ""},
	{"en", "The film is praised.\nAda Quill/AP\nIt opens in May.", ""},
	{"en", "The film is praised.\nIt opens in May.\nREUTERS/Ada Quill", ""},
	{"de", "Hamburg (dpa) - Der Autobauer hat am Dienstag ein Werk eröffnet.", "dpa"},
	{"de", "Wien/Peking (APA) – Die Behörde prüft.", "apa"},
	{"de", "Das Werk öffnet im Mai.\nQuelle: dpa", "dpa"},
	{"de", "Das Werk öffnet im Mai. (dpa)", "dpa"},
	{"de", "Das Werk öffnet im Mai.\n(Mit Material von dpa)", "dpa"},
	{"de", "Das Werk öffnet im Mai.\ndpa/AFP", "dpa"},
	{"de", "Das sagte er der Deutschen Presse-Agentur (dpa).", ""},
	{"de", "Wie dpa erfuhr, öffnet das Werk im Mai.", ""},
	{"fr", "Le Figaro avec AFP\nLe constructeur a ouvert une usine.", "afp"},
	{"fr", "L'usine ouvrira en mai. (avec Reuters)", "reuters"},
	{"fr", "PARIS, 3 octobre (AFP) - Le constructeur a ouvert une usine.", "afp"},
	{"fr", "Bruxelles (Belga) – Le constructeur a ouvert une usine.", "belga"},
	{"fr", "Le patron a déclaré à l'AFP que l'usine ouvrirait.", ""},
	{"fr", "Interrogée par l'Agence France-Presse (AFP), l'entreprise n'a pas répondu.", ""},
	{"es", "Madrid, 3 oct (EFE).- El fabricante abrió una planta.", "efe"},
	{"es", "La planta abrirá en mayo.\nCon información de EFE", "efe"},
	{"es", "La planta abrirá en mayo. (Con información de Reuters y AFP)", "reuters"},
	{"es", "Agencia EFE\nEl fabricante abrió una planta.", "efe"},
	{"es", "El presidente dijo a EFE que la planta abrirá.", ""},
	{"es", "Fuentes de la empresa consultadas por Efe confirmaron el cierre.", ""},
	{"pt", "Lisboa, 03 out 2026 (Lusa) - O fabricante abriu uma fábrica.", "lusa"},
	{"pt", "A fábrica abre em maio.\nCom informações da Reuters", "reuters"},
	{"pt", "O presidente disse à Lusa que a fábrica abre em maio.", ""},
	{"it", "(ANSA) - ROMA, 03 OTT - Il costruttore ha aperto uno stabilimento.", "ansa"},
	{"it", "Lo stabilimento aprirà a maggio.\nFonte: ANSA", "ansa"},
	{"it", "Lo ha detto all'ANSA il direttore dello stabilimento.", ""},
	{"nl", "DEN HAAG (ANP) - De autobouwer opende een fabriek.", "anp"},
	{"nl", "De fabriek opent in mei.\nBron: ANP", "anp"},
	{"nl", "Dat zegt een woordvoerder tegen het ANP.", ""},
	{"sv", "Fabriken öppnar i maj. (TT)", "tt"},
	{"sv", "Det säger bolaget till TT.", ""},
	{"no", "Fabrikken åpner i mai. (NTB)", "ntb"},
	{"no", "(NTB) Fabrikken åpner i mai.", "ntb"},
	{"no", "Det sier selskapet til NTB.", ""},
	{"da", "Fabrikken åbner i maj.\n/ritzau/", "ritzau"},
	{"da", "Det siger selskabet til Ritzau.", ""},
	{"fi", "Tehdas avataan toukokuussa.\nLähde: STT", "stt"},
	{"fi", "Yhtiö kertoo STT:lle avaavansa tehtaan.", ""},
	{"pl", "Fabryka ruszy w maju. (PAP)", "pap"},
	{"pl", "Warszawa, 3.10.2026 (PAP) - Producent otworzył fabrykę.", "pap"},
	{"pl", "Prezes powiedział PAP, że fabryka ruszy w maju.", ""},
	{"cs", "Praha 3. října (ČTK) - Automobilka otevřela továrnu.", "ctk"},
	{"cs", "Zdroj: ČTK\nAutomobilka otevřela továrnu.", "ctk"},
	{"cs", "Ředitel řekl ČTK, že továrna začne v květnu.", ""},
	{"ru", "МОСКВА, 3 окт — РИА Новости. Автопроизводитель открыл завод.", "ria"},
	{"ru", "МОСКВА, 3 октября. /ТАСС/. Автопроизводитель открыл завод.", "tass"},
	{"ru", "Москва. 3 октября. INTERFAX.RU - Автопроизводитель открыл завод.", "interfax"},
	{"ru", "Завод откроют в мае.\nИсточник: ТАСС", "tass"},
	{"ru", "Об этом директор завода сообщил ТАСС.", ""},
	{"ru", "Как передает РИА Новости, завод откроют в мае.", ""},
	{"uk", "Завод відкриють у травні.\nДжерело: Укрінформ", "ukrinform"},
	{"tr", "ANKARA (AA) - Otomobil üreticisi fabrika açtı.", "aa"},
	{"tr", "Fabrika mayısta açılacak.\nKaynak: AA", "aa"},
	{"tr", "Şirket yetkilisi AA muhabirine açıklama yaptı.", ""},
	{"id", "Jakarta (ANTARA) - Produsen mobil membuka pabrik.", "antara"},
	{"id", "Pabrik dibuka pada Mei.\nSumber: Antara", "antara"},
	{"id", "Direktur mengatakan kepada ANTARA bahwa pabrik dibuka.", ""},
	{"ar", "الرياض (رويترز) - افتتحت الشركة مصنعا.", "reuters"},
	{"ar", "القاهرة - أ ف ب - افتتحت الشركة مصنعا.", "afp"},
	{"ar", "يفتح المصنع في مايو.\nالمصدر: رويترز", "reuters"},
	{"ar", "قال المدير لرويترز إن المصنع يفتح في مايو.", ""},
	{"fa", "منبع: ایسنا\nکارخانه در ماه مه باز می‌شود.", "isna"},
	{"he", "המפעל ייפתח במאי.\nמקור: רויטרס", "reuters"},
	{"hi", "नयी दिल्ली, तीन अक्टूबर (भाषा) कंपनी ने संयंत्र खोला।", "pti"},
	{"hi", "कंपनी ने संयंत्र खोला। (एएनआई)", "ani"},
	{"hi", "निदेशक ने रॉयटर्स को बताया कि संयंत्र खुलेगा।", ""},
	{"zh", "新华社北京10月3日电（记者王某）这家汽车制造商启用了工厂。", "xinhua"},
	{"zh", "据路透社3日电，这家汽车制造商启用了工厂。", "reuters"},
	{"zh", "工厂五月投产。\n来源：新华社", "xinhua"},
	{"zh", "工厂五月投产。（新华社）", "xinhua"},
	{"zh", "（中央社記者王某台北3日電）這家汽車製造商啟用了工廠。", "cna-tw"},
	{"zh", "新华社报道说，比亚迪电动车销量上升。", ""},
	{"zh", "据新华社报道，工厂五月投产，比亚迪3日电话会议透露。", ""},
	{"zh", "厂长告诉路透社，工厂五月投产。", ""},
	{"ja", "［東京　３日　ロイター］ - 自動車メーカーは工場を開いた。", "reuters"},
	{"ja", "[東京 3日 ロイター] - 自動車メーカーは工場を開いた。", "reuters"},
	{"ja", "工場は５月に稼働する。（ロイター）", "reuters"},
	{"ja", "【ワシントン共同】自動車メーカーは工場を開いた。", "kyodo"},
	{"ja", "【北京時事】自動車メーカーは工場を開いた。", "jiji"},
	{"ja", "【10月3日 AFP】自動車メーカーは工場を開いた。", "afp"},
	{"ja", "社長はロイターに対し、工場は５月に稼働すると述べた。", ""},
	{"ko", "(서울=연합뉴스) 홍길동 기자 = 자동차 회사가 공장을 열었다.", "yonhap"},
	{"ko", "[로이터=연합뉴스] 자동차 회사가 공장을 열었다.", "reuters"},
	{"ko", "[서울=뉴시스] 홍길동 기자 = 자동차 회사가 공장을 열었다.", "newsis"},
	{"ko", "대표는 로이터통신에 공장을 5월에 연다고 말했다.", ""},
	{"vi", "Nhà máy mở cửa vào tháng 5.\nTheo Reuters", "reuters"},
	{"vi", "Giám đốc nói với Reuters rằng nhà máy mở cửa.", ""},
	{"th", "โรงงานจะเปิดในเดือนพฤษภาคม\nที่มา: รอยเตอร์", "reuters"},
	{"el", "Πηγή: ΑΠΕ\nΤο εργοστάσιο ανοίγει τον Μάιο.", "ana"},
	{"ro", "Fabrica se deschide în mai.\nSursa: Agerpres", "agerpres"},
	{"hu", "A gyár májusban nyílik.\nForrás: MTI", "mti"},
	{"hr", "Tvornica se otvara u svibnju. (Hina)", "hina"},
}

func TestCredit(t *testing.T) {
	t.Parallel()
	credited, quoted := map[string]bool{}, map[string]bool{}
	for _, c := range creditCases {
		if c.want == "" {
			quoted[c.language] = true
		} else {
			credited[c.language] = true
		}
		if got := Credit(c.language, "The plant opens", c.body); got != c.want {
			t.Errorf("%s: credit of %q is %q, want %q", c.language, c.body, got, c.want)
		}
		// Far inside a long text nothing but a dateline counts.
		inside := "The council met.\n\n\n" + strings.Repeat("A sentence about the harbour and its boats.\n", 6)
		if got := Credit(c.language, "", inside+c.body+"\n"+inside); c.want == "" && got != "" {
			t.Errorf("%s: inside a text %q is credited to %q", c.language, c.body, got)
		}
	}
	t.Logf("%d languages with credits, %d with quotations", len(credited), len(quoted))
	if len(credited) < 12 || len(quoted) < 12 {
		t.Error("want twelve languages with both")
	}
}

func TestCreditInTitle(t *testing.T) {
	t.Parallel()
	if got := Credit("de", "Werk eröffnet (dpa)", "Das Werk öffnet im Mai."); got != "dpa" {
		t.Errorf("credit %q, want dpa", got)
	}
	if got := Credit("en", "Plant may close - Reuters", "The plant may close."); got != "" {
		t.Errorf("a title that quotes is credited to %q", got)
	}
}

func BenchmarkCredit(b *testing.B) {
	text := newPress(1).report(30)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Credit("en", "Plant opens", text)
	}
}

func FuzzCredit(f *testing.F) {
	for _, c := range creditCases {
		f.Add(c.language, c.body)
	}
	f.Fuzz(func(t *testing.T, language, body string) {
		if id := Credit(language, body, body); id != "" && !isAgency(id) {
			t.Fatalf("unknown agency %q", id)
		}
	})
}

func isAgency(id string) bool {
	for _, a := range agencies {
		if a.id == id {
			return true
		}
	}
	return false
}
