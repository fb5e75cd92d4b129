package evaluate

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/sql/seeds"
)

const (
	plantWire = `HAMBURG (Reuters) - The carmaker BYD opened a battery plant on Tuesday that will employ 2,150 people and supply three German manufacturers, the company said.
Production starts in May with one line, and two more follow next year, plant manager Lena Novak said at the ceremony. The state gave 84 million euros towards the building, a sum that competitors have called a distortion.
Unions welcomed the jobs but asked for a wage agreement before the first shift. Analysts at Nomura expect that cells made in Hamburg cost 18.5 percent more than those from Fujian.
The plant draws its power from wind parks in the North Sea under a contract of 15 years. Sales of the company's cars in Europe doubled to 31,400 last year.`
	plantGerman = `HAMBURG (Reuters) - Der Autobauer BYD hat am Dienstag ein Batteriewerk eröffnet, das 2.150 Menschen beschäftigen und drei deutsche Hersteller beliefern soll, wie das Unternehmen mitteilte.
Die Fertigung beginnt im Mai mit einer Linie, sagte Werksleiterin Lena Novak bei der Feier. Das Land gab 84 Millionen Euro für den Bau, was Wettbewerber eine Verzerrung nennen.
Fachleute von Nomura erwarten, dass Zellen aus Hamburg 18,5 Prozent mehr kosten als solche aus Fujian. Der Absatz in Europa hat sich auf 31.400 Wagen verdoppelt.`
	otherReport = `LONDON (Reuters) - The airline Keltra cut its outlook on Tuesday after fuel costs rose 12.4 percent and bookings for the summer fell short of 410,000 seats.
Chief executive Paul Brandt said the carrier would ground 23 aircraft until October and renegotiate leases worth 1.9 billion dollars with its lenders, led by Santander.
Shares fell to 4.62 pounds, the lowest since the listing. Brokers at Jefferies said that the dividend was at risk and that rivals were better hedged against the price of oil.`
)

func storiesLine(t *testing.T, id, kind, label string, a, b [3]string) string {
	t.Helper()
	member := func(m [3]string) map[string]string {
		return map[string]string{"lang": m[0], "title": "A title", "text": m[1], "published_at": m[2], "outlet": "o", "publisher": "p"}
	}
	line, err := json.Marshal(map[string]any{"id": id, "kind": kind, "label": label, "a": member(a), "b": member(b)})
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

func writeStories(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pairs.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStories(t *testing.T) {
	t.Parallel()
	const first, later = "2026-03-01T08:00:00Z", "2026-03-02"
	file := writeStories(t,
		storiesLine(t, "1", "local lead", "same", [3]string{"en", plantWire, first}, [3]string{"en", "Good news for our town, says the chamber of commerce.\n" + plantWire, later}),
		storiesLine(t, "2", "same agency", "different", [3]string{"en", plantWire, first}, [3]string{"en", otherReport, first}),
		storiesLine(t, "3", "translation", "translation", [3]string{"en", plantWire, first}, [3]string{"de", plantGerman, later}),
		storiesLine(t, "4", "too late", "same", [3]string{"en", plantWire, first}, [3]string{"en", plantWire, "2026-03-09"}),
		storiesLine(t, "5", "bad", "alike", [3]string{"en", plantWire, first}, [3]string{"en", plantWire, first}),
		storiesLine(t, "6", "bad", "same", [3]string{"en", plantWire, "yesterday"}, [3]string{"en", plantWire, first}),
		storiesLine(t, "7", "bad", "same", [3]string{"en", " ", first}, [3]string{"en", plantWire, first}),
	)
	var cases []StoriesCase
	report, err := Stories(t.Context(), []string{file}, StoriesOptions{
		Observe: func(c StoriesCase) { cases = append(cases, c) },
		Companies: func(_, _, text string) []string {
			if strings.Contains(text, "BYD") {
				return []string{"byd"}
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, c := range cases {
		found = append(found, c.ID+" "+c.Language+" "+c.Found)
	}
	if diff := cmp.Diff([]string{"1 en same", "2 en different", "3 de-en translation", "4 en different"}, found); diff != "" {
		t.Errorf("cases (-want +got):\n%s", diff)
	}
	if report.Pairs != 4 || report.Same.Expected != 2 || report.Same.Right != 1 || report.Same.Recall.Value != 0.5 || report.Same.Precision.Value != 1 || report.Translation.F1.Value != 1 {
		t.Errorf("report %+v", report.StoriesGroup)
	}
	if len(report.ByKind) != 4 || len(report.ByLanguage) != 2 || len(report.Damaged) != 3 {
		t.Errorf("%d kinds, %d languages, damaged %v", len(report.ByKind), len(report.ByLanguage), report.Damaged)
	}
	day := time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)
	want := seeds.Quality{
		Stage: "stories", Set: "own", Split: "dev", Breakdown: "all", Part: "all", Measure: "recall",
		Value: "0.500000", Low: "0.094531", High: "0.905469", Count: 2, MeasuredOn: day,
	}
	seen := map[[3]string]bool{}
	isThere := false
	for _, row := range report.Quality("own", "dev", day) {
		isThere = isThere || row == want
		key := [3]string{row.Breakdown, row.Part, row.Measure}
		if seen[key] {
			t.Errorf("two rows of %v", key)
		}
		seen[key] = true
	}
	if !isThere || !seen[[3]string{"language", "de-en", "translation_f1"}] || !seen[[3]string{"kind", "too late", "accuracy"}] {
		t.Errorf("rows %v", seen)
	}
	if _, err := Stories(t.Context(), []string{file + ".gone"}, StoriesOptions{}); !errors.Is(err, ErrNoFile) {
		t.Errorf("a file that is not there: %v", err)
	}
}
