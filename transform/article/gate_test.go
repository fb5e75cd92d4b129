package article

import (
	"strings"
	"testing"
	"time"
)

func TestPaywalls(t *testing.T) {
	t.Parallel()
	const teaser = "<p>The mayor of Westhaven opened the new bridge on Monday after two years of works that cost more than planned.</p>"
	data := func(part string) string {
		return `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Bridge","hasPart":{"@type":"WebPageElement","isAccessibleForFree":false,"cssSelector":"` + part + `"}}</script>`
	}
	tests := []struct{ name, head, body, want string }{
		{"a box named for it", "", teaser + `<div class="article-paywall">Sign in to see what happened next.</div>`, Stub},
		{"a box named for it that only waits", "", story + `<div class="paywall" hidden></div>`, Stored},
		{"a box named for it around the text", "", `<div class="paywall">` + story + distinct(6) + "</div>", Stored},
		{"a box for a letter", "", story + `<div class="newsletter-signup">Subscribe to read our best stories.</div>`, Stored},
		{"words under the headline", "", "<h1>Bridge</h1>" + teaser + "<h3>Log in to continue reading</h3>", Stub},
		{"how much is left", "", teaser + "<p>You have read 12 % of this article.</p>", Stub},
		{"the paid part is empty", data(".body-paid"), story + `<div class="body-paid"></div>`, Stub},
		{"the paid part is there", data(".body-paid"), `<section class="main body-paid">` + distinct(9) + "</section>", Stored},
		{"the paid part is named by its id", data("article #rest"), teaser + "<article><div id=rest>Join us.</div></article>", Stub},
		{"a tier", `<meta property="article:content_tier" content="locked">`, teaser, Stub},
		{"a metered tier", `<meta property="article:content_tier" content="metered">`, story, Stored},
		{"news of subscriptions", "", story + "<p>The harbour museum said that a subscription will cost less next year.</p>", Stored},
		{"Arabic", "", teaser + `<div class="paywall-message">اشترك لقراءة المقال كاملا</div>`, Stub},
		{"Chinese", "", teaser + "<p>登录后继续阅读全文</p>", Stub},
		{"Danish", "", teaser + "<p>Log ind for at læse videre</p>", Stub},
		{"Dutch", "", teaser + "<p>Wilt u dit hele artikel lezen? Word abonnee.</p>", Stub},
		{"French", "", teaser + "<p>Abonnez-vous pour lire la suite</p>", Stub},
		{"German", "", teaser + "<p>Sie möchten weiterlesen? Jetzt anmelden.</p>", Stub},
		{"Indonesian", "", teaser + "<p>Silakan daftar untuk membaca berita ini</p>", Stub},
		{"Italian", "", teaser + "<p>Vuoi leggere tutto? Abbonati ora.</p>", Stub},
		{"Japanese", "", teaser + "<p>この先をお読みになるにはログインしてください</p>", Stub},
		{"Korean", "", teaser + "<p>기사 전문은 회원만 볼 수 있습니다</p>", Stub},
		{"Polish", "", teaser + "<p>Zaloguj się, aby przeczytać resztę</p>", Stub},
		{"Portuguese", "", teaser + "<p>Assine e continue lendo</p>", Stub},
		{"Russian", "", teaser + "<p>Полный текст статьи доступен по подписке</p>", Stub},
		{"Spanish", "", teaser + "<p>Suscríbete y sigue leyendo</p>", Stub},
		{"Swedish", "", teaser + "<p>Logga in för att läsa hela artikeln</p>", Stub},
		{"Turkish", "", teaser + "<p>Haberin devamını okumak için üye olun</p>", Stub},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, v := normalise(t, Page{Body: []byte(document1("<title>A bridge opens at last</title>"+tt.head, tt.body))})
			if v.Outcome != tt.want {
				t.Errorf("verdict %+v, want %s", v, tt.want)
			}
		})
	}
}

func TestConsentIsToldByItsSubjects(t *testing.T) {
	t.Parallel()
	const ask = "<h1>Your choice</h1><p>We and 30 vendors use cookies on your device to show you advertising.</p><p>Your consent can be withdrawn at any time; see how we treat personal data.</p><button>Agree</button>"
	tests := []struct{ name, head, body, want string }{
		{"English", "", ask, TypeConsentWall},
		{"Turkish", "", "<h1>Tercihleriniz</h1><p>İş ortaklarımızla birlikte çerez kullanıyor, reklam gösteriyoruz.</p><p>Onay vermeden önce gizlilik bildirimimizi okuyun, dilediğiniz zaman vazgeçebilirsiniz.</p><button>Evet</button>", TypeConsentWall},
		{"Japanese", "", "<h1>お客様の選択</h1><p>当社とパートナーは広告のためにクッキーを利用し、個人情報を処理します。</p><p>内容をご確認のうえ、同意するボタンを押してください。同意はいつでも取り消せます。</p><form><input type=submit></form>", TypeConsentWall},
		{"news of cookies by somebody", `<meta name="author" content="Ada Quill">`, ask, TypeArticle},
		{"news of cookies that tells what it is about", `<meta name="description" content="What the harbour office asks its visitors">`, ask, TypeArticle},
		{"news of cookies, declared", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Cookies"}</script>`, ask + story, TypeArticle},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, v := normalise(t, Page{Body: []byte(document1("<title>A choice</title>"+tt.head, tt.body)), ChannelKind: "feed", ChannelPublishedAt: seen.Add(-time.Hour)})
			if v.PageType != tt.want {
				t.Errorf("verdict %+v, want %s", v, tt.want)
			}
		})
	}
}

func TestSitemapsListSectionsToo(t *testing.T) {
	t.Parallel()
	links := strings.Repeat("<li><a href=/a/b>Five words of a headline</a></li>", 12)
	few := "<p>All the news of the harbour.</p><p>Write to us by post or come by at the old pier, where somebody is at the desk on each day of the week but on Sundays.</p>" + links[:200]
	tests := []struct {
		name, url, body string
		isModified      bool
		want            string
	}{
		{"links and no text", "https://example.com/news/harbour", links, true, TypeListing},
		{"a department with a few words", "https://example.com/topics/harbour", few, true, TypeListing},
		{"a story there", "https://example.com/topics/harbour-office-sells-one-boat", few, true, TypeArticle},
		{"a tag, last changed today", "https://example.com/tag/harbour", story, true, TypeListing},
		{"a story filed there, published today", "https://example.com/tag/harbour", story, false, TypeArticle},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := Page{URL: tt.url, Body: []byte(document1("<title>Harbour</title>", tt.body)), ChannelKind: "sitemap", ChannelPublishedAt: seen.Add(-time.Hour), IsChannelTimeModified: tt.isModified}
			if _, v := normalise(t, p); v.PageType != tt.want {
				t.Errorf("verdict %+v, want %s", v, tt.want)
			}
		})
	}
}
