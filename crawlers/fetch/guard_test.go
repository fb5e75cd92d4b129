package fetch

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"8.8.8.8": true, "151.101.1.195": true, "2606:4700::1111": true, "2a00:1450:4001::1": true, "64:ff9b::808:808": true, "::ffff:8.8.8.8": true, "2002:808:808::1": true, "::ffff:0:8.8.8.8": true, "2620:fe::fe": true,
		"0.0.0.0": false, "10.0.0.1": false, "100.64.0.1": false, "127.0.0.1": false, "127.8.8.8": false, "169.254.169.254": false, "172.16.0.1": false,
		"192.168.1.1": false, "192.0.2.1": false, "198.18.0.1": false, "224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::ffff:127.0.0.1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "2002:7f00:1::": false,
		"fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false, "2001:db8::1": false, "fec0::1": false,
		// NAT64 of a local network, whatever it embeds.
		"64:ff9b:1::808:808": false, "64:ff9b:1::7f00:1": false, "64:ff9b:1:ffff:ffff:ffff:808:808": false, "64:ff9b:1:a00::1": false,
		// A private IPv4 address inside an IPv6 one.
		"64:ff9b::a00:1": false, "64:ff9b::c0a8:101": false, "64:ff9b::6440:1": false, "64:ff9b::": false,
		"2002:a00:1::1": false, "2002:c0a8:101::c0a8:101": false, "2002:a9fe:a9fe::": false, "2002:6440:1::": false,
		"::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false, "::ffff:192.168.1.1": false, "::ffff:100.64.0.1": false, "::ffff:0.0.0.0": false,
		"::ffff:0:10.0.0.1": false, "::10.0.0.1": false, "2001::1": false, "3fff::1": false,
	} {
		if got := isPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("isPublic(%s) = %v, want %v", address, got, want)
		}
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { t.Errorf("reached %s", r.URL) })
	_, port, _ := net.SplitHostPort(hostIn(s.URL))
	f := newTestFetcher(t, func(c *Config) { c.AllowPrivateNetworks = false })
	for _, u := range []string{
		s.URL, "http://localhost:" + port, "http://paper.localhost:" + port, "http://169.254.169.254/latest/meta-data/", "http://[::1]:" + port,
		"http://[::ffff:127.0.0.1]:" + port, "http://2130706433:" + port, "http://0177.0.0.1:" + port, "https://192.168.0.1/", "http://0.0.0.0:" + port,
	} {
		if outcome, reason := outcomeOf(second(page(t, f, u))); outcome != OutcomeRefused {
			t.Errorf("%s: %s: %s, want refused", u, outcome, reason)
		}
	}
}

// A name may resolve to anything, at any time; what counts is the address the
// socket is about to connect to.
func TestNameThatResolvesToAPrivateAddressIsRefusedAtTheDial(t *testing.T) {
	t.Parallel()
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	d := newDialer(Config{UserAgent: testAgent}.withDefaults())
	for _, address := range []string{hostIn(s.URL), "localhost:80", "rebound.localhost:80"} {
		_, err := d.DialContext(t.Context(), "tcp", address)
		var e *Error
		if !errors.As(err, &e) || e.Outcome != OutcomeRefused {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestRedirectToAPrivateAddressIsRefused(t *testing.T) {
	t.Parallel()
	inside := serve(t, func(w http.ResponseWriter, r *http.Request) { t.Errorf("reached %s", r.URL) })
	outside := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inside.URL+"/secret", http.StatusFound)
	})
	f := newTestFetcher(t, func(c *Config) { c.AllowPrivateNetworks = false })
	// The test's outside world is on loopback as well: let its connection pass.
	f.wire.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "outside.example:80" {
			return net.Dial("tcp", hostIn(outside.URL))
		}
		return newDialer(f.cfg).DialContext(ctx, network, address)
	}
	outcome, reason := outcomeOf(second(page(t, f, "http://outside.example/")))
	if outcome != OutcomeRefused || !strings.Contains(reason, "redirect to "+inside.URL+"/secret: private address 127.0.0.1") {
		t.Errorf("got %s: %s", outcome, reason)
	}
}

func TestLocalhostNamesAreLoopback(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) })
	_, port, _ := net.SplitHostPort(hostIn(s.URL))
	got, err := page(t, newTestFetcher(t, nil), "http://the-paper.localhost:"+port+"/")
	if err != nil || string(got.Body) != "the-paper.localhost:"+port {
		t.Errorf("got %v, %v", got, err)
	}
}
