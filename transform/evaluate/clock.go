package evaluate

import (
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// cost is what one page took.
type cost struct {
	time  time.Duration
	bytes uint64 // allocated; the whole program's, so it means something with one worker
}

// watch tells the time of the extractor from that of the scoring around it. Where
// the system keeps the CPU time of threads, time is CPU time: the mean is that of
// the whole program, collector included, less what reading and scoring took on
// their threads. Elsewhere it is the time on the wall.
type watch struct {
	process time.Duration
	asides  atomic.Int64 // nanoseconds
}

func startWatch() *watch { return &watch{process: processTime()} }

// aside runs what is not the extractor's work. Its goroutine stays on its thread
// meanwhile.
func (w *watch) aside(do func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := threadTime()
	defer func() { w.asides.Add(int64(threadTime() - start)) }()
	return do()
}

func (w *watch) startPage() cost { return cost{time: threadTime(), bytes: allocated()} }

func (w *watch) endPage(start cost) cost {
	return cost{time: threadTime() - start.time, bytes: allocated() - start.bytes}
}

// extraction is the CPU time of everything but the asides.
func (w *watch) extraction() time.Duration {
	return processTime() - w.process - time.Duration(w.asides.Load())
}

func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
