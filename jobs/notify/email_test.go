package notify_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/overheard-news/overheard/jobs/notify"
)

// postOffice is a mail server with just the words that are needed.
type postOffice struct {
	t        *testing.T
	listener net.Listener
	tls      *tls.Config // nil: STARTTLS is not offered
	isTLS    bool        // from the first byte
	user     string      // that must log in; empty: nobody needs to
	password string
	refusal  string // to RCPT; empty: all are taken
	isMute   bool

	mu      sync.Mutex
	letters []letter
}

type letter struct {
	from    string
	to      []string
	text    string
	isSafe  bool // came over TLS
	isKnown bool // after a login
}

func (p *postOffice) open() (address string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	p.listener = listener
	p.t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	return listener.Addr().String()
}

func (p *postOffice) serve(conn net.Conn) {
	defer conn.Close()
	if p.isMute {
		io.Copy(io.Discard, conn)
		return
	}
	isSafe := p.isTLS
	if p.isTLS {
		conn = tls.Server(conn, p.tls)
	}
	in := bufio.NewReader(conn)
	say := func(format string, args ...any) { fmt.Fprintf(conn, format+"\r\n", args...) }
	say("220 post.example")
	var l letter
	isKnown := false
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		word, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(word) {
		case "EHLO":
			lines := []string{"post.example", "8BITMIME"}
			if p.tls != nil && !isSafe {
				lines = append(lines, "STARTTLS")
			}
			if p.user != "" {
				lines = append(lines, "AUTH PLAIN")
			}
			for i, text := range lines {
				mark := "-"
				if i == len(lines)-1 {
					mark = " "
				}
				say("250%s%s", mark, text)
			}
		case "STARTTLS":
			say("220 go on")
			conn = tls.Server(conn, p.tls)
			in, isSafe = bufio.NewReader(conn), true
		case "AUTH":
			_, token, _ := strings.Cut(rest, " ")
			got, _ := base64.StdEncoding.DecodeString(token)
			if string(got) != "\x00"+p.user+"\x00"+p.password {
				say("535 %s is not the password, I got %s", strings.Split(string(got), "\x00")[2], token)
				continue
			}
			isKnown = true
			say("235 welcome")
		case "MAIL":
			l = letter{from: rest, isSafe: isSafe, isKnown: isKnown}
			say("250 ok")
		case "RCPT":
			if p.refusal != "" {
				say("%s", p.refusal)
				continue
			}
			l.to = append(l.to, rest)
			say("250 ok")
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				text.WriteString(line)
			}
			l.text = text.String()
			p.mu.Lock()
			p.letters = append(p.letters, l)
			p.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// certificate is one for this machine, and who vouches for it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return &tls.Config{Certificates: server.TLS.Certificates}, roots
}

func TestMail(t *testing.T) {
	t.Parallel()
	config, roots := certificate(t)
	tests := []struct {
		name   string
		office postOffice
		scheme string
		login  string
		roots  *x509.CertPool
		says   string // in the error; empty: the mail is taken
		isSafe bool
	}{
		{name: "within this machine", scheme: "smtp"},
		{name: "within this machine, with a password", scheme: "smtp", login: "ada:s3cret%40", office: postOffice{user: "ada", password: "s3cret@"}},
		{name: "STARTTLS with a password", scheme: "smtp", login: "ada:s3cret%40", roots: roots, isSafe: true, office: postOffice{tls: config, user: "ada", password: "s3cret@"}},
		{name: "TLS from the start", scheme: "smtps", login: "ada:s3cret%40", roots: roots, isSafe: true, office: postOffice{tls: config, isTLS: true, user: "ada", password: "s3cret@"}},
		{name: "a password, and no STARTTLS offered", scheme: "smtp", login: "ada:s3cret%40", roots: roots, says: "STARTTLS", office: postOffice{user: "ada", password: "s3cret@"}},
		{name: "a certificate that nobody vouches for", scheme: "smtps", says: "certificate", office: postOffice{tls: config, isTLS: true}},
		{name: "a wrong password, and a server that repeats it", scheme: "smtp", login: "ada:wr0ngpass", says: "535", office: postOffice{user: "ada", password: "s3cret@"}},
		{name: "a receiver that is refused", scheme: "smtp", says: "550", office: postOffice{refusal: "550 nobody of that name"}},
		{name: "a server that says nothing", scheme: "smtp", says: "timeout", office: postOffice{isMute: true}},
	}
	for i := range tests {
		test := &tests[i]
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := &test.office
			p.t = t
			address := p.open()
			if test.login != "" {
				address = test.login + "@" + address
			}
			log := &bytes.Buffer{}
			n, err := notify.New(slog.New(slog.NewTextHandler(log, nil)), nil, notify.Config{
				SMTPURL: test.scheme + "://" + address, EmailFrom: "Overheard <alerts@example.com>",
				EmailTo: []string{"ada@example.com", "bob@example.com"}, RootCAs: test.roots,
			}, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			result := n.Test(t.Context())[1]
			for _, secret := range []string{"s3cret", "wr0ngpass", "d3IwbmdwYXNz", base64.StdEncoding.EncodeToString([]byte("\x00ada\x00wr0ngpass"))} {
				if strings.Contains(result.Error, secret) {
					t.Errorf("the error has the password: %s", result.Error)
				}
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			if test.says != "" {
				if !strings.Contains(result.Error, test.says) || len(p.letters) > 0 {
					t.Errorf("error %q and %d letters, want none and %q", result.Error, len(p.letters), test.says)
				}
				return
			}
			if result.Error != "" || len(p.letters) != 1 {
				t.Fatalf("error %q, %d letters", result.Error, len(p.letters))
			}
			l := p.letters[0]
			if l.isSafe != test.isSafe || l.isKnown != (test.login != "") || len(l.to) != 2 || !strings.Contains(l.from, "<alerts@example.com>") {
				t.Errorf("letter %+v", l)
			}
			m, err := mail.ReadMessage(strings.NewReader(l.text))
			if err != nil {
				t.Fatal(err)
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
			body, _ := io.ReadAll(m.Body)
			if err != nil || !strings.Contains(subject, "WARN test alerts") || !strings.Contains(string(body), "This is a test") || m.Header.Get("Auto-Submitted") != "auto-generated" {
				t.Errorf("subject %q, %v:\n%s", subject, err, l.text)
			}
		})
	}
}

func TestWhatCannotBeAnAddress(t *testing.T) {
	t.Parallel()
	good := notify.Config{SMTPURL: "smtp://u:hunter2@mail.example:587", EmailFrom: "a@example.com", EmailTo: []string{"b@example.com"}}
	tests := []struct {
		name   string
		change func(*notify.Config)
		says   string
	}{
		{"a webhook without a scheme", func(c *notify.Config) { c.WebhookURL = "hooks.example/T0/hunter2" }, "no http or https URL"},
		{"a webhook of another scheme", func(c *notify.Config) { c.WebhookURL = "ftp://hooks.example/hunter2" }, "no http or https URL"},
		{"a mail server of another scheme", func(c *notify.Config) { c.SMTPURL = "http://u:hunter2@mail.example" }, "neither smtp nor smtps"},
		{"a mail server without a host", func(c *notify.Config) { c.SMTPURL = "smtp://" }, "names no host"},
		{"a port that is none", func(c *notify.Config) { c.SMTPURL = "smtp://u:hunter2@mail.example:99999" }, "the port is not"},
		{"an address that cannot be read", func(c *notify.Config) { c.SMTPURL = "smtp://u:hunter2@mail.example:x" }, "not a URL"},
		{"a user without a password", func(c *notify.Config) { c.SMTPURL = "smtp://u@mail.example" }, "go together"},
		{"no sender", func(c *notify.Config) { c.EmailFrom = "" }, "a sender"},
		{"a sender that is no address", func(c *notify.Config) { c.EmailFrom = "nobody" }, "the sender of e-mail is no address"},
		{"no receiver", func(c *notify.Config) { c.EmailTo = nil }, "at least one receiver"},
		{"a receiver that is no address", func(c *notify.Config) { c.EmailTo = []string{"x\r\nBcc: y@example.com"} }, "a receiver of e-mail is no address"},
	}
	if _, err := notify.New(slog.New(slog.DiscardHandler), nil, good, time.Now); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := good
			test.change(&c)
			_, err := notify.New(slog.New(slog.DiscardHandler), nil, c, time.Now)
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error %v, want %q and no secret", err, test.says)
			}
		})
	}
}
