//go:build race

package discover

import "time"

// slowest under the race detector, which slows what it watches about tenfold.
const slowest = 10 * time.Second
