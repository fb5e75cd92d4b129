package wording

import "testing"

func TestNamesTakeEndings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, ending, name, want string }{
		{"de", "gen", "Huawei", "Huaweis"},
		{"de", "gen", "Seres", "Seres’"},
		{"de", "gen", "Bank of China", ""},
		{"tr", "gen", "Huawei", "Huawei'nin"},
		{"tr", "gen", "Tencent", "Tencent'in"},
		{"tr", "gen", "Baidu", "Baidu'nun"},
		{"tr", "gen", "CATL", "CATL'nin"},
		{"tr", "dat", "Alibaba", "Alibaba'ya"},
		{"tr", "abl", "Sinovac", "Sinovac'dan"},
		{"tr", "abl", "Tencent", "Tencent'ten"},
		{"pl", "gen", "Tencent", "Tencenta"},
		{"pl", "ins", "Boeing", "Boeingiem"},
		{"pl", "gen", "Alibaba", "Alibaby"},
		{"pl", "gen", "Tesla", "Tesli"},
		{"pl", "gen", "Huawei", ""},
		{"pl", "gen", "BYD", ""},
		{"ru", "gen", "Хуавэй", "Хуавэя"},
		{"ru", "gen", "Алибаба", "Алибабы"},
		{"ru", "gen", "Тенсент", "Тенсента"},
		{"ru", "gen", "Леново", ""},
		{"ru", "gen", "Huawei", ""},
		{"en", "gen", "Huawei", ""},
	} {
		if got := inflect(c.language, c.ending, c.name); got != c.want {
			t.Errorf("%s %s of %q is %q, want %q", c.language, c.ending, c.name, got, c.want)
		}
	}
}
