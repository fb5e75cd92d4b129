// Package metrics counts what this process does and shows how the work stands, in
// the words of Prometheus.
//
//	r := metrics.New(lg, db, metrics.Config{Version: "v1.2.3"})
//	fetcher := r.Fetcher(fetcher)     // counts what goes through
//	r.RunEnded("collect", "done", d)  // or is told
//	http.Handle("/metrics", r.Handler())
//
// Counters and histograms are of this process, and a nil *Recorder counts nothing, so
// that nobody has to ask whether metrics are wanted. Gauges of the work (standing.go)
// are read from the database when somebody asks, at most every few seconds: every
// process shows the same.
//
// Labels are words of ours only: jobs, states, outcomes. No outlet, host or address
// is one, for there is no end of them.
package metrics

import (
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// namespace begins every name.
const namespace = "overheard"

// Buckets of the histograms, in seconds.
var (
	quickBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	fetchBuckets = []float64{.025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120}
	workBuckets  = []float64{.1, .5, 1, 5, 15, 60, 300, 900, 1800, 3600, 10800}
)

// Config says what the metrics are of.
type Config struct {
	Version    string // of the program
	Revision   string // of its source
	ArchiveDir string // folder whose size is shown; empty: none
}

// Recorder counts what this process does. Its methods are safe for concurrent use
// and for a nil Recorder.
type Recorder struct {
	registry *prometheus.Registry
	lg       *slog.Logger

	runsStarted      *prometheus.CounterVec
	runsEnded        *prometheus.CounterVec
	runDuration      *prometheus.HistogramVec
	intervalsSettled *prometheus.CounterVec
	intervalDuration *prometheus.HistogramVec
	pickUpLatency    *prometheus.HistogramVec
	fetches          *prometheus.CounterVec
	responses        *prometheus.CounterVec
	fetchDuration    prometheus.Histogram
	receivedBytes    prometheus.Counter
	extraction       prometheus.Histogram
	load             prometheus.Histogram
	loadedArticles   prometheus.Counter
	archivedBytes    prometheus.Counter
}

// New returns a recorder with a registry of its own; the global one is left alone.
func New(lg *slog.Logger, db *sqlx.DB, cfg Config) *Recorder {
	r := &Recorder{
		registry:         prometheus.NewRegistry(),
		lg:               lg,
		runsStarted:      counters("runs_started_total", "Runs that began in this process.", "job"),
		runsEnded:        counters("runs_ended_total", "Runs that ended in this process, by the state they ended in.", "job", "state"),
		runDuration:      durations("run_duration_seconds", "How long runs took.", workBuckets, "job"),
		intervalsSettled: counters("intervals_settled_total", "Intervals this process ended an attempt of, by the state it left them in.", "job", "state"),
		intervalDuration: durations("interval_duration_seconds", "How long attempts of intervals took.", workBuckets, "job"),
		pickUpLatency:    durations("interval_pickup_latency_seconds", "Time from handing an interval to the queue to the start of its work.", quickBuckets, "queue"),
		fetches:          counters("fetches_total", "Fetches of pages and channels, redirects followed, by how they ended; unsent ones included.", "outcome"),
		responses:        counters("fetch_responses_total", "Answers to fetches by the class of their HTTP status.", "status_class"),
		fetchDuration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace, Name: "fetch_duration_seconds", Help: "Time from the request to the last byte of an answer, without the wait for the host's turn.", Buckets: fetchBuckets,
		}),
		receivedBytes:  counter("fetch_received_bytes_total", "Bytes of bodies received, compressed as sent."),
		extraction:     duration("page_extraction_duration_seconds", "Time to make an article of a page."),
		load:           duration("batch_load_duration_seconds", "Time to store a batch of articles."),
		loadedArticles: counter("loaded_articles_total", "Articles stored or changed."),
		archivedBytes:  counter("archive_written_bytes_total", "Bytes written to the archive of pages, compressed."),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: namespace, Name: "build_info", Help: "Which program this is; always 1.",
		ConstLabels: prometheus.Labels{"version": cfg.Version, "revision": cfg.Revision, "goversion": runtime.Version()},
	})
	info.Set(1)
	r.registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), info,
		r.runsStarted, r.runsEnded, r.runDuration, r.intervalsSettled, r.intervalDuration, r.pickUpLatency,
		r.fetches, r.responses, r.fetchDuration, r.receivedBytes, r.extraction, r.load, r.loadedArticles, r.archivedBytes,
		newStanding(lg, db, cfg.ArchiveDir, time.Now),
	)
	return r
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help})
}

func durations(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
}

func duration(name, help string) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: quickBuckets})
}

// Handler answers scrapes. A gauge that cannot be read is left out of the answer and
// logged; the counters are there all the same.
func (r *Recorder) Handler() http.Handler {
	return promhttp.HandlerFor(r.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(r.lg.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError,
		MaxRequestsInFlight: 4, Timeout: scrapeTimeout, Registry: r.registry,
	})
}

// RunStarted counts a run that begins.
func (r *Recorder) RunStarted(job string) {
	if r == nil {
		return
	}
	r.runsStarted.WithLabelValues(job).Inc()
}

// RunEnded counts a run that ended in a state of the ledger, after took.
func (r *Recorder) RunEnded(job, state string, took time.Duration) {
	if r == nil {
		return
	}
	r.runsEnded.WithLabelValues(job, state).Inc()
	r.runDuration.WithLabelValues(job).Observe(took.Seconds())
}

// IntervalSettled counts an attempt of an interval: the state it left it in, planned
// if it was postponed or will be tried again, and how long it took.
func (r *Recorder) IntervalSettled(job, state string, took time.Duration) {
	if r == nil {
		return
	}
	r.intervalsSettled.WithLabelValues(job, state).Inc()
	r.intervalDuration.WithLabelValues(job).Observe(took.Seconds())
}

// PickedUp tells how long an interval waited in a queue.
func (r *Recorder) PickedUp(queue string, waited time.Duration) {
	if r == nil {
		return
	}
	r.pickUpLatency.WithLabelValues(queue).Observe(max(0, waited.Seconds())) // two clocks may disagree
}

// PageExtracted tells how long a page took to become an article, or to prove none.
func (r *Recorder) PageExtracted(took time.Duration) {
	if r == nil {
		return
	}
	r.extraction.Observe(took.Seconds())
}

// BatchLoaded tells how long a batch took to be stored, and how many of its articles
// were new or changed.
func (r *Recorder) BatchLoaded(took time.Duration, articles int) {
	if r == nil {
		return
	}
	r.load.Observe(took.Seconds())
	r.loadedArticles.Add(float64(max(0, articles)))
}

// Archived counts bytes written to the archive.
func (r *Recorder) Archived(bytes int64) {
	if r == nil {
		return
	}
	r.archivedBytes.Add(float64(max(0, bytes)))
}

// fetched counts a fetch that ended in one of the outcomes.
func (r *Recorder) fetched(outcome string) {
	if !slices.Contains(outcomes(), outcome) {
		outcome = "other" // a word of elsewhere must not become a label
	}
	r.fetches.WithLabelValues(outcome).Inc()
}
