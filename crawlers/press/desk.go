package press

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/overheard-news/overheard/crawlers/outlets"
)

// The desk is a host of the press that is no outlet: who starts the press as a
// process of its own asks there what it would ask a Press. A reader has no
// business there; nothing links it.

// deskHost is its name.
const deskHost = "desk.localhost"

// Plan is what there is to read, as the desk tells it.
type Plan struct {
	Nights    int
	LastNight time.Time
	Articles  int
	Outlets   []outlets.Outlet
}

func (p *Press) desk(w http.ResponseWriter, r *http.Request) {
	var answer any
	switch r.Method + " " + r.URL.Path {
	case "GET /plan":
		_, port, _ := net.SplitHostPort(r.Host)
		number, _ := strconv.Atoi(port) // 0 where there is none
		answer = Plan{Nights: p.cfg.Nights, LastNight: p.cfg.LastNight, Articles: len(p.articles), Outlets: p.Outlets(number)}
	case "GET /manners":
		answer = p.Manners()
	case "GET /articles":
		_, port, _ := net.SplitHostPort(r.Host)
		number, _ := strconv.Atoi(port)
		var list []string
		for _, a := range p.Truth(number).Articles {
			if a.IsToBeHad {
				list = append(list, a.CanonicalURL)
			}
		}
		answer = list
	case "POST /score":
		var found Found
		if err := json.NewDecoder(r.Body).Decode(&found); err != nil {
			http.Error(w, fmt.Sprintf("read what was found: %v", err), http.StatusBadRequest)
			return
		}
		answer = p.Score(found)
	default:
		http.Error(w, "the desk answers GET /plan, GET /manners, GET /articles and POST /score", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer) // who left needs no answer
}

// Desk asks the desk of a press that runs elsewhere on this machine.
type Desk struct {
	address string // host:port of the press
	client  *http.Client
}

// NewDesk takes the address of a press, as in http://127.0.0.1:8099.
func NewDesk(address string) (*Desk, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" {
		return nil, fmt.Errorf("address of a press %q: write it as http://127.0.0.1:8099", address)
	}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, network, u.Host)
	}
	return &Desk{address: u.Host, client: &http.Client{Transport: &http.Transport{DialContext: dial}}}, nil
}

// Plan asks what there is to read; channels and front pages have the port of the
// press.
func (d *Desk) Plan(ctx context.Context) (Plan, error) {
	var plan Plan
	return plan, d.ask(ctx, http.MethodGet, "/plan", nil, &plan)
}

// Articles asks for the canonical addresses of what is to be had.
func (d *Desk) Articles(ctx context.Context) ([]string, error) {
	var list []string
	return list, d.ask(ctx, http.MethodGet, "/articles", nil, &list)
}

// Score has what was found compared with the truth.
func (d *Desk) Score(ctx context.Context, found Found) (ScoreCard, error) {
	var card ScoreCard
	body, err := json.Marshal(found)
	if err != nil {
		return card, fmt.Errorf("write what was found: %w", err)
	}
	return card, d.ask(ctx, http.MethodPost, "/score", body, &card)
}

func (d *Desk) ask(ctx context.Context, method, path string, body []byte, answer any) error {
	_, port, _ := strings.Cut(d.address, ":")
	address := "http://" + deskHost + ":" + port + path
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask the desk of the press for %s: %w", path, err)
	}
	res, err := d.client.Do(req)
	if err != nil {
		return fmt.Errorf("ask the desk of the press at %s for %s; is it running? %w", d.address, path, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 500)) // only for the message
		return fmt.Errorf("ask the desk of the press for %s: %s: %s", path, res.Status, strings.TrimSpace(string(text)))
	}
	if err := json.NewDecoder(res.Body).Decode(answer); err != nil {
		return fmt.Errorf("read what the desk of the press says of %s: %w", path, err)
	}
	return nil
}
