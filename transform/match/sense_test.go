package match

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/sql/seeds"
)

func day(s string) time.Time {
	d, _ := time.Parse(time.DateOnly, s)
	return d
}

func senses(t *testing.T) *Matcher {
	t.Helper()
	m, err := New(seeds.Set{
		Companies: []seeds.Company{
			{ID: "alibaba"}, {ID: "ant-group", ParentID: "alibaba"}, {ID: "lazada", ParentID: "alibaba"},
			{ID: "icbc"}, {ID: "vivo"}, {ID: "gone", ValidFrom: day("2010-01-01"), ValidTo: day("2020-12-31")},
		},
		Aliases: []seeds.Alias{
			exact(alias("icbc", "ICBC", "B")), alias("icbc", "Industrial and Commercial Bank of China", "A"),
			exact(alias("vivo", "Vivo", "C", "smartphone", "BBK")),
			exact(alias("ant-group", "Ant", "C", "Alipay")), alias("alibaba", "Alibaba", "A"), exact(alias("lazada", "Lazada", "A")),
			alias("gone", "Gone Holdings", "A"),
		},
		Anchors: []seeds.Anchor{
			{CompanyID: "icbc", Anchor: "Chen Siqing", Kind: "executive", ValidFrom: day("2019-05-01"), ValidTo: day("2024-02-01")},
			{CompanyID: "icbc", Anchor: "Hu Gu", Kind: "executive"},
			{CompanyID: "vivo", Anchor: "Funtouch", Kind: "product"},
			{CompanyID: "vivo", Anchor: "Nex", Kind: "product"},
		},
		Senses: []seeds.Sense{
			{CompanyID: "icbc", Alias: "ICBC", Sense: "Insurance Corporation of British Columbia", Cues: []string{"British Columbia", "drivers", "B.C."}, Countries: []string{"CA"}},
			{CompanyID: "vivo", Alias: "Vivo", Sense: "Brazilian telecom", Cues: []string{"operadora", "Telefônica"}, Countries: []string{"BR"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestOneOfTheSensesOfANameHolds(t *testing.T) {
	t.Parallel()
	m := senses(t)
	for _, test := range []struct {
		name, country, night, text string
		want                       named
	}{
		{"nothing known", "", "", "On Monday ICBC slept.", named{}},
		{"a report of business", "", "", "On Monday ICBC hired staff.", named{"icbc": "ICBC"}},
		{"press of another country", "GB", "", "On Monday ICBC hired staff.", named{"icbc": "ICBC"}},
		{"press that means the other", "CA", "", "On Monday ICBC lent more.", named{}},
		{"country in small letters", "ca", "", "On Monday ICBC lent more.", named{}},
		{"Chinese trade is no word of its own", "CA", "", "On Monday the Chinese bank ICBC lent more.", named{}},
		{"a person by his age", "", "", "On Monday Rupert Vivo, 66, bought smartphones of BBK and Funtouch.", named{}},
		{"a person by his age, in French", "", "", "Lundi Vivo, 34 ans, vend un smartphone de BBK, dit Vivo.", named{}},
		{"a year is no age", "", "", "Makers of smartphones such as Vivo, 2009, and BBK.", named{"vivo": "Vivo"}},
		{"own word in that press", "CA", "", "On Monday ICBC lent more, said its chairman Chen Siqing.", named{"icbc": "ICBC"}},
		{"long form in that press", "CA", "", "The Industrial and Commercial Bank of China, or ICBC, lent more.", named{"icbc": "Industrial and Commercial Bank of China"}},
		{"cue of the other", "", "", "On Monday ICBC raised rates. Its drivers pay more.", named{}},
		{"one cue and one anchor far apart", "", "", "On Monday ICBC lent more. Delivery was slow.\nIts drivers slept.\nChen Siqing spoke.", named{}},
		{"one cue, one anchor nearer", "", "", "On Monday ICBC's Chen Siqing lent more. Delivery was slow.\nThe drivers slept.", named{"icbc": "ICBC"}},
		{"two cues, one anchor", "", "", "On Monday ICBC's Chen Siqing lent more. The drivers of British Columbia slept.", named{}},
		{"one cue, two anchors", "", "", "On Monday ICBC lent more. Chen Siqing spoke; Hu Gu and drivers, too.", named{"icbc": "ICBC"}},
		{"chairman of the time", "CA", "2023-01-01", "On Monday ICBC lent more, said Chen Siqing.", named{"icbc": "ICBC"}},
		{"chairman no more", "CA", "2025-01-01", "On Monday ICBC lent more, said Chen Siqing.", named{}},
		{"C by an anchor of its company", "", "", "On Monday Vivo showed Funtouch.", named{"vivo": "Vivo"}},
		{"anchor with a capital asks for one", "", "", "On Monday Vivo met his nex of kin.", named{}},
		{"C with nothing", "", "", "On Monday Vivo showed things.", named{}},
		{"C where the other is at home", "BR", "", "On Monday Vivo showed a smartphone.", named{"vivo": "Vivo"}},
		{"C where the other is at home, by trade", "BR", "", "On Monday the Chinese brand Vivo showed things.", named{}},
		{"C against two cues", "BR", "", "A operadora Vivo, da Telefônica, vende smartphone.", named{}},
		{"parent anchors", "", "", "On Monday Ant fell. So did Alibaba.", named{"ant-group": "Ant", "alibaba": "Alibaba"}},
		{"sister anchors", "", "", "On Monday Ant fell. So did Lazada.", named{"ant-group": "Ant", "lazada": "Lazada"}},
		{"no relative", "", "", "On Monday Ant fell. So did ICBC shares.", named{"icbc": "ICBC"}},
		{"company before its time", "", "2009-12-31", "Then Gone Holdings came.", named{}},
		{"company in its time", "", "2010-01-01", "Then Gone Holdings came.", named{"gone": "Gone Holdings"}},
		{"company after its time", "", "2021-01-01", "Then Gone Holdings came.", named{}},
	} {
		got := names(m.Match(Document{Body: test.text, Language: "en", Country: test.country, Night: day(test.night)}))
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
