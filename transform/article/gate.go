package article

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// judge decides whether the page is an article, and whether all of it is there.
// Each refusal needs two signs that agree, one of them a lack of text.
func judge(doc *document, page *url.URL, a *Article) Verdict {
	size := measure(a.Body)
	marked := doc.ld.found || strings.HasPrefix(strings.ToLower(doc.meta["og:type"]), "article") || doc.meta["article:published_time"] != ""
	switch {
	case size < 1500 && isMissing(doc, a.Title, a.Body):
		return Verdict{Outcome: NotArticle, Reason: fmt.Sprintf("soft 404: %q", clip(a.Title, 80))}
	case size < 1500 && isWall(a.Title, a.Body):
		return Verdict{Outcome: NotArticle, Reason: fmt.Sprintf("consent or robot check: %q", clip(a.Title, 80))}
	case size < 80 && !marked:
		return Verdict{Outcome: NotArticle, Reason: fmt.Sprintf("no text: %d characters", size)}
	case size == 0 && a.Title == "":
		return Verdict{Outcome: NotArticle, Reason: "no text and no title"}
	case !marked && (doc.ld.isCatalog || strings.HasPrefix(strings.ToLower(doc.meta["og:type"]), "product")):
		return Verdict{Outcome: NotArticle, Reason: "declared a product or a collection"}
	case !marked && isListing(doc, page, size):
		return Verdict{Outcome: NotArticle, Reason: fmt.Sprintf("listing: %d links, %d of %d words in them", doc.links, doc.linkWords, doc.words)}
	case doc.ld.isPaid && isTeaser(doc, a.Body, size):
		return Verdict{Outcome: Stub, Reason: "declared not free, teaser only"}
	case size < 1200 && hasPaywall(a.Body):
		return Verdict{Outcome: Stub, Reason: "short and asks to subscribe"}
	case size < 80:
		return Verdict{Outcome: Stub, Reason: fmt.Sprintf("article without text: %d characters", size)}
	}
	return Verdict{Outcome: Stored, Reason: ""}
}

// measure is the length of a text in characters, those of dense scripts counted
// double and a half: a Chinese sentence is as long as an English one in fewer.
func measure(s string) int {
	n := utf8.RuneCountInString(s)
	if n > 0 && len(s) > 5*n/2 {
		return n * 5 / 2
	}
	return n
}

func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}

var (
	missingTitle = regexp.MustCompile(`(?i)^\W*(((error|fehler|erreur|ошибка)\W*404\b|404(\s*$|\s*[|:–—-]|\W+(error|not found|page|fehler|seite|erreur)))|.{0,40}\b(page|article|story|content|file)\b.{0,20}\b(not found|cannot be found|can't be found|could not be found|couldn't be found|no longer (available|exists)|does not exist|doesn't exist|is unavailable)|not found\W*$|(oops|sorry|whoops)\b.{0,30}\b(page|lost|wrong|find|missing|gone)\b|.{0,20}(seite|artikel|beitrag)\b.{0,30}nicht (gefunden|vorhanden|mehr verfügbar|verfügbar)|.{0,20}page (introuvable|non trouvée)|.{0,30}(página|pagina|artículo|artigo|articolo)\b.{0,20}\b(no encontrad[ao]|não (foi )?encontrad[ao]|non trovat[ao]|niet gevonden|no existe|não existe|inexistente)|.{0,20}(strona|strony) nie (została|istnieje|znaleziono)|.{0,20}nie znaleziono (strony|artykułu)|.{0,20}(siden|sidan|artikkelen|artikeln) .{0,20}(ikke|inte|finnes|finns)\b.{0,20}|.{0,20}sayfa bulunamadı|.{0,20}stránka .{0,15}(nenalezena|neexistuje|nebyla nalezena)|.{0,20}(oldal|cikk) nem található|.{0,20}sivua ei löyt|.{0,20}pagina nu .{0,10}găsit)`)
	missingWord  = []string{"страница не найдена", "такой страницы", "сторінку не знайдено", "сторінка не знайдена", "ページが見つかりません", "お探しのページ", "页面不存在", "找不到页面", "頁面不存在", "找不到網頁", "您访问的页面", "페이지를 찾을 수 없", "الصفحة غير موجودة", "صفحه مورد نظر", "הדף לא נמצא", "ไม่พบหน้า", "không tìm thấy trang", "halaman tidak ditemukan", "η σελίδα δεν βρέθηκε", "страницата не е намерена", "stranica nije pronađena"}
	missingText  = regexp.MustCompile(`(?i)\b(the )?(page|article|story|content|url) (you('re| are| were)? (looking for|requested|trying to)|that you requested)\b|\b(has|have|may have) been (moved|removed|deleted|renamed)\b|\bno longer (available|exists)\b|\bcheck the (url|address)\b|die (angeforderte|gesuchte|gewünschte) seite|la página (que )?(buscas|solicitada)|la page (que vous|demandée)|página (solicitada|que você)|la pagina (che|richiesta)|de (opgevraagde|gevraagde) pagina`)

	wallTitle = regexp.MustCompile(`(?i)^\W*(just a moment|attention required|access (denied|to this page)|are you (a )?(robot|human)|security check|please verify|verify you are|before you continue|bevor sie fortfahren|one more step|checking your browser|you have been blocked|pardon our interruption|robot check|captcha|403 forbidden|forbidden|service unavailable|502 bad gateway|bad gateway|internal server error|too many requests|site maintenance|privacy (settings|manager)|cookie (consent|settings|policy)|datenschutz ?einstellungen|consent(-| )?(management|screen)?\W*$|we value your privacy|your privacy choices)`)
	wallText  = regexp.MustCompile(`(?i)(enable javascript and cookies to continue|checking if the site connection is secure|unusual traffic from your (computer )?network|verify(ing)? (that )?you are (a )?human|complete the security check|ray id:|you don'?t have permission to access|we (and our|use cookies and) .{0,80}(partners|vendors).{0,200}(consent|accept)|before you continue to|um (diese|die) seite .{0,40}zu (nutzen|lesen).{0,60}(zustimm|einwillig|cookies))`)

	payMarks = regexp.MustCompile(`(?i)(subscribe (now )?(to|for) (continue|read|unlock|full)|subscribers? only|for subscribers|to continue reading|continue reading (this article|with)|already a subscriber|sign in to (read|continue)|log ?in to (read|continue)|register to (read|continue)|unlock this article|this (article|story|content) is (for|available to|exclusive|reserved)|become a (member|subscriber) to|weiterlesen mit|jetzt weiterlesen|nur für abonnenten|dieser (artikel|inhalt) ist (exklusiv|nur)|réservé (à nos|aux) abonnés|il vous reste .{0,20}% de|abonnez-vous pour|article réservé|solo para suscriptores|contenido exclusivo|exclusivo para (suscriptores|assinantes)|suscríbete para|para assinantes|riservato agli abbonati|abbonati per|alleen voor abonnees|verder lezen|kun for abonnenter|for abonnenter|bli abonnent|endast för prenumeranter|tylko dla prenumeratorów|dostęp (tylko )?dla|この記事は(有料|会員)|会員限定|有料会員|続きを読むには|登录后(阅读|查看)|订阅(后|以)(阅读|继续)|付费阅读|доступно (только )?(по подписке|подписчикам)|только для подписчиков)`)
)

// isMissing finds error pages served with status 200. The site's own words for it
// stand in the title or the heading; a news headline can hold them too ("Plane not
// found"), so one that the markup calls an article needs the text to agree.
func isMissing(doc *document, title, body string) bool {
	found := false
	for _, t := range append([]string{title, doc.title}, doc.headings...) {
		lower := strings.ToLower(t)
		found = found || missingTitle.MatchString(t) && utf8.RuneCountInString(t) < 90
		for _, w := range missingWord {
			found = found || strings.Contains(lower, w)
		}
	}
	lower := strings.ToLower(body)
	said := missingText.MatchString(body)
	for _, w := range missingWord {
		said = said || strings.Contains(lower, w)
	}
	size := measure(body)
	if doc.ld.found {
		return found && said
	}
	return found && (size < 600 || said) || said && size < 250
}

func isWall(title, body string) bool {
	return wallTitle.MatchString(title) && measure(body) < 1500 || wallText.MatchString(body) && measure(body) < 800
}

// isListing finds front pages and sections: an address that names none of its
// articles, most words in links, hardly any prose.
func isListing(doc *document, page *url.URL, size int) bool {
	dense := doc.words > 0 && doc.linkWords*10 > doc.words*6
	path := strings.Trim(page.Path, "/")
	home := path == "" && page.RawQuery == ""
	section := !longNumber.MatchString(path) && page.RawQuery == "" && strings.Count(path, "/") <= 2 && len(slugWords.FindAllString(path[strings.LastIndex(path, "/")+1:], 4)) < 3
	switch {
	case home:
		return doc.links > 30 && (dense || doc.prose < 3) || doc.prose < 2
	case section:
		return doc.links > 30 && dense && doc.prose < 3 && size < 3000
	}
	return false
}

var (
	longNumber = regexp.MustCompile(`\d{4}`)
	slugWords  = regexp.MustCompile(`[^-_.+%]+`)
)

// isTeaser tells a teaser from a whole text that is merely marked as paid, as
// many are for readers who have used up their free articles.
func isTeaser(doc *document, body string, size int) bool {
	if doc.ld.wordCount > 0 {
		return len(strings.Fields(body))*2 < doc.ld.wordCount || size < 600
	}
	return size < 1500
}

// hasPaywall looks where the demand stands: at the end of the teaser.
func hasPaywall(body string) bool {
	r := []rune(body)
	return payMarks.MatchString(string(r[max(0, len(r)-500):]))
}
