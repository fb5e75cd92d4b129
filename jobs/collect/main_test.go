package collect_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets more tests run at a time than there are cores: most of them wait,
// for a host's gap, a retry or a deadline.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
