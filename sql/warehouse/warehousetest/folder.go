package warehousetest

import (
	"os"
	"testing"
)

// DataDir returns a temporary folder in which a private server can keep its
// data: unlike that of t.TempDir, other accounts may enter it, which matters
// when tests run as root and Postgres does not.
func DataDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "overheard-data-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
