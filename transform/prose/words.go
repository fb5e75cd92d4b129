package prose

import (
	"slices"
	"strings"
	"unicode"
)

// A heading over what is no longer the article begins with one of these, or is
// the word alone.
var (
	relatedStart = []string{
		"related ", "you might also", "you may also", "more from", "more on", "more about", "more in ", "more stories", "more news", "more articles", "more coverage", "more great", "more like this", "more to ", "more videos", "more headlines", "read more", "read next", "read also", "also read", "also see", "see also", "recommended", "trending", "most read", "most popular", "most viewed", "popular posts", "popular articles", "latest news", "latest stories", "latest posts", "latest articles", "what to read next", "up next", "leave a ", "post a comment", "add a comment", "write a comment", "post your comment", "join the conversation", "join the discussion", "tell us what", "share this", "about the author", "meet the author", "subscribe to our", "sign up for", "sign up to", "follow us", "sponsored", "view comments", "show comments",
		"das könnte", "mehr zum thema", "mehr zu ", "mehr von ", "mehr aus ", "lesen sie auch", "lesen sie mehr", "auch interessant", "ähnliche artikel", "ähnliche beiträge", "weitere artikel", "weitere nachrichten", "weitere themen", "weitere meldungen", "zum thema", "verwandte ", "meistgelesen", "links zum ",
		"à lire aussi", "à lire également", "lire aussi", "voir aussi", "sur le même", "articles liés", "articles similaires", "les plus lus",
		"artículos relacionados", "noticias relacionadas", "te puede interesar", "le puede interesar", "lee también", "lea también", "más sobre", "más noticias", "más en ", "lo más ",
		"leia também", "leia mais", "veja também", "notícias relacionadas", "mais lidas", "mais notícias", "saiba mais",
		"leggi anche", "potrebbe interessarti", "articoli correlati", "lees ook", "lees meer", "lees verder", "meer over", "gerelateerd",
		"les også", "les mer", "läs också", "läs mer", "läs även", "læs også", "læs mere", "lue myös", "zobacz też", "zobacz także", "czytaj też", "czytaj także", "czytaj również", "przeczytaj ", "polecane", "číst také", "čtěte také", "čtěte dále", "související", "ilgili haberler", "baca juga", "artikel terkait", "berita terkait", "lihat juga",
		"читайте также", "читать также", "смотрите также", "по теме", "похожие ", "читайте ещё", "материалы по теме", "читайте також",
		"関連記事", "関連ニュース", "あわせて読みたい", "おすすめ", "関連リンク", "関連キーワード", "相关阅读", "相关新闻", "相关文章", "延伸阅读", "推荐阅读", "相關新聞", "相關文章", "延伸閱讀", "관련 기사", "관련기사", "관련 뉴스", "관련뉴스",
		"اقرأ أيضا", "اقرأ أيضاً", "اقرأ المزيد", "إقرأ أيضا", "مواضيع ذات صلة", "أخبار ذات صلة", "شاهد أيضا", "ข่าวที่เกี่ยวข้อง", "xem thêm", "tin liên quan", "đọc thêm",
	}
	relatedWhole = []string{
		"related", "subscribe", "sign up", "comments", "comment", "tags", "topics", "newsletter", "newsletters", "advertisement", "references", "more", "share", "schlagwörter", "kommentare", "themen", "commentaires", "mots clés", "comentarios", "etiquetas", "temas", "comentários", "argomenti", "commenti", "reacties", "komentarze", "komentáře", "yorumlar", "etiketler", "комментарии", "теги", "коментарі", "コメント", "タグ", "评论", "評論", "댓글", "تعليقات", "bình luận",
	}
	// gates are words of what stands in front of embedded films and posts until the
	// reader agrees.
	gates = []string{
		"external content", "third-party content", "data may be sent to third part", "accept cookies to view", "cookies to view this", "enable javascript to", "content is blocked",
		"externer inhalt", "externen inhalt", "externe inhalte", "redaktioneller inhalt", "inhalte von drittanbietern", "drittplattformen", "contenu externe", "contenu bloqué", "accepter les cookies", "contenido externo", "conteúdo externo", "contenuto esterno", "externe inhoud", "cookies accepteren", "eksternt innhold", "externt innehåll",
	}
	// furniture are words of lines that ask for something or assert a right.
	furniture = []string{
		"all rights reserved", "alle rechte vorbehalten", "tous droits réservés", "todos los derechos reservados", "todos os direitos reservados", "tutti i diritti riservati", "alle rechten voorbehouden", "wszelkie prawa zastrzeżone", "все права защищены", "無断転載", "저작권자", "무단전재", "may not be published", "may not be reproduced", "may not be republished",
		"newsletter", "sign up for", "sign up to", "subscribe to our", "your inbox", "follow us on", "follow him on", "follow her on", "follow me on", "follow them on", "like us on", "whatsapp channel", "whatsapp-kanal", "telegram channel", "telegram-kanal", "download our app", "have a tip", "got a tip", "click here for", "click here to", "send your photos", "send us your", "affiliate links", "earn a commission", "earn an affiliate", "was originally published", "first appeared on", "originally appeared", "folgen sie uns", "abonnieren sie", "suivez-nous", "abonnez-vous", "síguenos", "suscríbete", "siga-nos", "inscreva-se", "seguici su", "iscriviti", "подписывайтесь", "подпишитесь",
	}
)

// headsRelated tells whether a short line stands over links, comments or the like.
func headsRelated(s string) bool {
	s = strings.ToLower(strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }))
	return slices.Contains(relatedWhole, s) || slices.ContainsFunc(relatedStart, func(w string) bool { return strings.HasPrefix(s, w) })
}

// isGate tells whether a line asks for consent to show something.
func isGate(s string) bool { return hasAny(strings.ToLower(s), gates) }

// isFurniture tells whether a line asks for something or asserts a right.
func isFurniture(s string) bool {
	s = strings.ToLower(s)
	if t := strings.TrimLeft(s, " ("); strings.HasPrefix(t, "©") || strings.HasPrefix(t, "copyright ") || strings.HasPrefix(t, "c) ") {
		return true
	}
	return hasAny(s, furniture)
}

func hasAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}
