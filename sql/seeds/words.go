package seeds

import "strings"

// The word lists of the files. A new word is added here, on purpose: a
// sector is what the reputation of a company is compared within, so a typing
// error must not open a sector of one.
var (
	sectors = []string{
		"aerospace",
		"agriculture",
		"airlines",
		"banking",
		"building materials",
		"cars and batteries",
		"chemicals",
		"computers",
		"conglomerate",
		"construction",
		"consumer brands",
		"consumer electronics",
		"defence",
		"drones",
		"education",
		"electricity",
		"electronics manufacturing",
		"financial technology",
		"food and drink",
		"games",
		"home appliances",
		"insurance",
		"internet",
		"logistics",
		"machinery",
		"media and entertainment",
		"mining and metals",
		"oil and gas",
		"pharmaceuticals",
		"rail equipment",
		"railways and ports",
		"real estate",
		"retail",
		"robotics",
		"securities",
		"semiconductors and displays",
		"shipping",
		"software and AI",
		"solar and wind",
		"surveillance equipment",
		"telecom equipment",
		"telecom operator",
		"textiles and fashion",
	}
	ownerships  = []string{"state", "state_backed", "private", "foreign"}
	regions     = []string{"Africa", "Americas", "Asia", "Europe", "Oceania", "Unknown"}
	classes     = []string{"A", "B", "C", "D"}
	aliasKinds  = []string{"name", "brand", "former", "other"}
	anchorKinds = []string{"executive", "product", "place", "term"}
	dimensions  = []string{"global_layout", "global_competitiveness", "corporate_culture", "social_responsibility", "global_governance"}
	frameworks  = []string{"SASB", "ESG", "SDG"}
	tones       = []string{"negative", "neutral", "positive"}
	stages      = []string{"extraction", "matching", "tone", "dimensions", "stories"}
	splits      = []string{"dev", "test"}
)

// ordinaryWords are words and common names of daily news, in one language or
// another, that companies are called by too: none of them is of class A unless its
// case is looked at.
var ordinaryWords = wordSet(`alpha|ant|ants|apollo|apple|amazon|ark|aspire|atlas|candy|cloud|comet|dada|deep|dragon|dream|eagle|energy|
envision|eve|fortune|founder|future|galaxy|genesis|gold|grace|great wall|green|hero|honor|honour|horizon|hope|ideal|jet|joy|king|
leap|leopard|link|lotus|luna|magic|mate|mini|moon|nano|neo|nice|noah|nova|oak|omega|orient|origin|pacific|panda|pearl|phoenix|
pony|poco|power|pure|rainbow|rapid|realm|rising|scale|seal|shield|sky|smart|spring|star|storm|sun|sunny|swift|talent|tank|temu|
three gorges|tide|tiger|top|trip|trust|unicorn|union|unity|victory|vivo|wall|wave|wing|world|yoga|zeal`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.SplitSeq(list, "|") {
		set[strings.TrimSpace(word)] = true
	}
	return set
}
