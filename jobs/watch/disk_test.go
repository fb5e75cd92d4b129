package watch

import "testing"

func TestWhenADiskIsNearlyFull(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		percent  int64 // free
		isOpen   bool  // an alert is
		severity string
	}{
		{"half full", 50, false, ""},
		{"just enough", 10, false, ""},
		{"just enough, but told already", 10, true, Warn},
		{"enough again", 12, true, ""},
		{"nearly full", 9, false, Warn},
		{"all but full", 2, false, Fail},
		{"full", 0, true, Fail},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if c, _ := diskCause("here", test.percent<<30, 100<<30, test.isOpen); c.Severity != test.severity {
				t.Errorf("severity %q, want %q", c.Severity, test.severity)
			}
		})
	}
	if _, total, err := space(t.TempDir()); err != nil || total <= 0 {
		t.Errorf("the disk has %d bytes, %v", total, err)
	}
}
