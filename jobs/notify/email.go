package notify

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
)

const smtpTimeout = 30 * time.Second

// smtpServer is where mail is handed in.
type smtpServer struct {
	host           string
	port           int
	user, password string
	isTLS          bool // from the first byte
	isLoopback     bool
}

// CheckSMTPURL says what is wrong with the address of a mail server, in words that
// do not repeat it.
func CheckSMTPURL(raw string) error {
	_, err := parseSMTP(raw)
	return err
}

func parseSMTP(raw string) (smtpServer, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return smtpServer{}, errors.New("not a URL (write smtp://user:password@host:587, and %40 for an @ in the user or password)")
	}
	s := smtpServer{host: u.Hostname(), port: 587, isTLS: u.Scheme == "smtps"}
	if s.isTLS {
		s.port = 465
	}
	switch {
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return s, errors.New("the scheme is neither smtp nor smtps")
	case s.host == "":
		return s, errors.New("the URL names no host")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return s, errors.New("there is more after the host and port than a mail server takes")
	}
	if text := u.Port(); text != "" {
		if s.port, err = strconv.Atoi(text); err != nil || s.port < 1 || s.port > 65535 {
			return s, errors.New("the port is not a number up to 65535")
		}
	}
	s.user = u.User.Username()
	s.password, _ = u.User.Password()
	if s.password == "" && s.user != "" || s.user == "" && s.password != "" {
		return s, errors.New("a user and a password go together")
	}
	ip, err := netip.ParseAddr(s.host)
	s.isLoopback = s.host == "localhost" || err == nil && ip.IsLoopback()
	return s, nil
}

// mailer hands messages to a mail server.
type mailer struct {
	server  smtpServer
	cfg     Config
	host    string
	secrets secrets
}

func newMailer(cfg Config, host string) (*mailer, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("e-mail: %w", err)
	}
	server, err := parseSMTP(cfg.SMTPURL)
	if err != nil {
		return nil, fmt.Errorf("e-mail: %w", err)
	}
	m := &mailer{server: server, cfg: cfg, host: host, secrets: secretsOf(cfg.SMTPURL)}
	if _, err := m.message(digest{}); err != nil { // the addresses are judged now, not with the first alert
		return nil, err
	}
	return m, nil
}

func (m *mailer) name() string { return Email }

func (m *mailer) send(ctx context.Context, d digest) error {
	message, err := m.message(d)
	if err != nil {
		return err
	}
	client, err := mail.NewClient(m.server.host, m.options()...)
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, smtpTimeout)
		defer cancel()
		err = client.DialAndSendWithContext(ctx, message)
	}
	if err != nil {
		return errors.New("send mail by " + net.JoinHostPort(m.server.host, strconv.Itoa(m.server.port)) + ": " + plain(m.secrets.hide(err.Error()), 300))
	}
	return nil
}

// options say how to talk to the server. A password goes over an encrypted
// connection or within this machine; without one, encryption is used if offered.
func (m *mailer) options() []mail.Option {
	s := m.server
	options := []mail.Option{
		mail.WithPort(s.port), mail.WithTimeout(requestTimeout), mail.WithHELO(helo(m.host)),
		mail.WithTLSConfig(&tls.Config{ServerName: s.host, RootCAs: m.cfg.RootCAs, MinVersion: tls.VersionTLS12}),
	}
	switch {
	case s.isTLS:
		options = append(options, mail.WithSSL())
	case s.isLoopback && m.cfg.RootCAs == nil:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case s.password == "":
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.user == "" {
		return options
	}
	auth := mail.SMTPAuthAutoDiscover
	if s.isLoopback && !s.isTLS && m.cfg.RootCAs == nil {
		auth = mail.SMTPAuthPlainNoEnc
	}
	return append(options, mail.WithSMTPAuth(auth), mail.WithUsername(s.user), mail.WithPassword(s.password))
}

// helo is the name a client greets with, which must be one word.
func helo(host string) string {
	if u, err := url.Parse("smtp://" + host); err != nil || u.Hostname() != host {
		return "localhost"
	}
	return host
}

// message writes the mail. Its id is that of what it tells, so that a mail sent
// twice over a crash can be told by the reader's program.
func (m *mailer) message(d digest) (*mail.Msg, error) {
	message := mail.NewMsg()
	if err := message.From(m.cfg.EmailFrom); err != nil {
		return nil, fmt.Errorf("the sender of e-mail is no address: %w", err)
	}
	if err := message.To(m.cfg.EmailTo...); err != nil {
		return nil, fmt.Errorf("a receiver of e-mail is no address: %w", err)
	}
	digest := sha256.New()
	for _, x := range d.notices {
		fmt.Fprintf(digest, "%d %s %s\n", x.AlertID, x.Event, x.OpenedAt.UTC().Format(time.RFC3339Nano))
	}
	message.SetMessageIDWithValue(fmt.Sprintf("%x@overheard.%s", digest.Sum(nil)[:16], helo(m.host)))
	message.SetDate()
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.Subject(plain(d.title(), 150))
	message.SetBodyString(mail.TypeTextPlain, d.text())
	return message, nil
}
