package canonical

import (
	"regexp"
	"slices"
	"strings"
)

// Names are compared in lower case. A name stands here only if it is a known mark
// of one campaign tool or one publisher's feeds; names that some sites use for the
// article itself ("s", "source", "from", "sid") are judged by their value instead.
var trackingNames = []string{
	"_ga", "_gl", "_hsenc", "_hsmi", "_openstat", "__hsfp", "__hssc", "__hstc", "__s", "__tn__", "__twitter_impression", "_branch_match_id", "_branch_referrer",
	"cmp", "cmpid", "campaign_id", "dclid", "dicbo", "efid", "fb_action_ids", "fb_action_types", "fb_ref", "fb_source",
	"fbclid", "ftag", "gad_source", "gbraid", "gclid", "gclsrc", "guccounter", "hsctatracking", "icid", "igsh", "igshid",
	"epik", "hss_channel", "ito", "li_fat_id", "maca", "mbid", "mc_cid", "mc_eid", "mibextid", "mkevt", "mkt_tok", "mod_rss", "msclkid", "ncid", "ns_campaign",
	"ns_fee", "ns_linkname", "ns_mchannel", "ns_source", "ocid", "oly_anon_id", "oly_enc_id", "partner_rss", "rb_clickid",
	"ref", "ref_src", "ref_url", "rss", "rssfeed", "rss_lnk", "s_cid", "s_kwcid", "smid", "smtyp", "soc_src", "soc_trk",
	"spm", "sfmc_id", "sfmc_sub", "sr_share", "srsltid", "tblci", "taid", "traffic_source", "ttclid", "twclid", "vero_conv", "vero_id", "wbraid",
	"wickedid", "wpisrc", "wpmm", "wt.mc_id", "wt_mc", "wt_zmc", "wtrid", "xtor", "yclid", "ysclid",
}

var trackingPrefixes = []string{"utm_", "hsa_", "elqtrack", "pk_", "mtm_", "matomo_", "piwik_", "guce_", "at_campaign", "at_custom", "at_link_", "at_medium", "at_bbc_", "at_format", "at_ptr_"}

// ambiguousNames are tracking only with a value that names a channel.
var ambiguousNames = []string{"cid", "feed", "feature", "from", "output", "partner", "src", "source", "via", "share", "cm_mmc"}

var channelValue = regexp.MustCompile(`(?i)^(rss[a-z0-9_.-]*|[a-z0-9_.-]*[_.-]rss|atom|feed[a-z0-9_.-]*|feedburner|twitter|facebook|fb|whatsapp|telegram|linkedin|pinterest|email|newsletter|social|youtu\.be|google_news|googlenews)$`)

// sessionNames always name a session; sid and its kin need a value that looks
// like a key, since "sid=99390" is a story elsewhere.
var sessionNames = []string{"jsessionid", "phpsessid", "aspsessionid", "cfid", "cftoken", "zenid", "oscsid", "phpsession"}

var sessionMaybe = []string{"sid", "session", "sessionid", "session_id", "sessid", "s", "ssid"}

var sessionKey = regexp.MustCompile(`^([0-9a-fA-F]{26,}|[0-9a-zA-Z,-]{26,40})$`)

var aspSession = regexp.MustCompile(`^\([A-Za-z]\([0-9A-Za-z]{20,}\)\)$`)

func isTracking(name, value string) bool {
	name = strings.ToLower(name)
	if slices.Contains(trackingNames, name) {
		return true
	}
	for _, p := range trackingPrefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return slices.Contains(ambiguousNames, name) && channelValue.MatchString(value)
}

func isSession(name, value string) bool {
	name = strings.ToLower(name)
	if slices.Contains(sessionNames, name) || strings.HasPrefix(name, "aspsessionid") {
		return true
	}
	// A key mixes letters and digits; a slug of the same length does not.
	return slices.Contains(sessionMaybe, name) && sessionKey.MatchString(value) &&
		strings.ContainsAny(value, "0123456789") && !strings.Contains(strings.Trim(value, "-"), "-")
}
