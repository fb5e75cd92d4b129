package console

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/cmd/overheard/docs"
)

//go:embed pages
var pageFiles embed.FS

// console answers requests; it keeps nothing between them.
type console struct {
	lg    *slog.Logger
	db    *sqlx.DB
	pages map[string]*template.Template
}

// errNotFound is what a reader asked for and is not there.
var errNotFound = errors.New("not found")

// New returns the handler of all pages, and of /metrics if metrics is not nil.
func New(lg *slog.Logger, db *sqlx.DB, metrics http.Handler) (http.Handler, error) {
	c := &console{lg: lg, db: db, pages: map[string]*template.Template{}}
	for _, name := range []string{"ranking", "company", "outlets", "alerts", "nights", "runs", "backfills", "backfill", "fault"} {
		page, err := template.New("layout.html").Funcs(formats()).ParseFS(pageFiles, "pages/layout.html", "pages/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("read page %s: %w", name, err)
		}
		c.pages[name] = page
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.page("ranking", c.ranking))
	mux.HandleFunc("GET /companies/{id}", c.page("company", c.company))
	mux.HandleFunc("GET /outlets", c.page("outlets", c.outlets))
	mux.HandleFunc("GET /alerts", c.page("alerts", c.alerts))
	mux.HandleFunc("GET /nights", c.page("nights", c.nights))
	mux.HandleFunc("GET /runs", c.page("runs", c.runs))
	mux.HandleFunc("GET /backfills", c.page("backfills", c.backfills))
	mux.HandleFunc("GET /backfills/{id}", c.page("backfill", c.backfill))
	mux.HandleFunc("GET /docs", c.docs)
	mux.HandleFunc("GET /style.css", c.style)
	if metrics != nil {
		mux.Handle("GET /metrics", metrics)
	}
	mux.HandleFunc("GET /", c.page("fault", func(*http.Request) (any, error) { return nil, errNotFound }))
	return guard(mux), nil
}

// guard lets in only requests that name this machine, and tells the browser to
// load nothing from elsewhere.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		if !isLoopbackHost(r.Host) {
			http.Error(w, "this console answers to localhost only", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLoopbackHost(hostport string) bool {
	host := hostport
	if name, _, err := net.SplitHostPort(hostport); err == nil {
		host = name
	}
	if host == "localhost" {
		return true
	}
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// view is what the layout needs around a page's own content.
type view struct {
	Page    string
	Content any
}

// page makes a handler of a function that reads what the page shows. The page is
// written only once it is whole, so a fault never follows half a page.
func (c *console) page(name string, read func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), answerTimeout)
		defer cancel()
		content, err := read(r.WithContext(ctx))
		shown, status := name, http.StatusOK
		switch {
		case errors.Is(err, errNotFound):
			shown, status, content = "fault", http.StatusNotFound, "There is no such page, night, company or backfill."
		case err != nil:
			if r.Context().Err() == nil {
				c.lg.Error("a page of the console could not be read", "path", r.URL.Path, "error", err)
			}
			shown, status, content = "fault", http.StatusInternalServerError, "The database could not be read. The log says why."
		}
		var out bytes.Buffer
		if err := c.pages[shown].Execute(&out, view{Page: shown, Content: content}); err != nil {
			c.lg.Error("a page of the console could not be written", "path", r.URL.Path, "error", err)
			http.Error(w, "the page could not be written", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		if _, err := out.WriteTo(w); err != nil {
			c.lg.Debug("a reader went away", "path", r.URL.Path, "error", err)
		}
	}
}

// docs is the page of package docs, which has a style, a script and so a policy of
// its own.
func (c *console) docs(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), answerTimeout)
	defer cancel()
	var out bytes.Buffer
	source, err := docs.Read(ctx, c.db)
	if err == nil {
		source.Home = "/"
		err = docs.Write(&out, source)
	}
	if err != nil {
		c.lg.Error("the documentation could not be written", "error", err)
		http.Error(w, "the documentation could not be written; the log says why", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", docs.Policy()+"; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if _, err := out.WriteTo(w); err != nil {
		c.lg.Debug("a reader went away", "path", r.URL.Path, "error", err)
	}
}

func (c *console) style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pageFiles, "pages/style.css")
}

// formats are the words and numbers of the templates.
func formats() template.FuncMap {
	return template.FuncMap{
		"date": func(t time.Time) string { return t.Format(time.DateOnly) },
		"time": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") },
		"permille": func(share *float64) string {
			if share == nil {
				return ""
			}
			return fmt.Sprintf("%.3f", 1000**share)
		},
		"took":  took,
		"bytes": bytesText,
		"score": func(score *float64) string {
			if score == nil {
				return ""
			}
			return fmt.Sprintf("%.2f", *score)
		},
		"capital": func(word string) string { return strings.ToUpper(word[:1]) + word[1:] },
		"percent": func(share float64) string { return fmt.Sprintf("%.1f", 100*share) },
		"text": func(s *string) string {
			if s == nil {
				return ""
			}
			return *s
		},
	}
}
