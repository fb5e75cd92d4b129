package article

import (
	"testing"
)

func TestLanguage(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, outlet, page, want string }{
		{"English", "The mayor opened the new bridge on Monday after two years of works, and many residents crossed it on foot.", "", "", "en"},
		{"English on a page that says German", "The mayor opened the new bridge on Monday after two years of works, and many residents crossed it on foot before the bus.", "", "de", "en"},
		{"German on a page that says English", "Die Bürgermeisterin eröffnete am Montag nach zwei Jahren Bauzeit die neue Brücke, und viele Bewohner gingen zu Fuß hinüber.", "", "en-US", "de"},
		{"Norwegian from the outlet", "Ordføreren åpnet den nye broen mandag etter to år med arbeid, og mange innbyggere gikk over til fots før bussen.", "nb", "", "no"},
		{"Norwegian detected", "Ordføreren åpnet den nye brua mandag etter to år med arbeid. Hun sa at kommunen ikke har råd til flere slike prosjekter, og at innbyggerne må vente.", "", "", "no"},
		{"Japanese with few kana", "東京都知事選挙の投票が七日行われ、現職が三選を果たした。投票率は六十パーセントを超えた。", "", "", "ja"},
		{"Chinese", "周二上午，本地一家工厂宣布将在年底前新增两条生产线，预计招聘三百名工人。", "", "", "zh"},
		{"Chinese from a Japanese page still Chinese", "周二上午，本地一家工厂宣布将在年底前新增两条生产线，预计招聘三百名工人。", "", "ja", "zh"},
		{"Korean", "화요일 아침 지역의 한 공장이 연말까지 생산 라인 두 개를 늘리겠다고 발표했다.", "", "", "ko"},
		{"Russian", "Во вторник утром местный завод объявил, что до конца года откроет две новые линии и наймёт триста рабочих.", "", "", "ru"},
		{"Ukrainian", "У вівторок уранці місцевий завод оголосив, що до кінця року відкриє дві нові лінії та найме триста робітників.", "", "", "uk"},
		{"Arabic", "أعلن المصنع المحلي صباح الثلاثاء أنه سيفتح خطين جديدين قبل نهاية العام وسيوظف ثلاثمئة عامل.", "", "", "ar"},
		{"Persian", "کارخانه محلی صبح سه‌شنبه اعلام کرد که تا پایان سال دو خط تولید جدید راه‌اندازی می‌کند و سیصد کارگر می‌گیرد.", "", "", "fa"},
		{"Urdu", "مقامی کارخانے نے منگل کی صبح اعلان کیا کہ وہ سال کے آخر تک دو نئی لائنیں کھولے گا اور تین سو مزدور رکھے گا۔", "", "", "ur"},
		{"Armenian", "Տեղական գործարանը երեքշաբթի առավոտյան հայտարարեց, որ մինչև տարեվերջ կբացի երկու նոր գիծ։", "", "", "hy"},
		{"Malay, which the detector does not know", "Kerajaan mengumumkan bahawa jambatan baharu itu akan dibuka kepada orang ramai pada hujung minggu ini selepas dua tahun.", "ms", "", "ms"},
		{"too short to tell", "Oslo 2–1", "", "", "und"},
		{"too short, declared", "Oslo 2–1", "no", "en", "no"},
		{"a tag with a region", "Ok", "pt-BR", "", "pt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := chooseLanguage("", tt.text, tt.outlet, tt.page); got != tt.want {
				t.Errorf("language = %s, want %s", got, tt.want)
			}
		})
	}
}
