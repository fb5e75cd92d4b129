package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What outlets list says of an outlet is what decides how it is read and whether it counts.
func TestOutletsListTellsZoneReachAndPanel(t *testing.T) {
	t.Parallel()
	entry := func(id, country, more string) string {
		return "- id: " + id + "\n  name: " + id + "\n  publisher: " + id + "\n  country: " + country + "\n  language: en\n  tier: 2\n" + more +
			"  home_url: https://" + id + ".example.com/\n  channels:\n    - {kind: feed, url: \"https://" + id + ".example.com/feed\"}\n"
	}
	dir := filepath.Dir(writeFile(t, "us.yaml", entry("tribune", "US", "  time_zone: America/Denver\n  reach: global\n")))
	if err := os.WriteFile(filepath.Join(dir, "hk.yaml"), []byte(entry("harbour", "HK", "")), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"OVERHEARD_CRAWL_OUTLETS_DIR=" + dir}
	type fields struct {
		OutletID  string `json:"outlet_id"`
		TimeZone  string `json:"time_zone"`
		Reach     string `json:"reach"`
		IsInPanel *bool  `json:"is_in_panel"`
	}
	var got []fields
	decode(t, call(t, env, "--json", "outlets", "list"), &got)
	yes, no := true, false
	want := []fields{{"harbour", "Asia/Hong_Kong", "regional", &no}, {"tribune", "America/Denver", "global", &yes}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outlets list --json (-want +got):\n%s", diff)
	}
	table := strings.Split(call(t, env, "outlets", "list").stdout, "\n")
	for i, words := range []string{"ID NAME PUBLISHER COUNTRY LANGUAGE TIER REACH ZONE CHANNELS", "harbour harbour harbour HK en 2 regional Asia/Hong_Kong 1", "tribune tribune tribune US en 2 global America/Denver 1"} {
		if got := strings.Join(strings.Fields(table[min(i, len(table)-1)]), " "); got != words {
			t.Errorf("outlets list, line %d: %q, want %q", i+1, got, words)
		}
	}
}
