package story

const (
	minJaccard     = 0.5
	minContainment = 0.6
	// minShared is the Jaccard below which containment is not believed: 64
	// values cannot tell less from chance, and at .6 it is reached while the
	// longer text is up to about 2.5 times the shorter.
	minShared = 0.2

	// Two texts of one agency: a reprint shortened to a third behind a local
	// lead, or put into the house's own words here and there.
	minCreditedShared      = 0.1
	minCreditedContainment = 0.4

	// minAgreement is the share of the fewer numbers, or names, that two texts
	// of one agency must have in common; minFormAgreement that below which two
	// alike texts are one form filled in twice. Both are asked of texts that
	// each have enough of them to tell.
	minAgreement     = 0.6
	minFormAgreement = 0.3
	minNumbers       = 3
	minNames         = 4
)

// relation says what makes copies of two articles; empty if nothing does.
func (c *clustering) relation(i, j int32) string {
	a, b := &c.items[i], &c.items[j]
	if a.ContentHash != "" && a.ContentHash == b.ContentHash {
		return JoinedByEqual
	}
	jaccard := similarity(a.Sketch, b.Sketch)
	areCredited := a.Credit != "" && a.Credit == b.Credit
	if jaccard < minShared && (!areCredited || jaccard < minCreditedShared) {
		return ""
	}
	contained := c.containment(i, j, jaccard)
	isCut := contained >= minContainment && jaccard >= minShared
	if jaccard < minJaccard && !isCut && (!areCredited || contained < minCreditedContainment) {
		return ""
	}
	facts := compareFacts(a.Facts, b.Facts)
	switch {
	case facts.areOneForm():
		return ""
	case jaccard >= minJaccard:
		return JoinedByText
	case isCut:
		return JoinedByCut
	case facts.agree():
		return JoinedByCredit
	}
	return ""
}

// areOneForm tells texts that share their wording and not what it is about.
func (f common) areOneForm() bool {
	return f.ofNumbers >= minNumbers && share(f.numbers, f.ofNumbers) < minFormAgreement ||
		f.ofNames >= minNames && share(f.names, f.ofNames) < minFormAgreement
}

// agree says whether two texts tell of the same: as far as there are enough
// numbers or names to tell, most of the fewer are in both.
func (f common) agree() bool {
	byNumbers := f.ofNumbers >= minNumbers
	byNames := f.ofNames >= minNames
	if !byNumbers && !byNames {
		return false
	}
	return (!byNumbers || share(f.numbers, f.ofNumbers) >= minAgreement) &&
		(!byNames || share(f.names, f.ofNames) >= minAgreement)
}

// containment estimates which share of the shorter text is in the longer one,
// from Jaccard and the two sizes: |A∩B| = J/(1+J)·(|A|+|B|). Lengths of the
// bodies tell how the sizes compare; without them the sketches do, less well.
func (c *clustering) containment(i, j int32, jaccard float64) float64 {
	a, b := float64(c.items[i].Characters), float64(c.items[j].Characters)
	if a == 0 || b == 0 {
		a, b = c.shingles(i), c.shingles(j)
	}
	return min(1, jaccard/(1+jaccard)*(a+b)/min(a, b))
}

// shingles counts on first asking: most articles resemble nothing.
func (c *clustering) shingles(i int32) float64 {
	if c.size[i] == 0 {
		c.size[i] = shingleCount(c.items[i].Sketch)
	}
	return c.size[i]
}
