package build

// readFades reads by how many nights the sums of each outlet, and those of its
// country, have faded since each night of the window. countries are those of the
// outlets, in their order.
func (r *indexReader) readFades(countries []string) error {
	plain, err := r.readGaps()
	if err != nil {
		return err
	}
	own, err := r.readFading("int_outlets_faded", "outlet_id", plain)
	if err != nil {
		return err
	}
	byCountry, err := r.readFading("int_countries_faded", "country_code", plain)
	if err != nil {
		return err
	}
	for _, nights := range own {
		addUp(nights)
	}
	for _, nights := range byCountry {
		addUp(nights)
	}
	for i := range r.in.Outlets {
		o := &r.in.Outlets[i]
		o.Fading, o.CountryFading = own[o.ID], byCountry[countries[i]]
	}
	return nil
}

// readGaps reads the nights that lie between each night of the window, by its age,
// and the one built before it; 0 where none was built.
func (r *indexReader) readGaps() ([]float64, error) {
	gaps := make([]float64, r.in.Constants.WindowNights)
	err := r.each(`
		select cast($1 as date) - c.night, c.night - c.previous_night
		from intermediate.int_nights_chained as c
		where `+windowOf("c")+` and c.previous_night is not null`, func(scan func(...any) error) error {
		var age int
		var gap float64
		err := scan(&age, &gap)
		gaps[age] = gap
		return err
	})
	return gaps, err
}

// readFading reads by how many nights sums faded on each night of the window, by key
// and age, of those keys whose sums did not always fade as the nights passed.
func (r *indexReader) readFading(table, key string, plain []float64) (map[string][]float64, error) {
	found := map[string][]float64{}
	err := r.each(`
		select f.`+key+`, cast($1 as date) - f.night, f.fading_nights
		from intermediate.`+table+` as f
		inner join intermediate.int_nights_chained as c on c.night = f.night
		where `+windowOf("f")+` and f.fading_nights <> c.night - c.previous_night`, func(scan func(...any) error) error {
		var id string
		var age int
		var nights float64
		if err := scan(&id, &age, &nights); err != nil {
			return err
		}
		if found[id] == nil {
			found[id] = append([]float64(nil), plain...)
		}
		found[id][age] = nights
		return nil
	})
	return found, err
}

// addUp turns the nights that sums faded by on each night into those they have faded
// by since.
func addUp(nights []float64) {
	var since float64
	for age, n := range nights {
		nights[age] = since
		since += n
	}
}
