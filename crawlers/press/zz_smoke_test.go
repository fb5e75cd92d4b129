package press

import ("testing";"time";"fmt";"os")

func TestZZ(t *testing.T) {
	cs := []Company{}
	for i, n := range []string{"Huawei","BYD","Xiaomi","Tencent","Alibaba","Lenovo","Haier","Geely","CATL","Bank of China","Nvidia"} {
		cs = append(cs, Company{ID: fmt.Sprint("c",i), Name:n, Sector: []string{"electronics","automotive","banking"}[i%3], Chinese: n!="Nvidia", Names: map[string][]string{"und":{n}}})
	}
	at := time.Now()
	p, err := New(Config{Seed: 1, Outlets: 100, Nights: 7, LastNight: time.Date(2026,3,8,0,0,0,0,time.UTC), Companies: cs, Tricks: AllTricks()})
	if err != nil { t.Fatal(err) }
	fmt.Println("new", time.Since(at), len(p.articles), len(p.stories)); at = time.Now()
	tr := p.Truth(80)
	fmt.Println("truth", time.Since(at), len(tr.Articles)); at = time.Now()
	f := Found{}
	for _, a := range tr.Articles { if a.IsToBeHad { f.Articles = append(f.Articles, FoundArticle{a.CanonicalURL,a.OutletID,a.Night,a.StoryID}); for _, m := range a.Mentions { f.Mentions = append(f.Mentions, FoundMention{a.CanonicalURL,m.CompanyID})}}}
	for _, s := range tr.Ranking { f.Ranking = append(f.Ranking, s.CompanyID) }
	p.Score(f).WriteText(os.Stdout)
	lang := os.Getenv("L")
	n := 0
	for i := range p.articles { a := &p.articles[i]; if p.outlets[a.outlet].language == lang && n < 30 { n++; h, _ := p.headline(a); fmt.Println(p.stories[a.story].kind, "|", h); if n%15==0 { for _, par := range p.compose(a,false).paragraphs { fmt.Println("   ", p.wordings[lang].join(par)) } } } }
	for i := 0; i< 10; i++ { fmt.Println(tr.Articles[i*100].CanonicalURL, p.outlets[i].name, p.outlets[i].publisher) }
}
