package warehousetest

import (
	"runtime/debug"
	"slices"
	"testing"
)

// IsRaceBuild tells whether the race detector is on.
func IsRaceBuild() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// SkipLong skips a test that takes minutes under the race detector; make test runs
// it without, by its name (SLOW in the Makefile).
func SkipLong(t testing.TB) {
	t.Helper()
	if testing.Short() || IsRaceBuild() {
		t.Skip("takes minutes under the race detector; make test runs it without")
	}
}
