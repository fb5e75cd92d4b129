package jobs

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// ParseSpec reads a cron spec (five fields, or a descriptor such as @daily) for
// a zone and refuses what would surprise at night: a zone hidden in the spec, or
// a spec that never fires, such as "0 0 30 2 *".
func ParseSpec(spec string, zone *time.Location) (cron.Schedule, error) {
	if strings.HasPrefix(spec, "TZ=") || strings.HasPrefix(spec, "CRON_TZ=") {
		return nil, fmt.Errorf("cron spec %q names a time zone: put it into schedule.time_zone instead", spec)
	}
	schedule, err := cron.ParseStandard(spec)
	if err != nil {
		return nil, fmt.Errorf("cron spec %q: %w (five fields: minute hour day-of-month month day-of-week)", spec, err)
	}
	if s, ok := schedule.(*cron.SpecSchedule); ok {
		s.Location = zone
	}
	if s, ok := schedule.(cron.ConstantDelaySchedule); ok {
		schedule = aligned{s.Delay}
	}
	if schedule.Next(time.Now().In(zone)).IsZero() {
		return nil, fmt.Errorf("cron spec %q never fires: no such date exists in the next five years", spec)
	}
	return schedule, nil
}

// ValidateSpec says whether ParseSpec would take the spec.
func ValidateSpec(spec string, zone *time.Location) error {
	_, err := ParseSpec(spec, zone)
	return err
}

// aligned is @every by the clock instead of by the start of the process, so that
// it comes at the same times on every host.
type aligned struct{ delay time.Duration }

// Next is the first multiple of the delay after t.
func (a aligned) Next(t time.Time) time.Time { return t.Truncate(a.delay).Add(a.delay) }
