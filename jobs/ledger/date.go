package ledger

import (
	"encoding/json"
	"fmt"
	"time"
)

// Date is a night read from a date column: no time of day, no zone.
type Date struct {
	time.Time
}

// Scan reads a date as lib/pq delivers it.
func (d *Date) Scan(src any) error {
	t, ok := src.(time.Time)
	if !ok {
		return fmt.Errorf("read a date: got %T", src)
	}
	d.Time = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return nil
}

// String writes YYYY-MM-DD.
func (d Date) String() string { return d.Format(time.DateOnly) }

// MarshalJSON writes "YYYY-MM-DD".
func (d Date) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads "YYYY-MM-DD".
func (d *Date) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("read a date: %w", err)
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return fmt.Errorf("read a date: %w", err)
	}
	d.Time = t
	return nil
}

// Night is the report date of an instant in zone: the date there, as midnight UTC.
func Night(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// LastFinishedNight is the newest night that is over at t.
func LastFinishedNight(t time.Time, zone *time.Location) time.Time {
	return Night(t, zone).AddDate(0, 0, -1)
}
