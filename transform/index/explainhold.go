package index

import "slices"

// rebase is tonight on the basis of the night before: its goalposts, weights,
// links, constants and panel.
func rebase(before, after *Input) *Input {
	in := *after
	in.Constants, in.Indicators, in.Pillars = before.Constants, before.Indicators, before.Pillars
	in.Companies = slices.Clone(after.Companies)
	in.Outlets = slices.Clone(after.Outlets)
	countries, languages := extend(&in.Countries, before.Countries), extend(&in.Languages, before.Languages)
	in.CountryTones = slices.Clone(after.CountryTones)
	in.CountryTones = append(in.CountryTones, make([]float64, len(in.Countries)-len(in.CountryTones))...)
	for was, country := range countries {
		in.CountryTones[country] = before.CountryTones[was]
	}
	in.Tongues = extendTongues(after.Tongues, before.Tongues)
	rebaseSectors(before.Companies, in.Companies)
	// What was in one panel alone is left as the night before had it.
	isOther := make([]bool, len(in.Outlets))
	known := map[string]int{}
	for o := range in.Outlets {
		known[in.Outlets[o].ID] = o
		isOther[o] = in.Outlets[o].IsInPanel
		in.Outlets[o].IsInPanel, in.Outlets[o].Weight = false, 0
	}
	for _, was := range before.Outlets {
		o, isKnown := known[was.ID]
		if !isKnown {
			o = len(in.Outlets)
			in.Outlets = append(in.Outlets, was)
			isOther = append(isOther, false)
		}
		outlet := &in.Outlets[o]
		if isOther[o] = isOther[o] != was.IsInPanel; isOther[o] {
			outlet.remain(&was)
		}
		outlet.IsInPanel, outlet.IsTier1, outlet.Weight = was.IsInPanel, was.IsTier1, was.Weight
		if was.IsInPanel {
			outlet.Country, outlet.Language = countries[was.Country], languages[was.Language]
		}
		outlet.IsUp = outlet.IsUp && !isOther[o]
	}
	return splice(before, &in, isOther)
}

// extend adds the names that are not in the list, in a new list, and tells where
// each is now.
func extend(list *[]string, names []string) []int32 {
	*list = slices.Clone(*list)
	indexes := make([]int32, len(names))
	for i, name := range names {
		at := slices.Index(*list, name)
		if at < 0 {
			at = len(*list)
			*list = append(*list, name)
		}
		indexes[i] = int32(at)
	}
	return indexes
}

// extendTongues adds the article languages that are not in the list, in a new one.
func extendTongues(list, others []Tongue) []Tongue {
	list = slices.Clone(list)
	for _, other := range others {
		if indexOfTongue(list, other.Code) < 0 {
			list = append(list, other)
		}
	}
	return list
}

func indexOfTongue(list []Tongue, code string) int32 {
	return int32(slices.IndexFunc(list, func(t Tongue) bool { return t.Code == code }))
}

// rebaseSectors puts back what was usual in the sectors.
func rebaseSectors(before, after []Company) {
	known := byID(before)
	for c := range after {
		if b, isKnown := known[after[c].ID]; isKnown {
			after[c].SectorTone, after[c].SectorStrong = before[b].SectorTone, before[b].SectorStrong
		}
	}
}

// hold is tonight with all outlets of the panel as the night before had them that
// were not up on both nights.
func hold(before, rebased *Input) *Input {
	known := map[string]*Outlet{}
	for o := range before.Outlets {
		known[before.Outlets[o].ID] = &before.Outlets[o]
	}
	in := *rebased
	in.Companies = slices.Clone(rebased.Companies)
	in.Outlets = slices.Clone(rebased.Outlets)
	isHeld := make([]bool, len(in.Outlets))
	for o := range in.Outlets {
		outlet := &in.Outlets[o]
		if was := known[outlet.ID]; outlet.IsInPanel && !(outlet.IsUp && was.IsUp) {
			isHeld[o] = true
			outlet.remain(was)
		}
	}
	return splice(before, &in, isHeld)
}

// remain leaves the sums of an outlet as they were.
func (o *Outlet) remain(was *Outlet) {
	o.ArticleSum, o.WindowArticles = was.ArticleSum, was.WindowArticles
	o.Fading, o.CountryFading = was.Fading, was.CountryFading
}

// react puts other reactions in place of those of tonight.
func (in *Input) react(reactions map[string]Reactions) {
	for c := range in.Companies {
		if r, isKnown := reactions[in.Companies[c].ID]; isKnown {
			in.Companies[c].Reactions, in.Companies[c].HasReactions = r.Raw, r.Has
		}
	}
}
