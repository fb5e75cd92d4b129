//go:build race

package discover

import "testing"

// skipRecorded passes over recorded documents: under the race detector they take
// minutes and show nothing that the other tests do not. make test reads them
// without it.
func skipRecorded(t *testing.T) { t.Skip("recorded documents are read without the race detector") }
