package match

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/overheard-news/overheard/sql/seeds"
)

// manySeeds makes n names that look like those of companies, in four scripts,
// with anchors that any report might hold.
func manySeeds(n int) seeds.Set {
	source := rand.New(rand.NewPCG(1, 2))
	scripts := []struct{ syllables, ends, gap string }{
		{"shan dong xin hua wei bei jing tong li gu zhong he tai yang fu gang an hai lian sheng mei da", "Group Holdings Bank Energy Motor Technology Pharma Steel", " "},
		{"шань дун синь хуа вэй бэй цзин тун ли гу чжун хэ тай ян фу ган ань хай лянь шэн мэй да", "Групп Банк Энерджи Мотор Технолоджи Сталь", " "},
		{"山 东 新 华 威 北 京 通 力 谷 中 和 泰 阳 福 港 安 海 联 盛 美 大", "集团 控股 银行 能源 汽车 科技 制药 钢铁", ""},
		{"شان دونغ شين هوا وي بي جينغ تونغ لي غو تشونغ هي تاي يانغ فو غانغ", "جروب بنك للطاقة للسيارات للتكنولوجيا", " "},
	}
	var set seeds.Set
	for i := range n {
		script := scripts[max(0, i%10-6)] // seven in ten are Latin
		syllables, ends := strings.Fields(script.syllables), strings.Fields(script.ends)
		var name strings.Builder
		for range 2 + source.IntN(3) {
			name.WriteString(syllables[source.IntN(len(syllables))])
		}
		a := alias(fmt.Sprintf("c%d", i/10), strings.ToUpper(name.String()[:1])+name.String()[1:]+script.gap+ends[source.IntN(len(ends))]+fmt.Sprint(i%7), "A")
		if i%10 == 0 {
			a.Class, a.Anchors = "C", strings.Fields("battery smartphone insurer Shenzhen shipping analysts")
		}
		set.Aliases = append(set.Aliases, a)
	}
	return set
}

// english makes text of the letter and word frequencies of news, near enough.
func english(size int) string {
	return prose(size, " ", ". ", `the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one
		you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only
		other time new some could these two may first then do any like my now over such our man me even most made after also did many off
		before must well back through years much where your way down should because long each just state those people too mr how little good
		world make very year still see work life get without between used while hand high school government market shares company
		President Germany London minister Tuesday shipping analysts quarter revenue shanxi behind honest antenna xenon dates`)
}

// prose makes text of words drawn at random.
func prose(size int, gap, stop, words string) string {
	source := rand.New(rand.NewPCG(3, 4))
	list := strings.Fields(words)
	var out strings.Builder
	for out.Len() < size {
		out.WriteString(list[source.IntN(len(list))])
		if source.IntN(15) == 0 {
			out.WriteString(stop)
		} else {
			out.WriteString(gap)
		}
	}
	return out.String()
}

func sum(text string) byte {
	var x byte
	for i := range len(text) {
		x ^= text[i]
	}
	return x
}

// BenchmarkPass reads a megabyte over 10,000 aliases, beside the automaton alone
// and beside touching every byte once.
func BenchmarkPass(b *testing.B) {
	m, err := New(manySeeds(10_000))
	if err != nil {
		b.Fatal(err)
	}
	latin := english(1 << 20)
	for _, text := range []struct{ name, language, body string }{
		{"ascii", "en", latin},
		{"curly", "en", strings.ReplaceAll(latin, "the ", "the’ ")},
		{"accents", "fr", prose(1<<20, " ", ". ", `le la les été à même pays être où très après société année dernière marché Chine président groupe français européen
			côté élevé qualité près selon leurs plus annoncé mercredi l’usine d’énergie millions d’euros août première`)},
		{"cyrillic", "ru", prose(1<<20, " ", ". ", `компания объявила о новых поставках в регион сообщили среду что и на не по с из для году рынок Китай президент
			правительство миллионов долларов рост акции завод Шанхай синий хуже тайна далее ли дата банк мотор который также было`)},
		{"han", "zh", prose(1<<20, "", "。", `公司 周三 宣布 向 该 地区 提供 新 产品 并 扩大 生产 规模 中国 市场 增长 的 了 和 在 是 美国 北京 上海 大 海 安全 联合 银行 汽车 技术 我们 记者 报道`)},
		{"arabic", "ar", prose(1<<20, " ", ". ", `أعلنت الشركة يوم الأربعاء عن إمدادات جديدة للمنطقة في من على إلى الصين السوق الرئيس مليون دولار وقال التي هذا شانغهاي بنك للطاقة`)},
	} {
		b.Run(text.name, func(b *testing.B) {
			b.SetBytes(int64(len(text.body)))
			for b.Loop() {
				m.Match(Document{Body: text.body, Language: text.language})
			}
		})
		b.Run(text.name+"/automaton", func(b *testing.B) { // to compare: the automaton without folding and rules
			b.SetBytes(int64(len(text.body)))
			folded := []byte(fold(text.body))
			var hits []hit
			for b.Loop() {
				hits = m.machine.scan(folded, hits[:0])
			}
		})
	}
	b.Run("read", func(b *testing.B) { // to compare: touching every byte once
		b.SetBytes(int64(len(latin)))
		for b.Loop() {
			sum(latin)
		}
	})
	b.Logf("%d keys, %d classes, %d of %d states have a row, %d MB", len(m.keys), m.machine.stride, m.machine.rows, len(m.machine.deep)+int(m.machine.rows), (len(m.machine.next)*4+len(m.machine.deep)*12+len(m.machine.edges)*8+len(m.machine.ends)*8)>>20)
}

func BenchmarkArticle(b *testing.B) {
	m := matcher(b)
	doc := Document{Title: "Chip maker opens plant", Body: english(2000) + " Then Nio and Huawei spoke. " + english(1500), Language: "en"}
	b.SetBytes(int64(len(doc.Body)))
	b.ReportAllocs()
	for b.Loop() {
		m.Match(doc)
	}
}
