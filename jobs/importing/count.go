package importing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Count is what a file holds of our outlets.
type Count struct {
	Source string       `json:"source"`
	Tally  Tally        `json:"counts"` // nothing is stored
	Shares []ShareCount `json:"pages"`
}

// ShareCount is how many pages of an outlet were captured on a date, which is
// seldom that of publication, and near it.
type ShareCount struct {
	OutletID string `json:"outlet_id"`
	Date     string `json:"date"` // UTC
	Pages    int64  `json:"pages"`
}

// Count reads a whole file and counts its pages, by outlet and date of capture.
// Bodies are not read, nothing is stored, and no database is asked. What was
// counted until an error is told with it.
func (i *Importer) Count(ctx context.Context, source string) (Count, error) {
	name, err := NameOf(source)
	if err != nil {
		return Count{Source: source, Shares: []ShareCount{}}, err
	}
	count := Count{Source: name, Shares: []ShareCount{}}
	src, err := i.open(ctx, name, 0)
	if err != nil {
		return count, err
	}
	stand := &standing{Source: name}
	if src.size >= 0 {
		stand.ByteCount = &src.size
	}
	r, err := i.start(ctx, src, stand)
	if err != nil {
		return count, err
	}
	defer r.close()
	shares := map[ShareCount]int64{}
	err = i.count(ctx, r, stand, shares)
	count.Tally = r.tally
	for share, pages := range shares {
		share.Pages = pages
		count.Shares = append(count.Shares, share)
	}
	slices.SortFunc(count.Shares, func(a, b ShareCount) int {
		return cmp.Or(cmp.Compare(a.OutletID, b.OutletID), cmp.Compare(a.Date, b.Date))
	})
	if err != nil {
		err = fmt.Errorf("count what is in %s: %w", name, err)
	}
	return count, err
}

func (i *Importer) count(ctx context.Context, r *reading, stand *standing, shares map[ShareCount]int64) error {
	for ctx.Err() == nil {
		r.mark()
		i.show(r, stand, false)
		rec, err := r.next()
		switch {
		case errors.Is(err, io.EOF):
			r.done.position = r.warc.Offset()
			i.show(r, stand, true)
			return nil
		case err != nil:
			return stopped(ctx, err)
		case rec == nil:
			continue
		}
		outlet, _, ok := r.page(i.owners, rec)
		if !ok {
			continue
		}
		if _, err := rec.Finish(); err == nil { // else mark counts the damage
			shares[ShareCount{OutletID: outlet, Date: rec.Date.UTC().Format(time.DateOnly)}]++
			r.tally.Pages++
		}
	}
	return context.Cause(ctx)
}
