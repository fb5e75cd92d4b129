package decode

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/htmlindex"
)

// sentences are long enough for a guess; each is ours.
var sentences = map[string]string{
	"gbk":          "周二上午，本地一家工厂宣布将在年底前新增两条生产线，预计招聘三百名工人。公司负责人表示，新车型将出口到欧洲市场。",
	"gb18030":      "周三晚间，城市里的灯光逐渐亮起，居民们走上街头庆祝这座大桥正式通车，市长在仪式上发表了简短的讲话。",
	"big5":         "週二上午，本地一家工廠宣布將在年底前新增兩條生產線，預計招聘三百名工人。公司負責人表示，新車型將出口到歐洲市場。",
	"shift_jis":    "火曜日の朝、地元の工場は年内に二本の生産ラインを増やすと発表した。会社によると、新しい車は欧州に輸出される予定だという。",
	"euc-jp":       "水曜日の夜、新しい橋が開通し、多くの市民が通りに出て祝った。市長は式典で短い挨拶を述べ、工事の関係者に感謝した。",
	"euc-kr":       "화요일 아침 지역의 한 공장이 연말까지 생산 라인 두 개를 늘리겠다고 발표했다. 회사는 새 차를 유럽에 수출할 예정이라고 밝혔다.",
	"windows-1251": "Во вторник утром местный завод объявил, что до конца года откроет две новые линии и наймёт триста рабочих, сообщили в компании.",
	"koi8-r":       "В среду вечером в городе открыли новый мост, и жители вышли на улицы, чтобы отпраздновать это событие вместе с мэром города.",
	"iso-8859-2":   "We wtorek rano zakład ogłosił, że do końca roku uruchomi dwie nowe linie i zatrudni trzystu pracowników. Żółte ciężarówki już jadą.",
	"windows-1252": "Am Dienstag früh kündigte das Werk an, bis Jahresende zwei weitere Straßen zu öffnen; „schöne Aussichten“, hieß es aus München.",
	"windows-1254": "Salı sabahı fabrika yıl sonuna kadar iki yeni hat açacağını duyurdu; şirket üç yüz işçi alacak ve yeni araçlar Avrupa'ya gidecek.",
	"windows-1256": "أعلن المصنع المحلي صباح الثلاثاء أنه سيفتح خطين جديدين قبل نهاية العام وسيوظف ثلاثمئة عامل، وقالت الشركة إن السيارات ستصدر إلى أوروبا.",
	"windows-1253": "Το εργοστάσιο ανακοίνωσε το πρωί της Τρίτης ότι θα ανοίξει δύο νέες γραμμές μέχρι το τέλος του έτους και θα προσλάβει τριακόσιους εργάτες.",
	"windows-1255": "המפעל המקומי הודיע ביום שלישי בבוקר כי יפתח שני קווי ייצור חדשים עד סוף השנה ויעסיק שלוש מאות עובדים נוספים.",
	"windows-874":  "เมื่อเช้าวันอังคาร โรงงานในท้องถิ่นประกาศว่าจะเปิดสายการผลิตใหม่สองสายภายในสิ้นปีนี้และจะจ้างคนงานสามร้อยคน",
	"iso-2022-jp":  "木曜日の午後、町の図書館は新しい本を千冊買うと発表した。",
	"utf-16le":     "On Thursday the library said it would buy a thousand books.",
	"utf-16be":     "On Friday the library said it had bought them all.",
	"utf-8":        "Le pont a rouvert mardi après deux années de travaux – « enfin », dit le maire.",
}

func encode(t testing.TB, name, text string) []byte {
	t.Helper()
	if name == "utf-8" {
		return []byte(text)
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatalf("encode %s: %v", name, err)
	}
	return b
}

func page(head, text string) string {
	return "<!doctype html><html><head>" + head + "<title>" + text + "</title></head><body><p>" + text + "</p><p>" + text + "</p></body></html>"
}

func TestTextInEverySet(t *testing.T) {
	t.Parallel()
	for name, text := range sentences {
		for _, how := range []string{"header", "meta", "meta content"} {
			t.Run(name+" by "+how, func(t *testing.T) {
				t.Parallel()
				head, contentType := "", "text/html"
				switch how {
				case "header":
					contentType = "text/html; charset=" + name
				case "meta":
					head = `<meta charset="` + name + `">`
				case "meta content":
					head = `<meta http-equiv="Content-Type" content="text/html; charset=` + name + `">`
				}
				want := page(head, text)
				got, charset, err := Text(encode(t, name, want), contentType)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("read as %s (-want +got):\n%s", charset, diff)
				}
				if charset != name {
					t.Errorf("charset = %s, want %s", charset, name)
				}
			})
		}
	}
}

func TestTextGuessesWithoutDeclaration(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "windows-1251", "koi8-r", "windows-1252", "windows-1256", "windows-1253", "utf-8", "utf-16le", "utf-16be"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := page("", strings.Repeat(sentences[name]+" ", 3))
			got, charset, err := Text(encode(t, name, want), "text/html")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("read as %s (-want +got):\n%s", charset, diff)
			}
		})
	}
}

func TestTextWeighsOpinions(t *testing.T) {
	t.Parallel()
	french := sentences["utf-8"]
	german := sentences["windows-1252"]
	tests := []struct {
		name, body, contentType, charset, contains string
	}{
		{"a mark beats the header", "\xef\xbb\xbf<p>" + french, "text/html; charset=windows-1251", "utf-8", french},
		{"the header beats the meta", string(encode(t, "windows-1252", `<meta charset="koi8-r"><p>`+german)), "text/html; charset=ISO-8859-1", "windows-1252", german},
		{"UTF-8 bytes beat a latin header", "<p>" + french, "text/html; charset=iso-8859-1", "utf-8", french},
		{"legacy bytes beat a header of UTF-8", string(encode(t, "windows-1252", `<meta charset="windows-1252"><p>`+german)), "text/html; charset=utf-8", "windows-1252", german},
		{"a mixture under a latin header is read as what it spells", "<p>\xc3\x9f\xe9", "text/html; charset=iso-8859-1", "windows-1252", "ßé"},
		{"four bytes of GB18030 in a page that says gb2312", string(encode(t, "gb18030", `<meta charset="gb2312"><p>㐀朱镕基𠮷`)), "", "gbk", "㐀朱镕基𠮷"},
		{"Korean past the old standard", string(encode(t, "euc-kr", "<p>똠방각하 펲시콜라")), "text/html; charset=ks_c_5601-1987", "euc-kr", "똠방각하 펲시콜라"},
		{"the mark beats the header", "\xef\xbb\xbf<p>" + french, "text/html; charset=windows-1252", "utf-8", french},
		{"encoded twice by the publisher", "<meta charset=utf-8><p>Le prÃ©sident de NestlÃ© nâ€™a rien dit", "text/html; charset=utf-8", "utf-8", "Le président de Nestlé n’a rien dit"},
		{"one broken byte does not unmake UTF-8", "<p>" + french + "\xff" + french, "text/html; charset=utf-8", "utf-8", "rouvert"},
		{"a set nobody knows is no opinion", "<p>" + french, "text/html; charset=klingon", "utf-8", french},
		{"a header with stray marks", string(encode(t, "windows-1252", "<p>"+german)), `text/html; charset="windows-1252";;`, "windows-1252", german},
		{"a meta in a comment is none", `<!-- <meta charset="koi8-r"> --><p>` + french, "", "utf-8", french},
		{"a meta of UTF-16 means UTF-8", `<meta charset="utf-16"><p>` + french, "", "utf-8", french},
		{"an XML prolog counts", string(encode(t, "iso-8859-2", `<?xml version="1.0" encoding="iso-8859-2"?><p>`+sentences["iso-8859-2"])), "", "iso-8859-2", sentences["iso-8859-2"]},
		{"zero bytes go", "<p>one\x00two", "text/html; charset=utf-8", "utf-8", "onetwo"},
		{"nothing at all", "", "", "utf-8", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, charset, err := Text([]byte(tt.body), tt.contentType)
			if err != nil {
				t.Fatal(err)
			}
			if charset != tt.charset || !strings.Contains(got, tt.contains) {
				t.Errorf("Text = %q as %s; want %q as %s", got, charset, tt.contains, tt.charset)
			}
		})
	}
}

func TestTextRefusesBinary(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 4096)
	for i := range noise {
		noise[i] = byte(i*i*7 + i>>3)
	}
	for name, body := range map[string][]byte{
		"a PDF": []byte("%PDF-1.7\n"), "an image": []byte("\x89PNG\r\n"), "an archive": []byte("PK\x03\x04aa"), "gzip left on": []byte("\x1f\x8b\x08\x00"), "noise": noise,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := Text(body, "text/html"); !errors.Is(err, ErrBinary) {
				t.Errorf("err = %v, want ErrBinary", err)
			}
		})
	}
}

// TestTextOnRecordedPages reads the recorded pages of many sets; it needs the
// shared material and skips without.
func TestTextOnRecordedPages(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("OVERHEARD_SHARED")
	if shared == "" {
		t.Skip("OVERHEARD_SHARED is not set")
	}
	title := regexp.MustCompile(`(?is)<title>(.*?)</title>`)
	tests := []struct{ file, contentType, charset, title string }{
		{"chardet/8859_1_da.html", "", "windows-1252", "Forside"}, {"chardet/8859_1_de.html", "", "windows-1252", "infopark"},
		{"chardet/8859_1_es.html", "", "windows-1252", "México"}, {"chardet/8859_1_fr.html", "", "windows-1252", "téléphones"},
		{"chardet/8859_1_pt.html", "", "windows-1252", ""}, {"chardet/big5.html", "", "big5", "中時電子報"},
		{"chardet/euc_jp.html", "", "euc-jp", "楽天市場"}, {"chardet/euc_kr.html", "", "euc-kr", "네이트"},
		{"chardet/gb18030.html", "", "gbk", "百度一下"}, {"chardet/shift_jis.html", "", "shift_jis", "dti services"},
		{"chardet/utf8.html", "", "utf-8", "Wikipedia"}, {"chardet/utf8_bom.html", "", "utf-8", "Wikipedia"},
		{"goose-go/charset_euc_jp.html", "", "euc-jp", "文字コード宣言"}, {"goose-go/charset_euc_kr.html", "", "utf-8", "httpd"},
		{"goose-go/charset_iso_8859_1.html", "", "windows-1252", "httpd"}, {"goose-go/charset_koi8_r.html", "", "koi8-r", "httpd"},
		{"goose-go/charset_shift_jis.html", "", "utf-8", "文字のエンコード"},
		{"miniflux/iso-8859-1-meta-after-1024.html", "", "windows-1252", "Frédéric"}, {"miniflux/iso-8859-1.html", "", "windows-1252", "Frédéric"},
		{"miniflux/utf8-meta-after-1024.html", "", "utf-8", "Frédéric"}, {"miniflux/utf8.html", "", "utf-8", "Café"},
		{"miniflux/koi8r.xml", "", "koi8-r", "Пример RSS"}, {"miniflux/windows-1252-incorrect-prolog.xml", "", "utf-8", "Euro €"},
		{"miniflux/windows-1252.xml", "", "windows-1252", "Euro €"}, {"miniflux/utf8-incorrect-prolog.xml", "", "utf-8", "테스트"},
		{"xnet/HTTP-charset.html", "text/html; charset=iso-8859-15", "iso-8859-15", ""}, {"xnet/HTTP-vs-UTF-8-BOM.html", "text/html; charset=iso-8859-15", "utf-8", ""},
		{"xnet/HTTP-vs-meta-charset.html", "text/html; charset=iso-8859-15", "iso-8859-15", ""}, {"xnet/HTTP-vs-meta-content.html", "text/html; charset=iso-8859-15", "iso-8859-15", ""},
		{"xnet/No-encoding-declaration.html", "", "utf-8", ""}, {"xnet/UTF-16BE-BOM.html", "", "utf-16be", "BOM"}, {"xnet/UTF-16LE-BOM.html", "", "utf-16le", "BOM"},
		{"xnet/UTF-8-BOM-vs-meta-charset.html", "", "utf-8", ""}, {"xnet/UTF-8-BOM-vs-meta-content.html", "", "utf-8", ""},
		{"xnet/meta-charset-attribute.html", "", "iso-8859-15", ""}, {"xnet/meta-content-attribute.html", "", "iso-8859-15", ""},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(filepath.Join(shared, "corpus", "charset", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			text, charset, err := Text(body, tt.contentType)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if m := title.FindStringSubmatch(text); m != nil {
				got = m[1]
			}
			if charset != tt.charset || !strings.Contains(got, tt.title) {
				t.Errorf("title %q as %s; want %q as %s", got, charset, tt.title, tt.charset)
			}
		})
	}
}

func FuzzText(f *testing.F) {
	for name, text := range sentences {
		f.Add(encode(f, name, page("", text)), "text/html; charset="+name)
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		text, charset, err := Text(body, contentType)
		if err != nil {
			return
		}
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") || charset == "" {
			t.Fatalf("Text(%q, %q) = %q as %q cannot be stored", body, contentType, text, charset)
		}
	})
}
