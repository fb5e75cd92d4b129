package story

import (
	"slices"
	"testing"
)

// TestNumbersAreReadAlike: each line is one number as languages write it.
func TestNumbersAreReadAlike(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want    string // in English
		writing []string
	}{
		{"1.2 billion", []string{"1,200,000,000", "1.200.000.000", "1 200 000 000", "1,2 Milliarden", "1,2 milliard", "1.2bn", "$1.2bn", "$US1.2 billion", "US$1.2 billion", "RMB1.2bn", "Rp1,2 miliar", "EUR1.2bn", "12億", "12亿", "12억", "1,2 млрд", "1,2 миллиарда", "1,2 mil millones", "1,2 bilhão", "1.2 milyar", "1,2 miliar", "1,2 miliardi", "1,2 miljard", "१.२ अरब", "١٫٢ مليار", "1.2 พันล้าน", "120 करोड़", "1,2 mld", "1,2 mia"}},
		{"24,310.55", []string{"24.310,55", "24 310,55", "24 310,55", "24'310.55", "２４，３１０．５５", "2万4310.55"}},
		{"3.5", []string{"3,5", "3.5%", "3,50", "３．５％"}},
		{"350,000", []string{"350.000", "350 000", "35万", "35萬", "35만", "350 thousand", "350 mil", "3.5 lakh", "350 ribu", "350 тыс", "350 тысяч", "350 bin"}},
		{"120 million", []string{"1億2000万", "1亿2000万", "1억 2000만", "120 Mio", "120 millones", "$120m", "120 миллионов", "120 juta"}},
		{"1.5 trillion", []string{"1,5 Billionen", "1.5兆", "1조 5000억", "1,5 трлн", "1,5 billones", "1,5 lakh crore"}},
	} {
		want := Facts("en", "", "It was "+c.want+" in all")
		for _, w := range c.writing {
			if got := Facts("en", "", "it was "+w+" in all"); !slices.Equal(got, want) {
				t.Errorf("%s is not %s: %v, want %v", w, c.want, got, want)
			}
		}
	}
	for _, text := range []string{"in 2026", "at 14:30", "on 03.10.2026", "2026-10-03", "five of 7", "the A320 and 5G and G20 and covid-19 and the cx1.25", "version 1.2.3.4"} {
		if got := Facts("en", "", text); len(got) > 0 {
			t.Errorf("%q has facts: %v", text, got)
		}
	}
}

// TestNamesAreReadAlike: each line is one name as languages write it.
func TestNamesAreReadAlike(t *testing.T) {
	t.Parallel()
	for _, list := range [][]string{
		{"with Wolfsburg", "в Вольфсбурге", "とヴォルフスブルク"},
		{"by Hamburg", "из Гамбурга", "のハンブルク", "w Hamburgu"},
		{"said Trump", "сказал Трамп", "のトランプ", "dijo Trump"},
		{"said Zuckerberg", "сказал Цукерберг"},
		{"at Siemens", "в Сименс", "のジーメンス"},
		{"at BYD", "в BYD", "在BYD", "von BYD"},
		{"in Volkswagen's", "в Фольксвагене", "のフォルクスワーゲン"},
		{"of Macron", "от Макрона", "του Μακρόν", "のマクロン"},
	} {
		want := Facts("en", "", list[0])
		if len(want) != 1 {
			t.Errorf("%q has %d facts", list[0], len(want))
		}
		for _, text := range list[1:] {
			if got := Facts("und", "", text); !slices.Equal(got, want) {
				t.Errorf("%q is not %q", text, list[0])
			}
		}
	}
	german := Facts("de", "", "Am Dienstag hat das Werk den Betrieb aufgenommen, sagte Angela Merkel bei BYD.")
	if len(german) != 3 {
		t.Errorf("German nouns are names: %d facts, want 3", len(german))
	}
	if got := Facts("en", "", ""); got == nil || len(got) > 0 {
		t.Errorf("facts of nothing: %v, want an empty list", got)
	}
}

// The facts are stored: this golden must never change.
func TestFactsFormat(t *testing.T) {
	t.Parallel()
	got := Facts("en", "Plant for 3,100 workers", "On Tuesday Huawei and BYD said sales rose 12 percent to 4.75 billion yuan in Hamburg.")
	want := goldenFacts
	if !slices.Equal(got, want) {
		t.Errorf("facts %v, want %v", got, want)
	}
}

// TestFullListsAreComparedFairly: of a text with more facts than are kept, a part
// of it is still seen to be a part.
func TestFullListsAreComparedFairly(t *testing.T) {
	t.Parallel()
	var long []int32
	for i := range 200 {
		fact, _ := decimal{digits: int64(1001 + 3*i)}.fact(nil)
		long = append(long, fact)
	}
	part := slices.Clone(long[100:140])
	c := compareFacts(least(long), least(part))
	if c.numbers != c.ofNumbers || c.numbers < 3 {
		t.Errorf("a part of the numbers shares %d of %d", c.numbers, c.ofNumbers)
	}
}

func FuzzFacts(f *testing.F) {
	f.Add("en", wire)
	f.Add("zh", "1億2000万1,2.3 3조 5000억 \xff１２")
	f.Add("und", "99999999999999999999 1.2.3 0.0 1e9 8兆8億8万8")
	f.Fuzz(func(t *testing.T, language, text string) {
		facts := Facts(language, text, text)
		if len(facts) > 2*maxFacts || !slices.IsSorted(facts) {
			t.Fatalf("%d facts, sorted %v", len(facts), slices.IsSorted(facts))
		}
		for _, fact := range facts {
			if fact < 0 || kindOf(fact) > name {
				t.Fatalf("fact %d", fact)
			}
		}
		if c := compareFacts(facts, facts); c.numbers != c.ofNumbers || c.names != c.ofNames {
			t.Fatalf("differs from itself: %+v", c)
		}
	})
}

func BenchmarkFacts(b *testing.B) {
	text := newPress(1).report(30)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Facts("en", "Plant opens", text)
	}
}
