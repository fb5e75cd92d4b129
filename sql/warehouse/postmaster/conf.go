package postmaster

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// defaults are for a machine of two cores and a few GB that also crawls. The
// write-ahead log stays small, so that recovery after a crash takes seconds;
// nothing here trades a committed row for speed. local.conf, read after it,
// can change any of it.
var defaults = [][2]string{
	{"max_connections", "100"},
	{"superuser_reserved_connections", "3"},
	{"shared_buffers", "128MB"},
	{"work_mem", "16MB"},
	{"maintenance_work_mem", "128MB"},
	{"effective_cache_size", "1GB"},
	{"random_page_cost", "1.1"},
	{"jit", "off"}, // costs more than it saves on queries of seconds
	{"max_wal_size", "1GB"},
	{"min_wal_size", "128MB"},
	{"checkpoint_timeout", "5min"},
	{"wal_compression", "on"},
	{"wal_level", "replica"},
	{"bgwriter_delay", "50ms"}, // little dirty at any time: a quick shutdown
	{"bgwriter_lru_maxpages", "500"},
	{"backend_flush_after", "1MB"},
	{"timezone", "UTC"},
	{"log_timezone", "UTC"},
	{"datestyle", "ISO, MDY"},
	{"default_text_search_config", "pg_catalog.simple"},
	{"logging_collector", "off"}, // stderr is postgres.log already
	{"log_line_prefix", "%m [%p] %q%u@%d "},
	{"log_min_messages", "warning"},
	{"log_checkpoints", "off"},
	{"log_autovacuum_min_duration", "-1"},
	{"unix_socket_permissions", "0700"},
}

const confHead = `# Written by overheard at every start: changes here are lost.
# Put your own settings into local.conf beside this file.
`

// writeConf writes postgresql.conf and pg_hba.conf.
func writeConf(l layout, set settings, bin binaries, socketDir string) error {
	list := append([][2]string{}, defaults...)
	list = append(list,
		[2]string{"hba_file", l.hba()},
		[2]string{"ident_file", l.data() + "/pg_ident.conf"},
		[2]string{"unix_socket_directories", socketDir},
	)
	host, number := "", strconv.Itoa(port)
	if set.listen != "" {
		var err error
		if host, number, err = net.SplitHostPort(set.listen); err != nil {
			return fmt.Errorf("TCP address %q: want host:port: %w", set.listen, err)
		}
	}
	list = append(list, [2]string{"listen_addresses", host}, [2]string{"port", number})
	list = append(list, set.extra...)
	var b strings.Builder
	b.WriteString(confHead)
	for _, kv := range list {
		fmt.Fprintf(&b, "%s = '%s'\n", kv[0], strings.ReplaceAll(kv[1], "'", "''"))
	}
	b.WriteString("include_if_exists 'local.conf'\n")
	if err := os.WriteFile(l.conf(), []byte(b.String()), 0o644); err != nil {
		return fmt.Errorf("write settings: %w%s", err, folderRemedy(err))
	}
	if err := os.WriteFile(l.hba(), []byte(hba(set.listen != "")), 0o644); err != nil {
		return fmt.Errorf("write settings: %w%s", err, folderRemedy(err))
	}
	return nil
}

// hba lets everybody in who can reach the socket (its folder is closed to
// others), and over TCP only roles with a password that are not the program's.
func hba(tcp bool) string {
	text := confHead + "local all all trust\n"
	if tcp {
		text += "host all " + Superuser + " all reject\nhost all all all scram-sha-256\n"
	}
	return text
}
