package fetch

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The guard keeps a crawled page from sending us into our own network. Names
// are no help, as anyone may point one at 127.0.0.1, and may change it between
// two questions; so the address is checked when the socket is about to connect
// to it. Only with a proxy, which resolves names itself, are names all we see.

// special are networks that are not the public internet, beyond those that
// package netip knows.
var special = prefixes(
	"0.0.0.0/8",       // this network
	"100.64.0.0/10",   // carrier-grade NAT
	"192.0.0.0/24",    // IETF
	"192.0.2.0/24",    // documentation
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"240.0.0.0/4",     // reserved, broadcast
	"100::/64",        // discard
	"64:ff9b:1::/48",  // NAT64 of a local network, which may lead anywhere in it
	"2001::/23",       // IETF, Teredo among them
	"2001:db8::/32",   // documentation
	"3fff::/20",       // documentation
	"5f00::/16",       // segment routing
	"fec0::/10",       // old site-local
)

// embedding are IPv6 networks whose addresses carry an IPv4 one, at an offset.
var embedding = []struct {
	prefix netip.Prefix
	offset int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12},    // NAT64
	{netip.MustParsePrefix("2002::/16"), 2},        // 6to4
	{netip.MustParsePrefix("::/96"), 12},           // compatible
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 12}, // translated; mapped ones are IPv4 to us
}

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// isPublic tells whether an address belongs to the public internet. That
// leaves out the metadata services of clouds, which are link-local or private.
func isPublic(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	if slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return false
	}
	for _, e := range embedding {
		if e.prefix.Contains(a) {
			bytes := a.As16()
			return isPublic(netip.AddrFrom4([4]byte(bytes[e.offset : e.offset+4])))
		}
	}
	return true
}

func refused(reason string) *Error {
	return &Error{Outcome: OutcomeRefused, Reason: reason, IsUnsent: true}
}

// checkAddress refuses by the address alone what no connection need be opened
// for.
func checkAddress(u *url.URL, cfg Config) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return refused("scheme " + u.Scheme)
	}
	if cfg.AllowPrivateNetworks {
		return nil
	}
	name := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if isLocalhost(name) {
		return refused("private address " + name)
	}
	if a, err := netip.ParseAddr(name); err == nil {
		if !isPublic(a) {
			return refused("private address " + name)
		}
	} else if endsInNumber(name) {
		// 127.1 or 0x7f000001: some resolvers read them as an address.
		return refused("address in an odd form " + name)
	}
	return nil
}

func isLocalhost(name string) bool {
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// endsInNumber tells whether the last label of a name is a number, which makes
// it an address to the URL standard.
func endsInNumber(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	_, err := strconv.ParseUint(last, 0, 64)
	_, plain := strconv.ParseUint(last, 10, 64)
	return err == nil || plain == nil
}

// dialer opens connections to public addresses only.
type dialer struct {
	net.Dialer
	isProxied bool // all connections go to the proxy
}

func newDialer(cfg Config) *dialer {
	d := &dialer{net.Dialer{Timeout: cfg.RequestTimeout, KeepAlive: 15 * time.Second}, cfg.ProxyURL != ""}
	// With a proxy every connection goes to the proxy, which the operator named.
	if !cfg.AllowPrivateNetworks && cfg.ProxyURL == "" {
		d.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil {
				return refused(fmt.Sprintf("address %q cannot be read", address))
			}
			if !isPublic(ap.Addr()) {
				return refused("private address " + ap.Addr().String())
			}
			return nil
		}
	}
	return d
}

// DialContext connects; names ending in .localhost are loopback (RFC 6761),
// which the system's resolver need not know.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	name, port, err := net.SplitHostPort(address)
	if err == nil && isLocalhost(strings.ToLower(strings.TrimSuffix(name, "."))) {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	conn, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil && d.isProxied {
		return nil, ours{err} // no host has a part in it
	}
	return conn, err
}
