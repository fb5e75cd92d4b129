package match

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/overheard-news/overheard/sql/seeds"
)

// manyAliases makes n names that look like those of companies.
func manyAliases(n int) []seeds.Alias {
	source := rand.New(rand.NewPCG(1, 2))
	syllables := strings.Fields("shan dong xin hua wei bei jing tong li gu zhong he tai yang fu gang an hai lian sheng mei da")
	ends := strings.Fields("Group Holdings Bank Energy Motor Technology Pharma Steel")
	list := make([]seeds.Alias, n)
	for i := range list {
		var name strings.Builder
		for range 2 + source.IntN(3) {
			name.WriteString(syllables[source.IntN(len(syllables))])
		}
		list[i] = alias(fmt.Sprintf("c%d", i/10), strings.ToUpper(name.String()[:1])+name.String()[1:]+" "+ends[source.IntN(len(ends))]+fmt.Sprint(i%7), "A")
	}
	return list
}

// english makes text of the letter and word frequencies of news, near enough.
func english(size int) string {
	source := rand.New(rand.NewPCG(3, 4))
	common := strings.Fields(`the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one
		you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only
		other time new some could these two may first then do any like my now over such our man me even most made after also did many off
		before must well back through years much where your way down should because long each just state those people too mr how little good
		world make very year still see work life get without between used while hand high school government market shares company
		President Germany London minister Tuesday shipping analysts quarter revenue shanxi behind honest antenna xenon dates`)
	var out strings.Builder
	for out.Len() < size {
		out.WriteString(common[source.IntN(len(common))])
		out.WriteByte(" .,\n"[max(0, source.IntN(60)-56)])
		if out.Len()%5 == 0 {
			out.WriteByte(' ')
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

func BenchmarkPass(b *testing.B) {
	m, err := New(seeds.Set{Aliases: manyAliases(10_000)})
	if err != nil {
		b.Fatal(err)
	}
	latin := english(1 << 20)
	for _, text := range []struct{ name, body string }{
		{"ascii", latin},
		{"curly", strings.ReplaceAll(latin, "the ", "the’ ")},
		{"cyrillic", strings.Repeat("Компания объявила о новых поставках в регион, сообщили в среду. ", 1<<20/115)},
		{"han", strings.Repeat("该公司周三宣布向该地区提供新产品并扩大生产规模。", 1<<20/72)},
		{"arabic", strings.Repeat("أعلنت الشركة يوم الأربعاء عن إمدادات جديدة للمنطقة. ", 1<<20/92)},
	} {
		b.Run(text.name, func(b *testing.B) {
			b.SetBytes(int64(len(text.body)))
			for b.Loop() {
				m.Match(Document{Body: text.body, Language: "en"})
			}
		})
	}
	b.Run("read", func(b *testing.B) { // to compare: touching every byte once
		b.SetBytes(int64(len(latin)))
		for b.Loop() {
			sum(latin)
		}
	})
	b.Run("automaton", func(b *testing.B) { // to compare: the automaton without folding and rules
		b.SetBytes(int64(len(latin)))
		text := []byte(strings.ToLower(latin))
		var hits []hit
		for b.Loop() {
			hits = m.machine.scan(text, hits[:0])
		}
	})
	b.Logf("%d keys, %d classes, table %d MB", len(m.keys), m.machine.stride, len(m.machine.next)*4>>20)
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
