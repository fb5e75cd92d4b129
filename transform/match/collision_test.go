package match

import (
	"slices"
	"testing"

	"github.com/overheard-news/overheard/sql/seeds"
)

// The collisions that METHOD 9 names, by the built-in table: each name once as
// the company and at least once as the other thing.
func TestKnownCollisions(t *testing.T) {
	t.Parallel()
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(set)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, company string
		texts         []collision
	}{
		{"ICBC", "icbc", []collision{
			{"en", "GB", "Profit at ICBC fell as the lender set aside more for bad loans.", true},
			{"es", "AR", "El banco ICBC abrió una sucursal en Rosario.", true},
			{"en", "CA", "ICBC will freeze basic rates for another year, the province said.", false},
			{"en", "US", "The crash near Surrey cost ICBC more than any other claim, the Insurance Corporation of British Columbia said.", false},
		}},
		{"SAIC", "saic", []collision{
			{"de", "DE", "Der Autobauer SAIC verkauft mehr Elektroautos in Europa.", true},
			{"en", "US", "SAIC won a task order from the Air Force, the Reston contractor said.", false},
			{"en", "GB", "Science Applications International Corporation (SAIC) hired a new chief.", false},
		}},
		{"BOE", "boe", []collision{
			{"en", "KR", "Apple buys more OLED panels from BOE for the next iPhone.", true},
			{"en", "GB", "The BOE kept interest rates on hold as inflation cooled.", false},
			{"es", "ES", "El decreto se publica hoy en el BOE.", false},
			{"en", "US", "Output rose to 40,000 BOE a day after the well came on.", false},
		}},
		{"ABC", "abc", []collision{
			{"en", "HK", "Agricultural Bank of China said that ABC would lend more to farms.", true},
			{"en", "AU", "The minister told the ABC on Monday that he would not resign.", false},
			{"en", "US", "The series returns to ABC in the autumn, the network said.", false},
			{"es", "ES", "El presidente aseguró a ABC que no habrá elecciones.", false},
		}},
		{"BOC", "boc", []collision{
			{"en", "HK", "Mortgage rates at the lender BOC rose, a note of the Chinese bank says.", true},
			{"en", "CA", "The BOC held its policy rate, and Macklem spoke of inflation.", false},
		}},
		{"CCB", "ccb", []collision{
			{"en", "GB", "China Construction Bank fell; CCB shares are down by a tenth.", true},
			{"en", "CA", "Families will receive the CCB, the child benefit, on Friday.", false},
		}},
		{"TCL", "tcl", []collision{
			{"en", "US", "The new television sets of TCL and Samsung have brighter screens.", true},
			{"fr", "FR", "Les bus et le métro des TCL seront à l'arrêt jeudi à Lyon.", false},
			{"en", "US", "The film had its premiere at the TCL Chinese Theatre in Hollywood.", false},
		}},
		{"Vivo", "vivo", []collision{
			{"en", "IN", "Handset maker Vivo sold more smartphones than Samsung in India.", true},
			{"pt", "BR", "A operadora Vivo amplia a fibra em Curitiba.", false},
			{"en", "GB", "The antibody worked in vivo and in vitro, in mice.", false},
			{"es", "MX", "Partido en vivo: América gana. Vivo a todo color.", false},
		}},
		{"MG", "saic", []collision{
			{"en", "GB", "Dealers say that MG sold more electric cars than Ford, with the MG4 ahead.", true},
			{"en", "US", "Patients took 20 MG of the drug twice a day.", false},
			{"pt", "BR", "O acidente foi em Uberlândia, MG, na rodovia.", false},
		}},
		{"Gree", "gree", []collision{
			{"en", "BR", "In Manaus, Gree makes a million air conditioners a year.", true},
			{"ja", "JP", "ゲーム会社のGREEは新作を発表した。", false},
		}},
		{"Great Wall", "gwm", []collision{
			{"en", "AU", "Sales of Great Wall pickups overtook those of the Hilux.", true},
			{"en", "GB", "Tourists walked on the Great Wall near Badaling at dawn.", false},
		}},
		{"Nio", "nio", []collision{
			{"en", "NO", "The carmaker Nio opens a battery swap station near Oslo.", true},
			{"sv", "SE", "Nio av tio barn läser varje dag.", false},
			{"es", "ES", "El delantero Nio marcó un gol.", false},
		}},
		{"Didi", "didi", []collision{
			{"es", "MX", "Los conductores de la plataforma DiDi piden tarifas más altas.", true},
			{"fr", "FR", "Le sélectionneur Didi Deschamps a choisi ses joueurs.", false},
			{"en", "IN", "Didi will fight the BJP in West Bengal, said Mamata Banerjee.", false},
		}},
		{"Temu", "pdd", []collision{
			{"de", "DE", "Die Verbraucherzentrale mahnt den Onlinehändler Temu ab.", true},
			{"id", "ID", "Temu kangen alumni digelar di aula, warga temu wicara dengan bupati.", false},
		}},
		{"Anker", "anker", []collision{
			{"en", "US", "Anker recalls more than a million power banks.", true},
			{"de", "DE", "Das Schiff warf im Hafen den Anker.", false},
			{"da", "DK", "Forfatteren Peter Anker fortalte om bogen.", false},
		}},
		{"Ant", "ant-group", []collision{
			{"en", "HK", "Alipay's owner Ant buys a broker in Hong Kong.", true},
			{"en", "GB", "Ant colonies thrive in the heat, and the queen lays her eggs.", false},
			{"en", "GB", "Ant and Dec return to the jungle.", false},
		}},
		{"Honor", "honor", []collision{
			{"it", "IT", "Lo smartphone pieghevole di Honor costa meno.", true},
			{"en", "US", "He received the Medal of Honor for his service in the war.", false},
			{"en", "US", "Honor Blackman starred in the film.", false},
		}},
		{"Bank of China", "boc", []collision{
			{"en", "GB", "Then Bank of China lent two billion to the port.", true},
			{"en", "GB", "The People's Bank of China cut its rate.", false},
			{"en", "HK", "Protesters met outside the Bank of China Tower.", false},
		}},
		{"China Mobile", "china-mobile", []collision{
			{"en", "HK", "Shares in China Mobile rose after the results.", true},
			{"en", "US", "The China mobile games market grew by a tenth.", false},
		}},
	} {
		for _, text := range test.texts {
			got := m.Match(Document{Body: text.body, Language: text.language, Country: text.country, Night: day("2026-11-23")})
			if isNamed := slices.ContainsFunc(got, func(m Mention) bool { return m.CompanyID == test.company }); isNamed != text.isCompany {
				t.Errorf("%s in %s of %s: named is %t, want %t: %s (found %v)", test.name, text.language, text.country, isNamed, text.isCompany, text.body, names(got))
			}
		}
	}
}

type collision struct {
	language, country, body string
	isCompany               bool
}
