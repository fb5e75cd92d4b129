package seeds

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

func TestBuiltInIsWithoutFault(t *testing.T) {
	t.Parallel()
	if _, err := BuiltIn(); err != nil {
		t.Error(err)
	}
}

func TestBuiltInIsLargeEnough(t *testing.T) {
	t.Parallel()
	set, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	comparators, withChinese := 0, map[string]bool{}
	for _, c := range set.Companies {
		if c.IsComparator {
			comparators++
		}
	}
	classes := map[string]int{}
	languages := map[string]bool{}
	for _, a := range set.Aliases {
		classes[a.Class]++
		languages[a.Language] = true
		if a.Language == "zh" && a.Class != "D" {
			withChinese[a.CompanyID] = true
		}
	}
	iso := 0
	for _, c := range set.Countries {
		if c.Code != "ZZ" && c.Code != "XK" {
			iso++
		}
	}
	tests := []struct {
		what           string
		got, atLeast   int
		atMostIfNotNil int
	}{
		{"countries of ISO 3166-1", iso, 249, 249},
		{"languages", len(set.Languages), 184, 0},
		{"companies that are ranked", len(set.Companies) - comparators, 300, 500},
		{"companies to compare with", comparators, 30, 0},
		{"companies with a Chinese name to find them by", len(withChinese), 450, 0},
		{"languages of aliases", len(languages), 20, 0},
		{"aliases of class A", classes["A"], 8000, 0},
		{"aliases of class B", classes["B"], 100, 0},
		{"aliases of class C", classes["C"], 400, 0},
		{"blockers", classes["D"], 700, 0},
		{"anchors", len(set.Anchors), 1500, 0},
		{"other senses", len(set.Senses), 80, 0},
	}
	for _, test := range tests {
		if test.got < test.atLeast || test.atMostIfNotNil > 0 && test.got > test.atMostIfNotNil {
			t.Errorf("%s: %d, want at least %d", test.what, test.got, test.atLeast)
		}
	}
}

// The models of the first method version read these names.
func TestBuiltInHasTheConstantsOfTheMethod(t *testing.T) {
	t.Parallel()
	set, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"salience_headline": "1.0", "salience_lead": "0.6", "salience_body": "0.35", "salience_passing": "0.15",
		"copy_credit_log_factor": "0.5", "decay_half_life_nights": "7", "outlet_prior_articles": "100", "global_prior_articles": "500",
		"country_weight_cap": "0.08", "reach_tier_1": "1.0", "reach_tier_2": "0.4", "reach_tier_3": "0.15", "outlet_up_share": "0.7",
		"outlet_partial_share": "0.2", "panel_degraded_share": "0.8", "panel_publish_share": "0.5", "story_window_nights": "3",
	}
	for name, value := range want {
		if !slices.ContainsFunc(set.Constants, func(c Constant) bool {
			return c.MethodVersion == "ocpi-v1" && c.Name == name && c.Value == value
		}) {
			t.Errorf("constant %s = %s of ocpi-v1 is not there", name, value)
		}
	}
}

// Names that mean something else too are never accepted without context, and
// what they are mistaken for is blocked.
func TestBuiltInHandlesKnownCollisions(t *testing.T) {
	t.Parallel()
	set, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	class := map[string]string{}
	for _, a := range set.Aliases {
		class[a.CompanyID+"/"+a.Alias+"/"+a.Language] = a.Class
		if a.Class != "D" && a.Language == "und" && len(a.Alias) <= 4 && a.Alias == fold(a.Alias) && !a.IsCaseSensitive {
			t.Errorf("alias %q of %s is a short word in small letters and not case-sensitive", a.Alias, a.CompanyID)
		}
	}
	tests := []struct{ key, class string }{
		{"icbc/ICBC/und", "C"}, {"icbc/Insurance Corporation of British Columbia/und", "D"},
		{"saic/SAIC/und", "C"}, {"saic/Science Applications International/und", "D"}, {"saic/MG/und", "C"},
		{"boe/BOE/und", "C"}, {"boe/Bank of England/und", "D"},
		{"abc/ABC/und", "C"}, {"boc/BOC/und", "C"}, {"ccb/CCB/und", "C"}, {"tcl/TCL/und", "C"}, {"smic/SMIC/und", "C"},
		{"vivo/Vivo/und", "C"}, {"vivo/in vivo/und", "D"}, {"gree/Gree/und", "C"}, {"gwm/Great Wall/und", "C"}, {"gwm/Great Wall of China/und", "D"},
		{"nio/Nio/und", "C"}, {"didi/Didi/und", "C"}, {"pdd/Temu/und", "C"}, {"anker/Anker/und", "C"}, {"ant-group/Ant/und", "C"}, {"ant-group/ant colony/und", "D"},
		{"honor/Honor/und", "C"}, {"oppo/Oppo/und", "C"}, {"dongfeng/Dongfeng/und", "C"}, {"dongfeng/Dongfeng-41/und", "D"},
		{"boc/Bank of China/und", "A"}, {"boc/People's Bank of China/und", "D"}, {"boc/Bank of China Tower/und", "D"}, {"boc/中国人民银行/zh", "D"}, {"boc/中国銀行/ja", "C"},
		{"china-mobile/China mobile games/und", "D"}, {"cgn/CGN/und", "C"}, {"china-life/China Life/und", "C"},
	}
	for _, test := range tests {
		if class[test.key] != test.class {
			t.Errorf("%s is of class %q, want %q", test.key, class[test.key], test.class)
		}
	}
}

// Companies the whole world writes about are found in every script of the press.
func TestBuiltInHasTheScriptsOfThePress(t *testing.T) {
	t.Parallel()
	set, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	scripts := map[string]*unicode.RangeTable{
		"Latin": unicode.Latin, "Han": unicode.Han, "Katakana": unicode.Katakana, "Hangul": unicode.Hangul, "Cyrillic": unicode.Cyrillic, "Arabic": unicode.Arabic,
		"Hebrew": unicode.Hebrew, "Devanagari": unicode.Devanagari, "Thai": unicode.Thai, "Greek": unicode.Greek,
	}
	for _, company := range []string{"huawei", "bytedance", "alibaba", "byd", "xiaomi", "sinopec"} {
		for name, script := range scripts {
			if !slices.ContainsFunc(set.Aliases, func(a Alias) bool {
				return a.CompanyID == company && a.Class != "D" && strings.ContainsFunc(a.Alias, func(r rune) bool { return unicode.Is(script, r) })
			}) {
				t.Errorf("%s has no name in %s", company, name)
			}
		}
	}
}

// A company that was merged away hands its name over on one day.
func TestBuiltInHandsNamesOver(t *testing.T) {
	t.Parallel()
	set, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	day := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	tests := []struct {
		alias  string
		night  time.Time
		holder string
	}{
		{"ChemChina", day(2021, 5, 7), "chemchina"},
		{"ChemChina", day(2021, 5, 8), "sinochem"},
		{"China Shipbuilding Industry Corporation", day(2019, 11, 25), "csic"},
		{"China Shipbuilding Industry Corporation", day(2019, 11, 26), "cssc"},
		{"Haitong Securities", day(2025, 3, 13), "haitong"},
		{"Haitong Securities", day(2025, 3, 14), "guotai-haitong"},
	}
	for _, test := range tests {
		var holders []string
		for _, a := range set.Aliases {
			holds := (a.ValidFrom.IsZero() || !test.night.Before(a.ValidFrom)) && (a.ValidTo.IsZero() || !test.night.After(a.ValidTo))
			if a.Alias == test.alias && a.Class != "D" && holds {
				holders = append(holders, a.CompanyID)
			}
		}
		if len(holders) != 1 || holders[0] != test.holder {
			t.Errorf("%s on %s is %v, want %s", test.alias, test.night.Format(time.DateOnly), holders, test.holder)
		}
	}
}
