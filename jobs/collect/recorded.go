package collect

import (
	"context"
	"time"

	"github.com/overheard-news/overheard/crawlers/archive"
)

// Archive keeps pages as they were fetched; package archive is one.
type Archive interface {
	Write(p archive.Page) (archive.Position, error)
	Read(ctx context.Context, at archive.Position) (archive.Page, error)
}

// Pruner removes what the archive need not keep any longer; package archive is one.
type Pruner interface {
	Prune(before time.Time) (files []string, bytes int64, err error)
	Missing(names []string) ([]string, error)
}

// Recorded is a page that was fetched before, by us or by others.
type Recorded struct {
	OutletID string
	archive.Page
	Position *archive.Position // where it lies; nil: it is not indexed
	FileID   int64             // of that file, see ops.archive_files

	known     string        // URL it is known by, if that is known
	isArchive bool          // it comes from the archive, not from a file that is imported
	maxAge    time.Duration // older news is too_old; zero: as Config.MaxAge says
}
