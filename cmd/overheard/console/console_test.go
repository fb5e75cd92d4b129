package console

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// given is two published nights, the second degraded, with a comparator, a
// company whose name asks for escaping, an outlet that is down, two runs, and two
// backfills, one under way.
const given = `
insert into marts.companies (company_id, name, name_zh, sector, ownership, home_country, is_comparator, is_active) values
	('huawei', 'Huawei', '华为', 'telecom equipment', 'private', 'CN', false, true),
	('byd', 'BYD <Auto> & Co', null, 'cars', 'private', 'CN', false, true),
	('ericsson', 'Ericsson', null, 'telecom equipment', 'foreign', 'SE', true, true);
insert into marts.outlets (outlet_id, name, publisher_id, country_code, country_name, region, language_code, tier, home_url, is_active) values
	('times', 'The Example Times', 'example', 'GB', 'United Kingdom', 'Europe', 'en', 1, 'https://times.example/', true),
	('zeitung', 'Beispielzeitung', 'beispiel', 'DE', 'Germany', 'Europe', 'de', 2, 'javascript:alert(1)', true);
insert into marts.nights values
	('2026-11-20', 900, 700, 40, 2, 2, 2, 2, 2, 2, 1, false, 'ocpi-v1', 'p1', 1, '2026-11-21 02:31:00+00', '2026-11-21'),
	('2026-11-21', 500, 400, 20, 2, 1, 1, 1, 2, 1, 0.4, true, 'ocpi-v1', 'p1', 1, '2026-11-22 02:31:00+00', '2026-11-22');
insert into marts.company_rankings
	(night, company_id, rank_position, previous_rank_position, article_count, story_count, voice_count, outlet_count, country_count,
	language_count, panel_coverage_share, is_degraded, method_version, panel_id, published_at, published_date) values
	('2026-11-20', 'huawei', 1, null, 12, 10, 9, 2, 2, 2, 1, false, 'ocpi-v1', 'p1', '2026-11-21 02:31:00+00', '2026-11-21'),
	('2026-11-20', 'byd', 2, null, 8, 7, 6, 2, 2, 2, 1, false, 'ocpi-v1', 'p1', '2026-11-21 02:31:00+00', '2026-11-21'),
	('2026-11-21', 'byd', 1, 2, 9, 8, 8, 1, 1, 1, 0.4, true, 'ocpi-v1', 'p1', '2026-11-22 02:31:00+00', '2026-11-22');
insert into marts.company_indicators values
	('2026-11-20', 'huawei', 'attention', 0.0123), ('2026-11-20', 'byd', 'attention', 0.0101),
	('2026-11-21', 'byd', 'attention', 0.02), ('2026-11-20', 'ericsson', 'attention', 0.003);
update marts.company_rankings set score = 41.25, rank_low = 1, rank_high = 3, spread_score = 50, influence_score = 40, reputation_score = 30.5
where night = '2026-11-21';
insert into marts.company_rank_changes
	(night, company_id, previous_night, rank_position, previous_rank_position, rank_change, own_rank_effect, others_rank_effect, score, previous_score,
	log_score_change, news_effect, coverage_effect, method_effect, log_change_error, is_within_noise, is_degraded) values
	('2026-11-21', 'byd', '2026-11-20', 1, 2, 1, 0, 1, 41.25, 41, 0.006079, 0.005, 0.001079, 0, 0.01, true, true);
insert into marts.company_rank_change_indicators values
	('2026-11-21', 'byd', 'attention', 'spread', 'indicator', 0.0101, 0.02, 0.007079, 0.006, 0.001079, 0),
	('2026-11-21', 'byd', 'net_tone', 'reputation', 'indicator', 0.5, 0.4, -0.001, -0.001, 0, 0);
insert into marts.company_rank_change_stories values
	('2026-11-21', 'byd', 'up', 1, '77', 0.004, true, 'A <b>plant</b> opens', 'https://times.example/plant', 'times', '2026-11-21 08:00+00', '2026-11-21', 3),
	('2026-11-21', 'byd', 'down', 1, '78', -0.002, false, '', 'javascript:alert(3)', 'zeitung', '2026-11-19 08:00+00', '2026-11-19', 1);
insert into marts.outlet_health values
	('2026-11-21', 'times', 500, 480, 'up', 0.4, 2, 2), ('2026-11-21', 'zeitung', 0, null, 'down', 0.6, 1, 0);
insert into ops.alerts (kind, subject, outlet_id, severity, state, opened_at, last_seen_at, message, remedy, proposal) values
	('channel_down', 'https://times.example/feed', 'times', 'fail', 'open', '2026-11-21Z', '2026-11-21Z', 'The feed is <gone>.', 'See what stands there.',
	 '{"action": "replace_channel", "kind": "feed", "url": "https://times.example/rss", "replaces": "https://times.example/feed"}'),
	('night_late', '2026-11-22', null, 'fail', 'open', '2026-11-21Z', '2026-11-21Z', 'The night of 2026-11-22 is not <published>.', 'Look.', null),
	('outlet_silent', 'zeitung', 'zeitung', 'fail', 'dismissed', '2026-11-20Z', '2026-11-21Z', 'This was dismissed.', 'Nothing.', null);
insert into ops.backfills
	(state, first_night, last_night, sources, steps, window_size, interval_count, request_count, byte_count, article_count,
	 estimated_duration, ledger_mark, planned_at, planned_by, applied_at, finished_at, ranking_diff) values
	('running', '2026-11-19', '2026-11-23', '{live,archive}', '{read,match}', 8, 7, 280, 4000, 70, '1 hour', 'm', '2026-11-24Z', 'ada@here', '2026-11-24 01:00Z', null, null),
	('done', '2026-11-21', '2026-11-21', '{archive}', '{match}', 8, 1, 0, 0, 0, '1 minute', 'm', '2026-11-25Z', 'ada@here', '2026-11-25 01:00Z', '2026-11-25 01:01Z',
	 '{"backfill_id": 2, "changed_night_count": 1, "nights": [{"night": "2026-11-21", "state": "changed", "revision_after": 2, "moved_company_count": 2,
	   "companies": [{"company_id": "byd", "company_name": "BYD", "rank_position_before": 1, "rank_position_after": 2, "articles":
	     [{"outlet_id": "times", "change": "article_added", "title": "A <b>plant</b>", "url": "javascript:alert(2)"}]}]}]}');
insert into ops.backfill_items (backfill_id, job, scope, night, source, request_count, byte_count, article_count, estimated_duration) values
	(1, 'backfill', 'times', '2026-11-23', 'live', 40, 500, 10, '1 minute'), (1, 'backfill', 'zeitung', '2026-11-23', 'live', 40, 500, 10, '1 minute'),
	(1, 'backfill', 'times', '2026-11-22', 'live', 40, 500, 10, '1 minute'),
	(1, 'backfill', 'times', '2026-11-20', 'live', 40, 500, 10, '1 minute'), (1, 'backfill', 'zeitung', '2026-11-20', 'live', 40, 500, 10, '1 minute'),
	(1, 'backfill', 'times', '2026-11-19', 'none', 40, 500, 10, '1 minute'),
	(1, 'backfill', 'times', '2026-11-21', 'live', 40, 500, 10, '1 minute');
insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at, backfill_id, request_count, byte_count, elapsed, error) values
	('backfill', 'times', '2026-11-23', 'planned', 'backfill', 0, '2026-11-24Z', 1, 0, 0, null, null),
	('backfill', 'zeitung', '2026-11-23', 'planned', 'backfill', 0, '2026-11-24Z', 1, 0, 0, null, null),
	('backfill', 'times', '2026-11-22', 'done', 'backfill', 1, '2026-11-24Z', 1, 30, 4000, '30 seconds', null),
	('backfill', 'times', '2026-11-20', 'failed', 'backfill', 3, '2026-11-24Z', 1, 0, 0, null, 'the host is down'),
	('backfill', 'zeitung', '2026-11-20', 'done', 'backfill', 1, '2026-11-24Z', 1, 0, 0, null, null),
	('backfill', 'times', '2026-11-19', 'gap', 'backfill', 1, '2026-11-24Z', 1, 0, 0, null, 'no <sitemap> goes back that far'),
	('backfill', 'times', '2026-11-21', 'running', 'backfill', 1, '2026-11-24Z', 1, 0, 0, null, null);
insert into ops.runs (job, night, cause, state, parent_run_id, host, process_id, started_at, heartbeat_at, finished_at, error) values
	('nightly', '2026-11-21', 'schedule', 'refused', null, 'here', 1, '2026-11-22 02:30:00+00', '2026-11-22 02:31:00+00', '2026-11-22 02:31:12+00', 'check "sums <close>" found 3 rows'),
	('collect', null, 'schedule', 'running', 1, 'here', 1, '2026-11-22 02:30:01+00', '2026-11-22 02:30:31+00', null, null);
update ops.runs set backfill_id = 1, scope = 'zeitung' where run_id = 2;`

func newHandler(t *testing.T, db *sqlx.DB) http.Handler {
	t.Helper()
	handler, err := New(slog.New(slog.DiscardHandler), db, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "overheard_build_info 1") }))
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

func filledDB(t *testing.T) *sqlx.DB {
	t.Helper()
	db := warehousetest.NewDB(t)
	if _, err := db.Exec(given); err != nil {
		t.Fatal(err)
	}
	return db
}

func get(handler http.Handler, path string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodGet, path, nil)
	request.Host = "127.0.0.1:8480"
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer
}

func TestPages(t *testing.T) {
	t.Parallel()
	handler := newHandler(t, filledDB(t))
	tests := []struct {
		name, path string
		status     int
		says       []string
		saysNot    []string
	}{
		{"the latest ranking", "/", 200,
			[]string{"Ranking of 2026-11-21", "Degraded night", "BYD &lt;Auto&gt; &amp; Co", "20.000", `<option value="2026-11-20">`, `<option value="2026-11-21" selected>`, ">up 1<"},
			[]string{"Huawei", "<Auto>"}},
		{"an earlier ranking", "/?night=2026-11-20", 200, []string{"Ranking of 2026-11-20", "Huawei", `lang="zh-Hans">华为`, ">new<"}, []string{"Degraded night"}},
		{"a night that is not there", "/?night=2026-11-19", 404, []string{"There is no such page"}, nil},
		{"a night that is no date", "/?night=yesterday", 404, nil, nil},
		{"a night that is an attack", "/?night='%3B+drop+table+marts.nights", 404, nil, nil},
		{"a company over time", "/companies/byd", 200, []string{"<svg", "2026-11-20: 2", "2026-11-21: 20.000", "Attention (‰)", "Score from", "Reputation from"}, []string{"not ranked"}},
		{"why a company moved", "/companies/byd", 200,
			[]string{
				"BYD &lt;Auto&gt; &amp; Co rose from 2 to 1: its score rose by 0.61 %", "the others gave it 1 place", "That is within the noise. This night is degraded",
				"<dd>41.25", "before 41.00", "1–3", `<th scope="row">net tone</th>`, "&#43;0.708", "−0.100", "&#43;0.608", "20.000 ‰",
				"A &lt;b&gt;plant&lt;/b&gt; opens", "told 3 times, new", "(without a headline)", "told once, known before; it fades", "The Example Times, United Kingdom", "30.50",
			},
			[]string{"javascript:alert(3)", "<b>plant"}},
		{"a company on an earlier night", "/companies/byd?night=2026-11-20", 200, []string{"BYD &lt;Auto&gt; &amp; Co at 2 on 2026-11-20, the first night"}, []string{"Together"}},
		{"a company that has left", "/companies/huawei", 200, []string{"Huawei has left the ranking, where it was 1 on 2026-11-20"}, []string{"Together"}},
		{"a company on a night that is not there", "/companies/byd?night=2026-11-19", 404, nil, nil},
		{"a company with a gap", "/companies/huawei", 200, []string{"not ranked", "Position from 2026-11-20"}, nil},
		{"a comparator", "/companies/ericsson", 200, []string{"A comparator"}, []string{"Position from"}},
		{"a company that is not there", "/companies/acme", 404, nil, nil},
		{"the outlets, those down first", "/outlets", 200, []string{"zeitung", "times", `class="state down"`, "0 of 1", "United Kingdom"}, []string{"javascript:"}},
		{"the alerts, failures first", "/alerts", 200, []string{"channel_down", `class="state fail"`, "is &lt;gone&gt;", "use feed https://times.example/rss instead"}, []string{"was dismissed"}},
		{"the documentation", "/docs", 200, []string{`id="marts.company_rankings"`, "Last night published: <strong>2026-11-21</strong>", `<a href="/">Overheard</a>`, "panel_is_degraded"}, []string{"No night is published"}},
		{"the nights", "/nights", 200, []string{"2026-11-20", "2026-11-21", "degraded", "40.0", "Newest night", "The night of 2026-11-22 is not &lt;published&gt;."}, []string{"This was dismissed."}},
		{"the runs", "/runs", 200, []string{"refused", "sums &lt;close&gt;", "1m12s", "running"}, nil},
		{"the runs of a job", "/runs?job=collect", 200, []string{`<option selected>collect</option>`, "running", "zeitung", `href="/backfills/1"`}, []string{"sums &lt;close&gt;"}},
		{"the runs in a state", "/runs?state=refused", 200, []string{`<option selected>refused</option>`, "sums &lt;close&gt;"}, []string{"run-2"}},
		{"the runs of a backfill", "/runs?backfill=1", 200, []string{"Runs of", "run-2"}, []string{"run-1"}},
		{"runs that there are none of", "/runs?job=prune", 200, []string{"No run is like that."}, nil},
		{"runs of no job", "/runs?job='%3B+drop+table+ops.runs", 404, nil, nil},
		{"runs of no backfill", "/runs?backfill=all", 404, nil, nil},
		{"the backfills", "/backfills", 200, []string{`href="/backfills/1"`, `class="state running"`, "2026-11-19 to 2026-11-23", "1h0m0s", "ada@here", "read, match"}, nil},
		{"a backfill under way", "/backfills/1", 200,
			[]string{"57.1 %", `<td class="failed"><a href="#night-2026-11-20"`, `<td class="heat4"><a href="#night-2026-11-22"`, `<td class="heat0"><a href="#night-2026-11-23"`,
				`<td class="gap"><a href="#night-2026-11-19"`, "no &lt;sitemap&gt; goes back that far", "30 of 40", "3.9 KiB", "That is told once"},
			[]string{"<sitemap>", "moved, revision"}},
		{"a backfill that is over", "/backfills/2", 200, []string{"1 published nights changed", "2 companies moved", "A &lt;b&gt;plant&lt;/b&gt;", "times, article_added"}, []string{"That is told once", "javascript:alert(2)"}},
		{"a backfill that is not there", "/backfills/3", 404, nil, nil},
		{"a backfill that is no number", "/backfills/last", 404, nil, nil},
		{"the metrics", "/metrics", 200, []string{"overheard_build_info 1"}, nil},
		{"a page that is not there", "/admin", 404, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer := get(handler, test.path)
			if answer.Code != test.status {
				t.Errorf("status %d, want %d", answer.Code, test.status)
			}
			page := answer.Body.String()
			for _, text := range test.says {
				if !strings.Contains(page, text) {
					t.Errorf("the page does not say %q:\n%s", text, page)
				}
			}
			for _, text := range test.saysNot {
				if strings.Contains(page, text) {
					t.Errorf("the page says %q", text)
				}
			}
			if outside := regexp.MustCompile(`(?:src|action|<link[^>]*href)="https?://`).FindString(page); outside != "" {
				t.Errorf("the page loads from elsewhere: %s", outside)
			}
		})
	}
}

func TestEmptyDatabase(t *testing.T) {
	t.Parallel()
	handler := newHandler(t, warehousetest.NewDB(t))
	for path, says := range map[string]string{"/": "No night is published yet", "/outlets": "No night is published yet", "/nights": "No night is published yet", "/runs": "Nothing has run yet", "/alerts": "No alert is open.", "/backfills": "No backfill is planned."} {
		if answer := get(handler, path); answer.Code != 200 || !strings.Contains(answer.Body.String(), says) {
			t.Errorf("%s: status %d, %s", path, answer.Code, answer.Body)
		}
	}
}

func TestDatabaseThatIsGone(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	handler := newHandler(t, db)
	db.Close()
	for range 2 { // the second time must be a fault of its own, not of the first
		answer := get(handler, "/")
		if answer.Code != 500 || !strings.Contains(answer.Body.String(), "could not be read") {
			t.Errorf("status %d: %s", answer.Code, answer.Body)
		}
	}
}

func TestOnlyThisMachineIsAnswered(t *testing.T) {
	t.Parallel()
	handler := newHandler(t, nil)
	tests := []struct {
		host    string
		allowed bool
	}{
		{"localhost", true}, {"localhost:8480", true}, {"127.0.0.1:8480", true}, {"127.0.0.2", true}, {"[::1]:8480", true}, {"[::1]", true},
		{"evil.example", false}, {"evil.example:8480", false}, {"localhost.evil.example", false}, {"127.0.0.1.evil.example", false},
		{"192.168.1.1:8480", false}, {"0.0.0.0:8480", false}, {"", false},
	}
	for _, test := range tests {
		t.Run(test.host, func(t *testing.T) {
			t.Parallel()
			request := httptest.NewRequest(http.MethodGet, "/style.css", nil)
			request.Host = test.host
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, request)
			if allowed := answer.Code == http.StatusOK; allowed != test.allowed {
				t.Errorf("status %d", answer.Code)
			}
			if policy := answer.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
				t.Errorf("policy %q", policy)
			}
		})
	}
}

func TestOnlyReadingIsAllowed(t *testing.T) {
	t.Parallel()
	request := httptest.NewRequest(http.MethodPost, "/nights", nil)
	request.Host = "localhost"
	answer := httptest.NewRecorder()
	newHandler(t, nil).ServeHTTP(answer, request)
	if answer.Code != http.StatusMethodNotAllowed {
		t.Errorf("status %d", answer.Code)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	handler := newHandler(t, nil)
	go func() { served <- serve(ctx, slog.New(slog.DiscardHandler), listener, handler, "console") }()
	answer, err := http.Get("http://" + listener.Addr().String() + "/style.css")
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(answer.Body); err != nil || len(body) == 0 || answer.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("style sheet: %d bytes, %v, %v", len(body), err, answer.Header)
	}
	answer.Body.Close()
	cancel()
	select {
	case err := <-served:
		if err != nil {
			t.Errorf("served: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the server does not end")
	}
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	err = Serve(t.Context(), slog.New(slog.DiscardHandler), nil, listener.Addr().String(), nil)
	if err == nil || !strings.Contains(err.Error(), "console.listen names another address") {
		t.Errorf("error %v", err)
	}
}
