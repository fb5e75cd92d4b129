//go:build !race

package discover

import "time"

// slowest is more than any document of the corpus may take.
const slowest = time.Second
