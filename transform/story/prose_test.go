package story

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// newsroom writes reports in six languages out of testdata/prose: sentences with
// slots and choices, line by line the same in all of them. An event fixes what the
// slots say; who writes chooses sentences and words.
type newsroom struct {
	*rand.Rand
	sentences map[string][]string // by language; line n says the same in all
}

var proseLanguages = []string{"en", "de", "fr", "es", "ru", "zh"}

func newNewsroom(t testing.TB, seed uint64) *newsroom {
	t.Helper()
	n := &newsroom{rand.New(rand.NewPCG(seed, 5)), map[string][]string{}}
	for _, language := range proseLanguages {
		text, err := os.ReadFile(filepath.Join("testdata", "prose", language+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		n.sentences[language] = strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
	}
	return n
}

// event is what a report is about: names in Latin, Cyrillic and Han, and numbers.
type event struct {
	firm, rival, bank, person, person2, city, city2 [3]string

	n1, n2, n3, n4, year, year2, day, ord int
	pct                                   [3]int // tenths
	num                                   [2]int // hundredths
	big                                   [3]int // tens of millions
}

func (n *newsroom) event() event {
	pick := func(list string) [3]string {
		options := strings.Split(list, "|")
		parts := strings.Split(options[n.IntN(len(options))], "/")
		return [3]string{parts[0], parts[1], parts[2]}
	}
	const firms = "Norvane/Норван/诺凡|Huawei/Хуавей/华为|BYD/BYD/比亚迪|Keltra/Келтра/凯特拉|Midea/Мидеа/美的|Sandvor/Сандвор/桑德沃|Lenovo/Леново/联想|Gantrix/Гантрикс/甘特|CATL/CATL/宁德时代|Ostermark/Остермарк/奥斯特|Geely/Джили/吉利|Xiaomi/Сяоми/小米|Perrin/Перрен/佩兰|Haier/Хайер/海尔|Voltara/Вольтара/沃塔|Sinopec/Синопек/中石化|Drexel/Дрексел/德雷克|Cosco/Коско/中远"
	const cities = "Hamburg/Гамбург/汉堡|Lyon/Лион/里昂|Turin/Турин/都灵|Gdansk/Гданьск/格但斯克|Leipzig/Лейпциг/莱比锡|Rotterdam/Роттердам/鹿特丹|Zaragoza/Сарагоса/萨拉戈萨|Izmir/Измир/伊兹密尔|Monterrey/Монтеррей/蒙特雷|Durban/Дурбан/德班|Porto/Порту/波尔图|Debrecen/Дебрецен/德布勒森|Nagoya/Нагоя/名古屋|Surabaya/Сурабая/泗水|Trieste/Триест/的里雅斯特|Valencia/Валенсия/巴伦西亚"
	const persons = "Marta Kessler/Марта Кесслер/玛尔塔·凯斯勒|Jun Tanaka/Дзюн Танака/田中淳|Paul Brandt/Пауль Брандт/保罗·勃兰特|Lena Novak/Лена Новак/莱娜·诺瓦克|Omar Haddad/Омар Хаддад/奥马尔·哈达德|Clara Rossi/Клара Росси/克拉拉·罗西|Viktor Petrov/Виктор Петров/维克托·彼得罗夫|Diego Marquez/Диего Маркес/迭戈·马尔克斯|Ingrid Solberg/Ингрид Сольберг/英格丽·索尔贝格|Chen Rui/Чэнь Жуй/陈锐|Amara Diallo/Амара Диалло/阿玛拉·迪亚洛|Tom Whitfield/Том Уитфилд/汤姆·惠特菲尔德"
	const banks = "Barclays/Барклайс/巴克莱|Nomura/Номура/野村|Commerzbank/Коммерцбанк/德国商业银行|Santander/Сантандер/桑坦德|Jefferies/Джефферис/杰富瑞|Citi/Сити/花旗"
	e := event{
		firm: pick(firms), rival: pick(firms), bank: pick(banks), person: pick(persons), person2: pick(persons), city: pick(cities), city2: pick(cities),
		n1: 20 + n.IntN(4000), n2: 1000 + n.IntN(400_000), n3: 11 + n.IntN(90), n4: 3 + n.IntN(60), year: 1990 + n.IntN(35), year2: 2028 + n.IntN(12), day: 1 + n.IntN(28), ord: 2 + n.IntN(4),
	}
	for i := range e.pct {
		e.pct[i] = 3 + n.IntN(400)
		e.big[i] = 2 + n.IntN(900)
	}
	for i := range e.num {
		e.num[i] = 300 + n.IntN(90_000)
	}
	return e
}

// put fills the slots of a sentence and makes its choices.
func (n *newsroom) put(language, sentence string, e event) string {
	var out strings.Builder
	for rest := sentence; rest != ""; {
		i := strings.IndexAny(rest, "({")
		if i < 0 {
			out.WriteString(rest)
			break
		}
		out.WriteString(rest[:i])
		if rest[i] == '(' {
			end := i + strings.IndexByte(rest[i:], ')')
			options := strings.Split(rest[i+1:end], "|")
			rest = options[n.IntN(len(options))] + rest[end+1:]
			continue
		}
		end := i + strings.IndexByte(rest[i:], '}')
		out.WriteString(e.slot(language, rest[i+1:end]))
		rest = rest[end+1:]
	}
	return strings.TrimSpace(out.String())
}

func (e event) slot(language, slot string) string {
	script := map[string]int{"ru": 1, "zh": 2}[language]
	switch slot {
	case "firm":
		return e.firm[script]
	case "rival":
		return e.rival[script]
	case "bank":
		return e.bank[script]
	case "person":
		return e.person[script]
	case "person2":
		return e.person2[script]
	case "city":
		return e.city[script]
	case "city2":
		return e.city2[script]
	case "n1":
		return grouped(language, e.n1)
	case "n2":
		return grouped(language, e.n2)
	case "n3":
		return strconv.Itoa(e.n3)
	case "n4":
		return strconv.Itoa(e.n4)
	case "year":
		return strconv.Itoa(e.year)
	case "year2":
		return strconv.Itoa(e.year2)
	case "day":
		return strconv.Itoa(e.day) + map[string]string{"de": ". Mai", "en": " May", "fr": " mai", "es": " de mayo", "ru": " мая", "zh": "日"}[language]
	case "ord":
		return strconv.Itoa(e.ord) + map[string]string{"de": ".", "en": "th", "fr": "e", "es": ".ª", "ru": "-й"}[language]
	case "pct1", "pct2", "pct3":
		return decimals(language, fmt.Sprintf("%.1f", float64(e.pct[slot[3]-'1'])/10))
	case "num1", "num2":
		return decimals(language, fmt.Sprintf("%.2f", float64(e.num[slot[3]-'1'])/100))
	case "big1", "big2", "big3":
		return large(language, e.big[slot[3]-'1'])
	}
	panic("no slot " + slot)
}

func decimals(language, written string) string {
	if language != "en" && language != "zh" {
		return strings.ReplaceAll(written, ".", ",")
	}
	return written
}

func grouped(language string, v int) string {
	mark := map[string]string{"en": ",", "de": ".", "fr": "\u202F", "es": ".", "ru": "\u00A0"}[language]
	if v < 1000 {
		return strconv.Itoa(v)
	}
	return fmt.Sprintf("%d%s%03d", v/1000, mark, v%1000)
}

// large writes tens of millions.
func large(language string, tens int) string {
	if language == "zh" {
		return strings.TrimSuffix(strconv.FormatFloat(float64(tens)/10, 'f', 1, 64), ".0") + "亿"
	}
	if tens < 100 {
		return fmt.Sprintf("%d0 %s", tens, map[string]string{"en": "million", "de": "Millionen", "fr": "millions", "es": "millones", "ru": "млн"}[language])
	}
	if language == "es" {
		return grouped("es", tens*10) + " millones"
	}
	written := decimals(language, strconv.FormatFloat(float64(tens)/100, 'f', -1, 64))
	return written + " " + map[string]string{"en": "billion", "de": "Milliarden", "fr": "milliards", "ru": "млрд"}[language]
}

// report writes count sentences about an event: a lead and others.
func (n *newsroom) report(language string, e event, count int) []string {
	list := n.sentences[language]
	out := []string{n.put(language, list[n.IntN(4)], e)}
	for _, i := range n.Perm(len(list) - 4)[:count-1] {
		out = append(out, n.put(language, list[4+i], e))
	}
	return out
}

// translate writes the sentences of the given lines in two languages.
func (n *newsroom) translate(from, to string, e event, count int) (original, translation []string) {
	lines := append([]int{n.IntN(4)}, n.Perm(len(n.sentences[from]) - 4)[:count-1]...)
	for i, line := range lines {
		if i > 0 {
			line += 4
		}
		original = append(original, n.put(from, n.sentences[from][line], e))
		translation = append(translation, n.put(to, n.sentences[to][line], e))
	}
	return original, translation
}

// layOut makes paragraphs of one to three sentences.
func (n *newsroom) layOut(language string, sentences []string) string {
	space := " "
	if language == "zh" {
		space = ""
	}
	var paragraphs []string
	for rest := sentences; len(rest) > 0; {
		count := min(1+n.IntN(3), len(rest))
		paragraphs = append(paragraphs, strings.Join(rest[:count], space))
		rest = rest[count:]
	}
	return strings.Join(paragraphs, "\n")
}

// credited puts a wire's dateline before the first sentence.
func credited(language, agency string, e event, sentences []string) []string {
	out := slices.Clone(sentences)
	place := strings.ToUpper(e.slot(language, "city"))
	switch language {
	case "zh":
		out[0] = agency + e.slot(language, "city") + "10月3日电 " + out[0]
	case "ru":
		out[0] = place + ", 3 окт — " + agency + ". " + out[0]
	case "es":
		out[0] = e.slot(language, "city") + ", 3 oct (" + agency + ").- " + out[0]
	default:
		out[0] = place + " (" + agency + ") - " + out[0]
	}
	return out
}

var proseAgencies = map[string][]string{
	"en": {"Reuters", "AP", "AFP"}, "de": {"dpa", "Reuters"}, "fr": {"AFP", "Reuters"}, "es": {"EFE", "Reuters"}, "ru": {"РИА Новости", "ТАСС"}, "zh": {"新华社", "路透社"},
}

// houseStyle writes a text as another house would: its quotes, its percent, its
// spelling, its thousands.
func houseStyle(language, text string) string {
	switch language {
	case "en":
		return strings.NewReplacer(`"`, "'", " percent", " per cent", "criticised", "criticized", "billion", "bn", "Tuesday", "Tuesday,", "spokeswoman", "spokesperson").Replace(text)
	case "de":
		return strings.NewReplacer("„", "»", "“", "«", " Prozent", " %", " Milliarden", " Mrd.", " Millionen", " Mio.").Replace(text)
	case "fr":
		return strings.NewReplacer("« ", "“", " »", "”", "pour cent", "%", "\u202F", " ").Replace(text)
	case "es":
		return strings.NewReplacer("«", `"`, "»", `"`, "un ", "un ", " por ciento", "%").Replace(text)
	case "ru":
		return strings.NewReplacer("«", `"`, "»", `"`, " процента", "%", "\u00A0", " ").Replace(text)
	}
	return strings.NewReplacer("“", "「", "”", "」", "%", "％", "，", ",").Replace(text)
}
