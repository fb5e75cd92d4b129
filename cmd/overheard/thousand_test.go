package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/gocolly/colly/v2"
	"golang.org/x/net/html"

	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

var thousand = flag.Bool("thousand", false, "TestThousandOutlets reads 10, 100 and 1,000 outlets of 200 articles, for an hour or so")

// TestThousandOutlets crawls one night of presses that grow, each served by a
// process of its own, and holds the crawl against the truth and against two
// yardsticks that read the same pages in the same run: net/http with html.Parse,
// and colly alone. At full size it is started by hand:
//
//	go test ./cmd/overheard -run TestThousandOutlets -thousand -v -timeout 3h
//
// It runs alone, for it measures processor time.
func TestThousandOutlets(t *testing.T) {
	sizes, articles, sample, least := []int{10, 20}, 10, 100, 0.95 // an outlet of ten articles may be too small to be understood
	if *thousand {
		sizes, articles, sample, least = []int{10, 100, 1000}, 200, 2000, 0.995
	}
	var rows []sizedNight
	for _, outlets := range sizes {
		rows = append(rows, crawlNight(t, outlets, articles, sample))
	}
	table := tabwriter.NewWriter(t.Output(), 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "outlets\tto be had\trecall\ttwice\tviolations\tseconds\tpeak MB\tCPU-s/1,000 pages\tnet/http+html.Parse\tcolly\tthe press\t")
	for _, r := range rows {
		fmt.Fprintf(table, "%d\t%d\t%.4f\t%d\t%d\t%.0f\t%d\t%.2f\t%.2f\t%.2f\t%.2f\t\n", r.outlets, r.card.ToBeHad, r.card.Recall, r.card.Twice, r.card.Manners.Violations(),
			r.cost.Seconds, r.cost.PeakMemoryBytes>>20, r.cost.CPUPerKilopage, r.plain, r.colly, r.press)
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.card.Recall < least || r.card.Twice > 0 || r.card.Manners.Violations() > 0 {
			t.Errorf("%d outlets: recall %.4f, %d articles twice, manners %+v, missed %v", r.outlets, r.card.Recall, r.card.Twice, r.card.Manners, r.card.Missed)
		}
	}
	// Ten outlets spread the start of the program over few pages.
	if last, before := rows[len(rows)-1], rows[len(rows)-2]; *thousand && !warehousetest.IsRaceBuild() && last.cost.CPUPerKilopage > 1.3*before.cost.CPUPerKilopage {
		t.Errorf("a page costs %.2f CPU-seconds in a thousand with %d outlets and %.2f with %d: it must not grow",
			last.cost.CPUPerKilopage, last.outlets, before.cost.CPUPerKilopage, before.outlets)
	}
}

// sizedNight is what one size of press came to. The costs are CPU-seconds for a
// thousand pages.
type sizedNight struct {
	outlets             int
	card                press.ScoreCard
	cost                crawlCost
	plain, colly, press float64
}

// crawlNight starts a press, lets the demo crawl it, and then the yardsticks read
// a sample of its pages.
func crawlNight(t *testing.T, outlets, articles, sample int) sizedNight {
	t.Helper()
	o := newOperator(t, "")
	address, stop := o.startPress(t, "--outlets", strconv.Itoa(outlets), "--articles", strconv.Itoa(articles), "--days", "1")
	got := o.call(t, "demo", "--press", address, "--once", "--json")
	if got.code != exitDone && got.code != exitFailed {
		t.Fatalf("%d outlets: exit code %d: %s", outlets, got.code, got.stderr)
	}
	var demo struct {
		ScoreCard press.ScoreCard `json:"score_card"`
		Cost      crawlCost       `json:"cost"`
	}
	if err := json.Unmarshal([]byte(got.stdout), &demo); err != nil {
		t.Fatalf("stdout is not one JSON value: %v\n%s", err, got.stdout)
	}
	if err := demo.ScoreCard.WriteText(t.Output()); err != nil {
		t.Fatal(err)
	}
	row := sizedNight{outlets: outlets, card: demo.ScoreCard, cost: demo.Cost}

	desk, err := press.NewDesk(address)
	if err != nil {
		t.Fatal(err)
	}
	list, err := desk.Articles(t.Context())
	if err != nil || len(list) == 0 {
		t.Fatalf("%d articles to read, %v", len(list), err)
	}
	sample = min(sample, len(list))
	pages := make([]string, 0, sample)
	for i := range sample {
		pages = append(pages, list[i*len(list)/sample])
	}
	row.plain = yardstick(t, len(pages), func(read *atomic.Int64) { readPlainly(t.Context(), t, address, pages, read) })
	row.colly = yardstick(t, len(pages), func(read *atomic.Int64) { readWithColly(t, address, pages, read) })
	usage := stop()
	row.press = usage.Seconds() * 1000 / float64(demo.ScoreCard.Manners.Requests+2*len(pages))
	return row
}

// startPress serves a press from another process. stop ends it and tells the
// processor time it took.
func (o operator) startPress(t *testing.T, args ...string) (address string, stop func() time.Duration) {
	t.Helper()
	cmd := o.command(t.Context(), append([]string{"press", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the press does not say where it is: %v", err)
	}
	end := sync.OnceValue(func() time.Duration { return interrupt(t, cmd) })
	t.Cleanup(func() { end() })
	return strings.TrimSpace(line), end
}

func interrupt(t *testing.T, cmd *exec.Cmd) time.Duration {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // an interrupt has an exit code of its own
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// yardstick measures what reading so many pages takes, in CPU-seconds for a
// thousand of those that were answered.
func yardstick(t *testing.T, pages int, read func(*atomic.Int64)) float64 {
	t.Helper()
	var answered atomic.Int64
	before, _ := usage()
	read(&answered)
	after, _ := usage()
	if n := answered.Load(); n < int64(pages)/2 { // colly alone cannot read every character set
		t.Errorf("a yardstick read %d of %d pages", n, pages)
	}
	return (after - before).Seconds() * 1000 / float64(max(1, answered.Load()))
}

// readers is how many pages a yardstick reads at a time.
const readers = 8

// transportTo connects to the press whatever the host is called.
func transportTo(t *testing.T, address string) *http.Transport {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, u.Host)
	}}
}

// readPlainly is a GET and html.Parse, and no manners at all.
func readPlainly(ctx context.Context, t *testing.T, address string, pages []string, read *atomic.Int64) {
	t.Helper()
	transport := transportTo(t, address)
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 30 * time.Second}
	queue := make(chan string)
	var group sync.WaitGroup
	for range readers {
		group.Go(func() {
			for page := range queue {
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
				if err != nil {
					continue
				}
				res, err := client.Do(req)
				if err != nil {
					continue
				}
				if _, err = html.Parse(res.Body); err == nil && res.StatusCode == http.StatusOK {
					read.Add(1)
				}
				_, _ = io.Copy(io.Discard, res.Body) // what is left, so that the connection can serve again
				res.Body.Close()
			}
		})
	}
	for _, page := range pages {
		queue <- page
	}
	close(queue)
	group.Wait()
}

// readWithColly is colly as its own examples use it.
func readWithColly(t *testing.T, address string, pages []string, read *atomic.Int64) {
	t.Helper()
	transport := transportTo(t, address)
	defer transport.CloseIdleConnections()
	c := colly.NewCollector(colly.Async(true))
	c.WithTransport(transport)
	c.SetRequestTimeout(30 * time.Second)
	if err := c.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: readers}); err != nil {
		t.Fatal(err)
	}
	c.OnHTML("title", func(*colly.HTMLElement) { read.Add(1) })
	for _, page := range pages {
		_ = c.Visit(page) // what is not answered is not counted
	}
	c.Wait()
}
