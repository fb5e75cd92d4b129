package press

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/crawlers/warc"
)

// TestArchivesHoldWhatIsTold reads the files back.
func TestArchivesHoldWhatIsTold(t *testing.T) {
	t.Parallel()
	p := newPress(t, nil)
	var told []string
	made, err := p.WriteArchives(t.Context(), Archives{Dir: t.TempDir(), Records: 400, Files: 3, Port: 8099, ForeignShare: 0.5, DamagedShare: 0.05, IsCutOff: true},
		func(c Capture) { told = append(told, c.URL+" "+c.Header.Get("Content-Type")+" "+string(c.Body)) })
	if err != nil {
		t.Fatal(err)
	}
	var had []string
	got := Archived{Files: made.Files}
	for _, name := range made.Files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := file.Stat()
		if err != nil {
			t.Fatal(err)
		}
		got.Bytes += info.Size()
		for r := warc.NewReader(file, 0); ; {
			rec, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			var damage *warc.DamagedError
			var body []byte
			var res *warc.Response
			switch {
			case err == nil && rec.Type != warc.TypeResponse:
				continue
			case err == nil:
				if res, err = rec.Response(); err == nil {
					body, err = res.ReadAll(1 << 20)
				}
			}
			switch {
			case errors.As(err, &damage):
				got.Damaged++
			case err != nil:
				t.Fatal(err)
			default:
				if strings.Contains(rec.TargetURI, ".localhost:8099/") {
					got.Pages++
					had = append(had, rec.TargetURI+" "+res.Header.Get("Content-Type")+" "+string(body))
				} else {
					got.Foreign++
				}
			}
		}
		file.Close()
	}
	if diff := cmp.Diff(made, got); diff != "" {
		t.Errorf("what is in the files (-told +read):\n%s", diff)
	}
	if made.Pages == 0 || made.Foreign == 0 || made.Damaged < 20 {
		t.Errorf("%+v: the shares are not kept", made)
	}
	if !slices.Equal(told, had) {
		t.Errorf("%d pages were told, %d are in the files, or others", len(told), len(had))
	}
}

// TestArchivesNeedPages: a press too small for what is asked says so.
func TestArchivesNeedPages(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(c *Config) { c.Outlets, c.Nights = 2, 1 })
	if _, err := p.WriteArchives(t.Context(), Archives{Dir: t.TempDir(), Records: 10_000}, nil); err == nil {
		t.Error("a press of two outlets filled 10,000 records")
	}
}
