package build

import (
	"context"
	"fmt"
	"time"
)

// ForgottenError says that a night can be neither built nor published any more:
// retention has taken away what it is made of. What was published of it stays.
type ForgottenError struct {
	Night    time.Time
	KeptFrom time.Time // first night that can
}

// Error tells which nights can be.
func (e *ForgottenError) Error() string {
	return fmt.Sprintf("the night of %s cannot be built or published any more: what it is made of is kept from %s on (settings retention.state_nights and retention.text_nights); what was published of it stays",
		dateText(e.Night), dateText(e.KeptFrom))
}

// refuseForgotten returns a *ForgottenError for a night that retention is past.
func (b *Builder) refuseForgotten(ctx context.Context, night time.Time) error {
	var from []time.Time
	err := b.db.SelectContext(ctx, &from, `
		select m.kept_from
		from ops.retention_marks as m
		where m.subject in ('state', 'text') and m.kept_from > cast($1 as date)
		order by m.kept_from desc`, dateText(night))
	if err != nil {
		return fmt.Errorf("ask what is kept of %s: %w", dateText(night), err)
	}
	if len(from) > 0 {
		return &ForgottenError{Night: night, KeptFrom: from[0]}
	}
	return nil
}
