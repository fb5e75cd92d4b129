package warehouse_test

import (
	"net"
	"strings"
	"testing"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func TestOpenSetsUpEverySession(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewEmptyDB(t)
	for name, want := range map[string]string{
		"TimeZone":          "UTC",
		"application_name":  "overheard",
		"statement_timeout": "0",
	} {
		var got string
		if err := db.Get(&got, `select current_setting($1)`, name); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", name, got, want, err)
		}
	}
}

func TestOpenErrorsSayWhatToDoAndHideThePassword(t *testing.T) {
	t.Parallel()
	closed := closedPort(t)
	for name, test := range map[string]struct {
		url  string
		want []string
	}{
		"nobody listens":      {"postgres://ana:hunter2@" + closed + "/news", []string{"ana to database news at " + closed, "is the server running"}},
		"pairs":               {"host=127.0.0.1 port=" + strings.TrimPrefix(closed, "127.0.0.1:") + " user=ana password=hunter2 dbname=news", []string{"ana to database news", "is the server running"}},
		"no socket":           {"postgres://ana:hunter2@/news?host=/nonexistent", []string{"at socket /nonexistent", "is the server running"}},
		"unknown host":        {"postgres://ana:hunter2@host.invalid/news", []string{"host.invalid"}},
		"another kind":        {"mysql://ana:hunter2@localhost/news", []string{`scheme "mysql" is not postgres`}},
		"not a URL":           {"hunter2", []string{"want postgres://"}},
		"unescaped character": {"postgres://ana:hunter2/@localhost:x/news", []string{"%XX"}},
		"unknown sslmode":     {"postgres://ana:hunter2@localhost/news?sslmode=please", []string{"database URL"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := warehouse.Open(t.Context(), quiet(), test.url)
			if err == nil {
				t.Fatal("opened")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("want %q in %v", want, err)
				}
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}

func TestOpenUnreachableIsUnavailable(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://ana@" + closedPort(t) + "/news",
		"postgres://ana@/news?host=/nonexistent",
	} {
		if _, err := warehouse.Open(t.Context(), quiet(), url); !warehouse.IsUnavailable(err) {
			t.Errorf("%s: want unavailable, got %v", url, err)
		}
	}
}

// closedPort is an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
