package story

import (
	"fmt"
	"testing"
	"time"
)

// filledForms are filled in anew every day; %[1]s is a name, the others are numbers.
var filledForms = []struct {
	name, language, text string
	names                [2]string
	numbers              [2][]any
}{
	{
		"an exchange, day by day", "en",
		`HONG KONG (Reuters) - Hong Kong stocks closed %[2]s on Tuesday as investors weighed earnings against worries about demand. The Hang Seng index ended %[3]v percent %[2]s at %[4]v points, while the China Enterprises index moved %[5]v percent. Among the most active names were lenders and property developers, followed by technology shares. The sub-index of energy shares moved %[6]v percent, while the IT sector was %[7]v percent away from its close of the day before. Around the region, the MSCI index of shares in Asia outside Japan was %[8]v percent away from its last close. The yuan was quoted at %[9]v per dollar at the end of trade.`,
		[2]string{"x", "x"},
		[2][]any{{"higher", 1.24, "24,310.55", 0.87, 2.15, 3.31, 0.42, 7.1123}, {"lower", 0.36, "23,998.12", 1.53, 0.74, 1.19, 0.95, 7.1377}},
	},
	{
		"the weather of two towns", "en",
		`%[1]s will see a mix of sun and cloud tomorrow, with a light breeze from the west. Expect a high of %[2]v degrees and a low of %[3]v. The chance of rain stands at %[4]v percent before noon and %[5]v percent later in the day, with gusts of up to %[6]v kilometres an hour. The sun rises at 6:42 and sets at 17:58. The outlook for the rest of the week is much the same, say the forecasters, who advise walkers to carry a coat and drivers to watch out for fog in the valleys at dawn.`,
		[2]string{"Leeds", "Norwich"},
		[2][]any{{14, 10, 35, 60, 45}, {19, 12, 15, 20, 30}},
	},
	{
		"a notice of holdings", "en",
		`%[1]s increased its stake in the company during the third quarter, according to its most recent filing with the regulator. The institutional investor owned %[2]v shares of the stock after buying an additional %[3]v shares during the period. Its holdings were worth $%[4]v at the end of the most recent reporting period. Several other large investors have also recently added to or reduced their stakes in the business. The stock opened at $%[5]v on Friday. The firm has a market capitalization of $%[6]v billion, a price-to-earnings ratio of %[7]v and a beta of %[8]v. The firm's fifty day moving average is $%[9]v.`,
		[2]string{"Merrick Partners", "Dunmore Capital"},
		[2][]any{{"121,340", "10,221", "4,310,000", 38.05, 24.7, 14.2, 1.12, 36.91}, {"88,902", "1,415", "12,930,000", 104.2, 88.1, 31.9, 0.87, 99.35}},
	},
	{
		"eine Börse, Tag für Tag", "de",
		`Der Leitindex hat am Dienstag %[2]s geschlossen. Der Dax ging mit einem Abstand von %[3]v Prozent zum Vortag bei %[4]v Punkten aus dem Handel. Der MDax der mittelgroßen Unternehmen bewegte sich um %[5]v Prozent auf %[6]v Zähler. Händler verwiesen auf die Vorgaben aus Übersee und auf die laufende Berichtssaison. Am Rentenmarkt lag die Umlaufrendite bei %[7]v Prozent. Der Euro notierte am Abend bei %[8]v Dollar, die Europäische Zentralbank hatte den Referenzkurs am Nachmittag auf %[9]v Dollar festgesetzt.`,
		[2]string{"x", "x"},
		[2][]any{{"fester", "1,24", "18.310,55", "0,87", "26.015,30", "2,45", "1,0874", "1,0861"}, {"leichter", "0,35", "18.246,02", "1,12", "25.724,11", "2,51", "1,0912", "1,0899"}},
	},
	{
		"每日股市", "zh",
		`周二沪深两市%[2]s收盘，成交较前一日有所变化。截至收盘，上证综指报%[4]v点，变动%[3]v%%；深证成指报%[6]v点，变动%[5]v%%。两市成交额合计%[7]v亿元。盘面上，银行、煤炭和新能源板块表现活跃，医药与半导体板块走势分化。分析人士认为，市场仍在等待宏观数据的指引，短期内指数或维持震荡格局。人民币兑美元中间价报%[8]v，北向资金当日净额为%[9]v亿元。`,
		[2]string{"x", "x"},
		[2][]any{{"高开高走", "1.24", "3310.55", "0.87", "10215.30", "8412", "7.1123", "52.4"}, {"低开低走", "0.36", "3298.61", "1.12", "10101.07", "7955", "7.1150", "31.7"}},
	},
	{
		"two reports of quarters", "es",
		`%[1]s publicó este martes sus resultados del tercer trimestre. La compañía obtuvo un beneficio neto de %[2]v millones de euros, frente a los %[3]v millones del mismo periodo del año anterior. Los ingresos alcanzaron los %[4]v millones, con una variación del %[5]v por ciento. El resultado bruto de explotación se situó en %[6]v millones. La deuda financiera neta cerró septiembre en %[7]v millones. La empresa mantiene sus previsiones para el conjunto del ejercicio y propondrá a la junta un dividendo de %[8]v euros por acción. Los títulos cerraron a %[9]v euros.`,
		[2]string{"Voltara", "Perrin"},
		[2][]any{{"284,5", "251,3", "3.120", "4,2", "512", "1.890", "0,45", "12,31"}, {"97,1", "110,8", "1.044", "-2,7", "188", "640", "0,18", "7,05"}},
	},
}

// TestFormsAreToldApart: the same wording about something else is another story,
// and the very same numbers in a cut reprint are not.
func TestFormsAreToldApart(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)
	alike := 0
	for _, form := range filledForms {
		fill := func(i int) string {
			return fmt.Sprintf(form.text, append([]any{form.names[i]}, form.numbers[i]...)...)
		}
		if form.names[0] == "x" {
			fill = func(i int) string { // the name is not used
				return fmt.Sprintf(form.text+"%.0[1]s", append([]any{""}, form.numbers[i]...)...)
			}
		}
		first, second := newItem(1, at, form.language, "", fill(0)), newItem(2, at.AddDate(0, 0, 1), form.language, "", fill(1))
		items := []Item{first, second}
		if tellings := Cluster(items); tellings[1].ID == tellings[2].ID {
			t.Errorf("%s: two forms are one story (%+v)", form.name, tellings[2])
		}
		j := similarity(first.Sketch, second.Sketch)
		for i := range items {
			items[i].Facts, items[i].Credit = nil, ""
		}
		if tellings := Cluster(items); tellings[1].ID == tellings[2].ID {
			alike++
		}
		t.Logf("%s: similarity %.2f, %+v", form.name, j, compareFacts(first.Facts, second.Facts))
		reprint := newItem(3, at.Add(time.Hour), form.language, "", houseStyle(form.language, fill(0)))
		if tellings := Cluster([]Item{first, reprint}); tellings[3].ID != 1 {
			t.Errorf("%s: a reprint is a story of its own", form.name)
		}
	}
	t.Logf("%d of %d would be one story by their text", alike, len(filledForms))
	if alike == 0 {
		t.Error("no form is alike enough to be told apart by its facts")
	}
}
