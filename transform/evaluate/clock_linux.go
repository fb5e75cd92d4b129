package evaluate

import (
	"time"

	"golang.org/x/sys/unix"
)

// hasCPUTime says that the clocks below tell CPU time.
const hasCPUTime = true

// threadTime is the CPU time of the calling thread.
func threadTime() time.Duration { return readClock(unix.CLOCK_THREAD_CPUTIME_ID) }

// processTime is the CPU time of all threads.
func processTime() time.Duration { return readClock(unix.CLOCK_PROCESS_CPUTIME_ID) }

func readClock(id int32) time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(id, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
