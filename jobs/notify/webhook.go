package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	requestTimeout = 10 * time.Second
	maxReply       = 4 << 10 // bytes read of an answer
)

// webhook posts messages as JSON that Slack takes, and with it Mattermost and
// others: "text" is the whole message, "blocks" the same laid out.
type webhook struct {
	url     string
	client  *http.Client
	secrets secrets
}

func newWebhook(cfg Config) (*webhook, error) {
	u, err := url.Parse(cfg.WebhookURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("the address of the webhook is no http or https URL")
	}
	return &webhook{url: cfg.WebhookURL, client: newClient(cfg.RootCAs), secrets: secretsOf(cfg.WebhookURL)}, nil
}

// newClient is a client that keeps to the address it was given: a redirect would
// carry the secret of the address and the alert to somebody else.
func newClient(roots *x509.CertPool) *http.Client {
	return &http.Client{
		Timeout:       requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:      true,
			MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives:      true, // hours pass between two messages
		},
	}
}

func (w *webhook) name() string { return Webhook }

func (w *webhook) send(ctx context.Context, d digest) error {
	body, err := json.Marshal(slackMessage(d))
	if err != nil {
		return fmt.Errorf("post to the webhook: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return errors.New("post to the webhook: its address is no URL")
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "overheard")
	if err := exchange(w.client, request); err != nil {
		return errors.New("post to the webhook: " + w.secrets.hide(err.Error()))
	}
	return nil
}

// exchange sends a request and is content with any answer of 2xx. Its errors do not
// name the address, but may repeat what the server says.
func exchange(client *http.Client, request *http.Request) error {
	answer, err := client.Do(request)
	if err != nil {
		return errors.New(bare(err))
	}
	defer answer.Body.Close()
	reply, _ := io.ReadAll(io.LimitReader(answer.Body, maxReply)) // what can be read of it serves the error only
	switch {
	case answer.StatusCode >= 200 && answer.StatusCode < 300:
		return nil
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		return fmt.Errorf("it answered %d, and redirects are not followed: configure the address it leads to", answer.StatusCode)
	}
	text := fmt.Sprintf("it answered %d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
	if said := plain(string(reply), 120); said != "" {
		text += ": " + said
	}
	return errors.New(text)
}

// What Slack takes: https://docs.slack.dev/reference/block-kit/blocks/
const (
	maxHeader  = 150  // characters of a header block
	maxSection = 3000 // characters of a section block
)

type slackText struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type slackBlock struct {
	Type string     `json:"type"`
	Text *slackText `json:"text,omitempty"`
}

type slackPayload struct {
	Text   string       `json:"text"`
	Blocks []slackBlock `json:"blocks"`
}

// slackMessage lays a message out. All that comes from elsewhere is escaped, so
// that no page can call a channel (<!channel>) or set a link.
func slackMessage(d digest) slackPayload {
	section := func(text string) slackBlock {
		return slackBlock{"section", &slackText{"mrkdwn", cut(text, maxSection)}}
	}
	p := slackPayload{
		Text:   escape(d.title() + "\n" + d.text()),
		Blocks: []slackBlock{{"header", &slackText{"plain_text", cut(d.title(), maxHeader)}}},
	}
	for _, x := range d.first() {
		mark := ":warning:"
		switch {
		case x.Event == closed:
			mark = ":white_check_mark:"
		case x.Severity == "fail":
			mark = ":rotating_light:"
		}
		p.Blocks = append(p.Blocks, section(mark+" *"+escape(x.headline())+"*\n"+escape(x.body())))
	}
	if rest := d.rest(); rest != "" {
		p.Blocks = append(p.Blocks, section(escape(rest)))
	}
	return p
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
