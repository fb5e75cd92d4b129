package collect

import (
	"hash/maphash"
	"net/http"
	"strconv"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch"
)

// extract reads pages until there are no more. Once the intake is stopped it only
// lets them go.
func (i *Intake) extract() {
	for job := range i.work {
		if i.ctx.Err() == nil && i.c.extractors.Acquire(i.ctx, 1) == nil {
			began := time.Now()
			i.readPage(job)
			i.c.extractors.Release(1)
			i.extracting.Add(int64(time.Since(began)))
		}
		if job.rec.isArchive { // who imports a file counts its bytes
			i.run.Count("bytes", recordedBytes(job))
		}
		job.rec.Body, job.rec.Header = nil, nil
		i.room.Release(job.size)
		close(job.done)
	}
}

// recordedBytes is what was read of a file, or of a page where that is not known.
func recordedBytes(job *intakeJob) int64 {
	if at := job.rec.Position; at != nil && at.Length > 0 {
		return at.Length
	}
	return int64(len(job.rec.Body))
}

// readPage makes a result of a recorded page.
func (i *Intake) readPage(job *intakeJob) {
	res, rec := &job.res, job.rec
	switch {
	case res.outcome != "":
		return
	case rec.Status == http.StatusNotFound, rec.Status == http.StatusGone:
		res.outcome = fetch.OutcomeGone
		return
	case rec.Status != 0 && rec.Status != http.StatusOK:
		res.outcome, res.reason = fetch.OutcomeFailed, "recorded with status "+strconv.Itoa(rec.Status)
		return
	}
	header := rec.Header
	if header == nil {
		header = http.Header{}
	}
	page := i.c.pageOf(i.outlets[rec.OutletID], &fetch.Response{
		URL: rec.URL, FinalURL: rec.URL, Status: rec.Status, Header: header, ContentType: header.Get("Content-Type"), Body: rec.Body,
	}, res)
	// Nobody fetches it again later: what hangs is tried until it is quarantined.
	for try := 0; try <= strikes && (try == 0 || res.isHung); try++ {
		res.isHung = false
		i.c.guarded(i.ctx, page, res)
	}
	if res.outcome == "" && i.ctx.Err() == nil {
		res.outcome = fetch.OutcomeFailed
	}
}

// hand gives the loaders what is extracted, in the order in which it was put: so
// the same pages give the same tables, whichever extractor was faster.
func (i *Intake) hand() {
	for job := range i.order {
		<-job.done
		switch {
		case job.barrier != nil:
			for _, l := range i.loaders {
				l.queue <- job
			}
		case job.res.outcome == "": // cut off
		case job.res.isAttempt:
			i.run.Count(job.res.outcome, 1)
		default:
			n := maphash.String(i.seed, job.res.outletID) % uint64(len(i.loaders))
			i.loaders[n].queue <- job
		}
	}
	for _, l := range i.loaders {
		close(l.queue)
	}
}
