package jobs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/overheard-news/overheard/jobs"
)

func TestParseSpecRefusesWhatWouldSurpriseAtNight(t *testing.T) {
	t.Parallel()
	tests := []struct {
		spec string
		want string // part of the error; empty: taken
	}{
		{"30 2 * * *", ""},
		{"@daily", ""},
		{"0 0 29 2 *", ""},
		{"0 0 30 2 *", "never fires"},
		{"0 0 31 4,6,9,11 *", "never fires"},
		{"61 * * * *", "above maximum"},
		{"30 2 * *", "five fields"},
		{"CRON_TZ=Asia/Tokyo 30 2 * * *", "schedule.time_zone"},
		{"", "five fields"},
	}
	for _, tt := range tests {
		t.Run(tt.spec, func(t *testing.T) {
			t.Parallel()
			err := jobs.ValidateSpec(tt.spec, time.UTC)
			if tt.want == "" && err != nil {
				t.Errorf("refused: %v", err)
			}
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestParseSpecReadsFieldsInItsZone(t *testing.T) {
	t.Parallel()
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := jobs.ParseSpec("30 2 * * *", tokyo)
	if err != nil {
		t.Fatal(err)
	}
	got := schedule.Next(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	if want := time.Date(2026, 3, 1, 17, 30, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("next %s, want %s (02:30 in Tokyo)", got.UTC(), want)
	}
}
