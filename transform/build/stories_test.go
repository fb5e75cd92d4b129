package build

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSketchText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []int32
	}{
		{"{}", []int32{}},
		{"{7}", []int32{7}},
		{"{1,-20,2147483647,-2147483648,0}", []int32{1, -20, 2147483647, -2147483648, 0}},
	} {
		var got sketchText
		if err := got.Scan([]byte(c.text)); err != nil {
			t.Errorf("scan %s: %v", c.text, err)
		}
		if diff := cmp.Diff(c.want, []int32(got)); diff != "" {
			t.Errorf("scan %s differs (-want +got):\n%s", c.text, diff)
		}
	}
	for _, source := range []any{nil, "{1}", []byte(""), []byte("1,2"), []byte("{NULL}")} {
		if err := new(sketchText).Scan(source); err == nil {
			t.Errorf("scan %v: no error", source)
		}
	}
}
