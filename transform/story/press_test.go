package story

import (
	"math/rand/v2"
	"strings"
)

// press writes made-up reports: sentences of a grammar with a few hundred
// words, so that reports on one topic share words and phrases as real ones do.
type press struct{ *rand.Rand }

func newPress(seed uint64) press { return press{rand.New(rand.NewPCG(seed, 7))} }

func (p press) pick(list string) string {
	options := strings.Split(list, "|")
	return options[p.IntN(len(options))]
}

func (p press) sentence() string {
	who := p.pick("the ministry|the company|analysts|two officials|a spokesman|the union|the regulator|investors|the chief executive|local residents|the court|a study|the central bank|suppliers|shareholders|the port authority|engineers|the governor|economists|the airline")
	did := p.pick("said|warned|confirmed|denied|announced|expects|estimated|noted|argued|agreed|told reporters|wrote in a report|made clear|repeated|hinted")
	what := p.pick("that the new plant|that the merger|that exports of steel|that the loan|that the delayed launch|that battery prices|that the inquiry|that the strike|that tariffs on cars|that the contract|that the pipeline|that wages|that the data centre|that the recall|that chip supplies|that the harvest|that tourism")
	will := p.pick("will cost|could reach|has fallen below|would double to|may not exceed|is worth|had grown to|should bring in|might lose")
	amount := p.pick("two|three|four|five|seven|nine|eleven|twelve|fifteen|twenty|thirty|forty|sixty|eighty") + " " + p.pick("million|billion|thousand|percent of|hundred") + " " + p.pick("euros|dollars|tonnes|jobs|vehicles|homes|barrels|customers|yuan|pesos")
	when := p.pick("by the end of the year|before the summer|within a month|after the vote|next quarter|in the coming weeks|over a decade|despite the ruling|as demand weakens|if talks fail|once approval is given|because of the drought|under the new law|since last March|on Tuesday|late on Friday")
	where := p.pick("in Lyon|in the north of Chile|near Hamburg|in Nairobi|across the region|in the Gulf|along the coast|in Jakarta|outside Turin|in Ontario|on the island|in two provinces|in Warsaw|at the border|in Lagos")
	s := strings.Join([]string{who, did, what, where, will, amount, when}, " ")
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

func (p press) report(sentences int) string {
	var out strings.Builder
	for i := range sentences {
		out.WriteString(p.sentence())
		out.WriteString([]string{" ", " ", "\n"}[i%3])
	}
	return strings.TrimSpace(out.String())
}

// edit replaces a share of the words.
func (p press) edit(text string, share float64) string {
	fields := strings.Split(text, " ")
	for i := range fields {
		if p.Float64() < share {
			fields[i] = p.pick("nearly|recently|officials|markets|further|roughly|again|northern|planned|earlier")
		}
	}
	return strings.Join(fields, " ")
}

// tailCut keeps the first share of a text.
func tailCut(text string, share float64) string {
	fields := strings.Fields(text)
	return strings.Join(fields[:int(share*float64(len(fields)))], " ")
}
