package tone

// Correction of counts. A model that calls one neutral text in five negative makes a
// quiet company look disliked, however many texts are counted: the error of a share
// does not shrink with the count. Both corrections know how the model errs from texts
// with labels and ask which true shares would make it judge as it did.

import "math"

// Shares are parts of negative, neutral and positive; they sum to 1.
type Shares [3]float64

// Net is the share of positive minus that of negative, -1 to 1.
func (s Shares) Net() float64 { return s[2] - s[0] }

// Confusion is how a model errs: the mean probability it gives to each class (second
// index) where a class (first index) is true; rows sum to 1. Prior holds the shares of
// the true classes in the texts it was measured on.
type Confusion struct {
	Judged [3][3]float64
	Prior  Shares
}

// Count is the mean of the probabilities: the shares as the model has them
// (probabilistic classify and count).
func Count(judged []Tone) Shares {
	var s Shares
	for _, t := range judged {
		s[0] += t.Negative
		s[1] += t.Neutral
		s[2] += t.Positive
	}
	for c := range s {
		s[c] /= max(1, float64(len(judged)))
	}
	return s
}

// Correction is the inverse of the confusion: true share = sum over judged of
// correction times judged share. False: the model tells two classes apart too little
// to be undone.
func (c Confusion) Correction() ([3][3]float64, bool) {
	// Judged shares are the transposed confusion times the true ones.
	var m [3][3]float64
	for i := range 3 {
		for j := range 3 {
			m[i][j] = c.Judged[j][i]
		}
	}
	minor := func(i, j int) float64 {
		a, b, d, e := m[(i+1)%3][(j+1)%3], m[(i+1)%3][(j+2)%3], m[(i+2)%3][(j+1)%3], m[(i+2)%3][(j+2)%3]
		return float64(a*e) - float64(b*d)
	}
	determinant := float64(m[0][0]*minor(0, 0)) + float64(m[0][1]*minor(0, 1)) + float64(m[0][2]*minor(0, 2))
	if math.Abs(determinant) < 1e-3 {
		return [3][3]float64{}, false
	}
	var inverse [3][3]float64
	for i := range 3 {
		for j := range 3 {
			inverse[i][j] = minor(j, i) / determinant
		}
	}
	return inverse, true
}

// Adjust is the probabilistic adjusted count (PACC; Bella, Ferri, Hernández-Orallo and
// Ramírez-Quintana 2010): the judged shares times the inverse of the confusion, cut to
// what shares can be.
func (c Confusion) Adjust(judged Shares) Shares {
	inverse, ok := c.Correction()
	if !ok {
		return judged
	}
	var s Shares
	sum := 0.0
	for i := range s {
		for j, p := range judged {
			s[i] += float64(inverse[i][j] * p)
		}
		s[i] = max(0, s[i])
		sum += s[i]
	}
	for i := range s {
		s[i] /= sum
	}
	return s
}

// Expect is the expectation maximisation of Saerens, Latinne and Decaestecker (2002):
// each text is judged again as if the shares found so far had been those of the texts
// the model was made from, until they no longer move. It needs calibrated judgements
// and has no use for the matrix, only for its prior.
func (c Confusion) Expect(judged []Tone) Shares {
	const rounds, still = 200, 1e-6
	shares := c.Prior
	for range rounds {
		var next Shares
		for _, t := range judged {
			p := [3]float64{t.Negative, t.Neutral, t.Positive}
			sum := 0.0
			for i := range p {
				p[i] *= shares[i] / max(c.Prior[i], 1e-9)
				sum += p[i]
			}
			for i := range p {
				next[i] += p[i] / max(sum, 1e-12)
			}
		}
		moved := 0.0
		for i := range next {
			next[i] /= max(1, float64(len(judged)))
			moved = max(moved, math.Abs(next[i]-shares[i]))
		}
		shares = next
		if moved < still {
			break
		}
	}
	return shares
}

// trustHalf is the bag of which a correction is half believed (MODEL.md, bags).
const trustHalf = 25

// Trust is how much of a correction to apply to a bag of so many texts, 0 to 1. The
// inverse multiplies chance as it multiplies signal, so a small bag is better left
// nearer to what the model says.
func Trust(count float64) float64 { return count / (count + trustHalf) }

// Blend is a part of the way from one to another.
func Blend(from, to Shares, part float64) Shares {
	for c := range from {
		from[c] += part * (to[c] - from[c])
	}
	return from
}
