package collect

import (
	"context"
	"fmt"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/sql/seeds"
)

// SyncRegistries writes what the files say into the schema seeds; what is there
// already is left alone.
func (c *Collector) SyncRegistries(ctx context.Context) error {
	tx, err := c.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("write the registries: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	if err := seeds.Sync(ctx, tx, c.cfg.Seeds); err != nil {
		return err
	}
	rows := make([]seeds.OutletRow, len(c.cfg.Outlets))
	for i, o := range c.cfg.Outlets {
		rows[i] = outletRow(o)
	}
	if err := seeds.SyncOutlets(ctx, tx, rows); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("write the registries: %w", err)
	}
	return nil
}

func outletRow(o outlets.Outlet) seeds.OutletRow {
	row := seeds.OutletRow{
		OutletID: o.ID, Name: o.Name, PublisherID: o.Publisher, CountryCode: o.Country,
		LanguageCode: o.Language, Tier: o.Tier, HomeURL: o.HomeURL, TimeZone: o.TimeZone, Reach: o.Reach, IsInPanel: o.IsInPanel(), IsActive: true,
	}
	if o.Expect != nil {
		row.ExpectedArticlesMin = &o.Expect.ArticlesPerDay.Min
		row.ExpectedArticlesMax = &o.Expect.ArticlesPerDay.Max
	}
	return row
}
