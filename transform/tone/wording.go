package tone

import "strings"

// wording is the small words of a language that give a sentence its shape. The zero
// value knows none.
type wording struct {
	joins        map[string]bool // begin a clause
	denials      map[string]bool // deny what follows
	speech       map[string]bool // verbs of saying
	prepositions map[string]bool
	against      map[string]bool // prepositions before who did it or whom it is done to
	auxiliaries  map[string]bool // forms of to be, to have and the like
	fillers      map[string]bool // may stand between a preposition and a name: articles, titles
}

func words(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// wordings by language.
var wordings = map[string]*wording{
	"en": {
		joins:        words("but and or while although though because which who whose that whereas if unless after before since as when until despite than so yet however"),
		denials:      words("not no never without nor neither none hardly barely cannot nobody nothing scarcely lack lacks lacked fails failed refuse refused refuses denied denies deny"),
		speech:       words("said says say told tells tell asked asks wrote writes added adds noted notes argued argues explained stated claims claimed insisted insists announced announces tweeted testified acknowledged according replied responded recalled reported suggested"),
		prepositions: words("by of against from to with for at on about in under over toward towards like unlike between among before after than into"),
		against:      words("by against"),
		auxiliaries:  words("is are was were be been being has have had will would could should may might can do does did"),
		fillers:      words("the a an president mr mrs ms dr sen rep gov senator secretary former then prime minister justice judge republican democratic democrat candidate nominee"),
	},
	"ru": {
		joins:        words("но а и или что который которая которое которые которого которой которых которым которому если хотя когда пока чтобы потому поскольку тогда чем однако зато"),
		denials:      words("не ни без нет никогда нельзя никто ничто ничего невозможно вряд отсутствие отсутствия"),
		speech:       words("сказал сказала сказали заявил заявила заявили заявило сообщил сообщила сообщили сообщает сообщило отметил отметила рассказал рассказала написал написала добавил добавила пояснил считает говорит пишет утверждает уточнил подчеркнул подчеркнула объявил объяснил напомнил признал признался"),
		prepositions: words("от против у к с со для о об обо за на в во из по при под над между перед через до после среди про ко без"),
		against:      words("от против"),
		auxiliaries:  words("был была было были есть будет будут быть является являются стал стала стали может могут мог должен должна должны"),
		fillers:      words("президент президента президенту президентом глава главы главе главой господин лидер лидера премьер-министр премьер-министра"),
	},
	"de": {
		joins:       words("aber und oder während obwohl weil dass wenn da nachdem bevor seit als doch sondern der die das"),
		denials:     words("nicht kein keine keinen keiner keinem ohne nie niemals weder nichts kaum"),
		against:     words("gegen von durch"),
		auxiliaries: words("ist sind war waren wird werden wurde wurden hat haben hatte hatten"),
		fillers:     words("den dem des ein eine einen einem"),
	},
	"fr": {
		joins:   words("mais et ou alors car que qui dont si lorsque quand bien parce tandis"),
		denials: words("ne n' n'a n'est n'ont n'avait pas sans jamais ni aucun aucune rien"),
		against: words("par contre"), fillers: words("le la les l' un une"),
	},
	"es": {
		joins:   words("pero y o mientras aunque porque que quien cuyo si cuando sino"),
		denials: words("no sin nunca ni jamás ningún ninguna nada tampoco"),
		against: words("por contra"), fillers: words("el la los las un una"),
	},
	"pt": {
		joins:   words("mas e ou enquanto embora porque que quem cujo se quando"),
		denials: words("não sem nunca nem jamais nenhum nenhuma nada"),
		against: words("por pela pelo contra"), fillers: words("o a os as um uma"),
	},
	"zh": {joins: words("但 而 却 因 虽"), denials: words("不 没 未 无 没有 並未 并未 无法 難以 难以 非"), against: words("被 对 向 遭")},
	"ja": {joins: words("が"), against: words("に")},
	"ko": {joins: words("하지만 그러나 반면"), denials: words("안 못 없이")},
	"ar": {joins: words("لكن ولكن بينما رغم الذي التي حيث"), denials: words("لم لن لا ليس ليست دون بدون غير"), against: words("ضد من")},
	"tr": {joins: words("ama ve veya fakat ancak çünkü oysa"), denials: words("değil hiç hiçbir")},
	"pl": {joins: words("ale i oraz lub a choć że który która które ponieważ gdy jeśli lecz"), denials: words("nie bez nigdy ani nic żaden żadnych żadnego"), against: words("przez przeciw przeciwko od")},
	"sv": {joins: words("men och eller medan att som eftersom när om trots"), denials: words("inte utan aldrig ingen inga inget varken knappt ej"), against: words("av mot")},
	"fi": {joins: words("mutta ja tai vaikka että joka jonka koska kun jos sillä"), denials: words("ei eivät eikä ilman en emme")},
	"da": {joins: words("men og eller mens at som der fordi da når hvis selvom"), denials: words("ikke uden aldrig ingen intet hverken næppe"), against: words("af mod")},
	"id": {joins: words("tetapi tapi dan atau sementara meski meskipun yang karena ketika jika namun"), denials: words("tidak tanpa bukan belum tak"), against: words("oleh terhadap")},
}

var noWording = &wording{}

func wordingOf(language string) *wording {
	if w := wordings[language]; w != nil {
		return w
	}
	return noWording
}
