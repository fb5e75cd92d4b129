package index

// measureReputation computes the indicators of Reputation.
func (e *Evaluator) measureReputation(c int, w *Weights, row []IndicatorScore) {
	_, _, _ = c, w, row // the tables of reputation are not there yet: all are missing
}
