package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/crawlers/press"
)

// archivedPort stands in the addresses of an archived press; nobody listens there.
const archivedPort = 8099

// recordsPerFile is about what a file of CC-NEWS holds.
const recordsPerFile = 50_000

// pressArchives is what press --warc writes.
type pressArchives struct {
	dir     string
	records int
	foreign float64
}

func (p *pressArchives) register(flags *pflag.FlagSet) {
	flags.StringVar(&p.dir, "warc", "", "`FOLDER` to write WARC files of the press to; empty: serve it")
	flags.IntVar(&p.records, "records", 10_000, "`N` records in all WARC files together")
	flags.Float64Var(&p.foreign, "foreign", 0.7, "`SHARE` of the records that are of no outlet")
}

// archivePress writes a press into WARC files.
func (a *app) archivePress(ctx context.Context, size pressSize, archives pressArchives, registry string) error {
	reg, err := a.loadRegistries()
	if err != nil {
		return err
	}
	world, err := size.plan(reg)
	if err != nil {
		return err
	}
	if archives.records < 1 || archives.foreign < 0 || archives.foreign > 1 {
		return badUsage(fmt.Errorf("--records %d --foreign %g: at least one record and a share from 0 to 1 are needed", archives.records, archives.foreign))
	}
	if registry != "" {
		if err := outlets.Write(registry, world.Outlets(archivedPort)); err != nil {
			return err
		}
	}
	made, err := world.WriteArchives(ctx, press.Archives{
		Dir: archives.dir, Records: archives.records, Files: 1 + (archives.records-1)/recordsPerFile, Port: archivedPort, ForeignShare: archives.foreign,
	}, nil)
	if err != nil {
		return err
	}
	if a.isJSON {
		return a.printJSON(struct {
			Files   []string `json:"files"`
			Bytes   int64    `json:"bytes"`
			Pages   int      `json:"pages"`
			Foreign int      `json:"foreign"`
		}{made.Files, made.Bytes, made.Pages, made.Foreign})
	}
	for _, name := range made.Files {
		fmt.Fprintln(a.stdout, name)
	}
	return nil
}
