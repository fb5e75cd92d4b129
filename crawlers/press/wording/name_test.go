package wording

import (
	"strings"
	"testing"

	"github.com/overheard-news/overheard/crawlers/press/dice"
)

func TestTradeOf(t *testing.T) {
	t.Parallel()
	for sector, want := range map[string]string{
		"cars and batteries": "car", "consumer electronics": "electronics", "electronics manufacturing": "electronics", "electricity": "energy",
		"semiconductors and displays": "chip", "banking": "bank", "financial technology": "internet", "telecom equipment": "telecom",
		"food and drink": "consumer", "consumer brands": "consumer", "real estate": "building", "phones": "phone", "conglomerate": "industry", "": "industry",
	} {
		if got := TradeOf(sector); got != want {
			t.Errorf("%q is trade %q, want %q", sector, got, want)
		}
	}
}

// A name of many meanings is never the first to stand in a text without context.
func TestHardNamesWaitForTheirContext(t *testing.T) {
	t.Parallel()
	languages, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	hard := Name{Forms: []string{"Nio"}, NeedsMore: true, IsChinese: true, Trade: "car", Seat: "Shanghai"}
	for code, w := range languages {
		for _, section := range []string{"l.launch", "l.strike", "l.sanctions", "l.lawsuit", "passing", "rival"} {
			for seed := range uint64(20) {
				d := dice.Roll(seed, section)
				s := Slots{Names: [2]Name{hard, hard}, City: "X", Goods: "Y"}
				line := w.Say(section, &d, &s)
				isIntroduced := false
				for _, trade := range w.List("trade.car") {
					isIntroduced = isIntroduced || strings.Contains(strings.ToLower(line), strings.ToLower(trade))
				}
				if !strings.Contains(line, "Nio") || !isIntroduced || strings.Contains(line, ",,") {
					t.Errorf("%s %s: %q", code, section, line)
				}
				if again := w.Say("passing", &d, &s); !strings.Contains(again, "Nio") {
					t.Errorf("%s: later %q", code, again)
				}
			}
		}
	}
}

func TestEveryLanguageSetsTraps(t *testing.T) {
	t.Parallel()
	languages, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	for code, w := range languages {
		if n := w.Count("trap"); n < 4 {
			t.Errorf("%s has %d traps, want at least 4", code, n)
		}
	}
}

func TestACompanyNeedsAPhraseThatIntroducesIt(t *testing.T) {
	t.Parallel()
	data, err := files.ReadFile("en.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parse("en", strings.ReplaceAll(string(data), "{who2}", "{co2}")); err == nil || !strings.Contains(err.Error(), "introduces") {
		t.Errorf("error %v, want one about a missing introduction", err)
	}
}
