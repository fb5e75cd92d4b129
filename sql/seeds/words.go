package seeds

// The word lists of companies.csv. A new word is added here, on purpose: a
// sector is what the reputation of a company is compared within, so a typing
// error must not open a sector of one.
var (
	sectors = []string{
		"aerospace",
		"airlines",
		"banking",
		"cars and batteries",
		"chemicals",
		"computers",
		"conglomerate",
		"construction",
		"consumer brands",
		"consumer electronics",
		"defence",
		"drones",
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
		"mining and metals",
		"oil and gas",
		"pharmaceuticals",
		"rail equipment",
		"real estate",
		"robotics",
		"semiconductors and displays",
		"shipping",
		"software and AI",
		"solar and wind",
		"surveillance equipment",
		"telecom equipment",
		"telecom operator",
	}
	ownerships = []string{"state", "state_backed", "private", "foreign"}
	regions    = []string{"Africa", "Americas", "Asia", "Europe", "Oceania", "Unknown"}
	classes    = []string{"A", "B", "C", "D"}
)
