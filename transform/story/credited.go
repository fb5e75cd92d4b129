package story

// maxCreditedGroup is how many groups of one bucket an article is held against:
// few, because two copies meet in six buckets and more, and the buckets of an
// agency's set phrases are large.
const maxCreditedGroup = 8

// joinCredited joins copies among the articles of one agency, which need not
// agree in a band: one value of the sketch brings two of them together.
func (c *clustering) joinCredited() {
	numbers := map[string]uint64{}
	var credited []int32
	var credits []uint64 // of each credited item, a number for its agency
	for i := range c.items {
		item := &c.items[i]
		if item.Credit == "" || len(item.Sketch) != Values {
			continue
		}
		if _, ok := numbers[item.Credit]; !ok {
			numbers[item.Credit] = uint64(len(numbers))
		}
		credited = append(credited, int32(i))
		credits = append(credits, numbers[item.Credit]<<32)
	}
	if len(credited) < 2 {
		return
	}
	keys := make([]uint64, len(credited))
	for place := range Values {
		for at, i := range credited {
			keys[at] = credits[at] | uint64(uint32(c.items[i].Sketch[place]))
		}
		c.joinBuckets(sharing(keys, credited), maxCreditedGroup)
	}
}

// joinBuckets joins what belongs together among articles that share a key.
func (c *clustering) joinBuckets(slots []slot, maxGroup int) {
	for bucket := range buckets(slots) {
		c.joinBucket(bucket, maxGroup)
	}
}
