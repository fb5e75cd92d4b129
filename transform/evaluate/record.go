package evaluate

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/overheard-news/overheard/transform/article"
)

// maxPage bounds a recorded page, in bytes; what is past it is a gzip bomb.
const maxPage = 64 << 20

// Record is one line of a set of recorded pages. Keys that are not here are
// ignored; a label that is missing is unknown, not empty.
type Record struct {
	ID          string `json:"id"`
	Source      string `json:"source"`
	URL         string `json:"url"`
	Host        string `json:"host"`
	PageType    string `json:"page_type"`
	Language    string `json:"lang"`
	Path        string `json:"html_path"` // of the gzipped page, relative to the set's folder
	ContentType string `json:"content_type"`
	FetchedAt   string `json:"fetched_at"`
	Gold        Gold   `json:"gold"`
	QA          struct {
		BodyOK bool `json:"body_ok"`
	} `json:"gold_qa"`
}

// Gold is what is known of a page.
type Gold struct {
	Title     *string  `json:"title"`
	Body      *string  `json:"body"`
	Authors   []string `json:"authors"`
	Published string   `json:"published"` // RFC 3339, or a day, or a time without zone
	Precision string   `json:"published_precision"`
}

func parseRecord(text []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(text, &r); err != nil {
		return Record{}, fmt.Errorf("not a JSON object of a recorded page: %w", err)
	}
	for _, must := range []struct{ key, value string }{{"id", r.ID}, {"url", r.URL}, {"html_path", r.Path}} {
		if must.value == "" {
			return Record{}, fmt.Errorf("has no %q", must.key)
		}
	}
	return r, nil
}

// open reads the page itself. Names cannot lead out of the set's folder.
func (r Record) open(dir string) ([]byte, error) {
	if !filepath.IsLocal(r.Path) {
		return nil, fmt.Errorf("html_path %q leads out of the folder of the set", r.Path)
	}
	f, err := os.Open(filepath.Join(dir, r.Path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var page io.Reader = f
	if strings.HasSuffix(r.Path, ".gz") {
		if page, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("gunzip %s: %w", r.Path, err)
		}
	}
	body, err := io.ReadAll(io.LimitReader(page, maxPage+1))
	if err == nil && len(body) > maxPage {
		err = errors.New("more than 64 MiB")
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", r.Path, err)
	}
	return body, nil
}

// page is what a crawler would have brought home.
func (r Record) page(body []byte, now time.Time) article.Page {
	seen := now
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, r.FetchedAt); err == nil {
			seen = t
			break
		}
	}
	return article.Page{URL: r.URL, RequestedURL: r.URL, ContentType: r.ContentType, Body: body, FetchedAt: seen, FirstSeenAt: seen}
}
