package linear

// The file of a model:
//
//	"OVLM", version 1, classes                       6 bytes
//	bias of each class, scale of each class          float32, little endian
//	number of features                               uvarint
//	the features, sorted, as distances               uvarints; the first from 0, never 0 after it
//	weights of the first class, of the second, ...   int8, -127 to 127, times the scale
//	SHA-256 of all that                              32 bytes
//
// There is one way to write a model: a file that is read and written again is the
// same file.

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

const (
	magic      = "OVLM"
	version    = 1
	maxClasses = 64
	mostWeight = 127
)

// ErrEncoding says that bytes are not a model this program reads.
var ErrEncoding = errors.New("not a usable model file")

// Quantised returns the model as its file would give it back: weights rounded to
// 255 steps, features whose weights round to zero in every class left out.
func (m *Model) Quantised() *Model {
	scale := m.scales()
	q := &Model{classes: m.classes, bias: make([]float64, m.classes), scale: scale}
	for c, b := range m.bias {
		q.bias[c] = float64(float32(b))
	}
	row := make([]float32, m.classes)
	for k, key := range m.keys {
		isZero := true
		for c := range row {
			steps := m.steps(k, c, scale)
			row[c] = float32(steps) * scale[c]
			isZero = isZero && steps == 0
		}
		if !isZero {
			q.keys, q.weights = append(q.keys, key), append(q.weights, row...)
		}
	}
	q.index()
	return q
}

// scales are the steps of the weights of each class: those of the file it came
// from, or what makes the largest weight the last step.
func (m *Model) scales() []float32 {
	if m.scale != nil {
		return m.scale
	}
	scale := make([]float32, m.classes)
	for i, w := range m.weights {
		c := i % m.classes
		scale[c] = max(scale[c], float32(math.Abs(float64(w))))
	}
	for c := range scale {
		if scale[c] /= mostWeight; scale[c] == 0 {
			scale[c] = 1
		}
	}
	return scale
}

func (m *Model) steps(k, c int, scale []float32) int8 {
	steps := math.RoundToEven(float64(m.weights[k*m.classes+c]) / float64(scale[c]))
	return int8(max(-mostWeight, min(mostWeight, steps)))
}

// Encode writes the model as Quantised has it.
func (m *Model) Encode() []byte {
	m = m.Quantised()
	scale := m.scales()
	out := append([]byte(magic), version, byte(m.classes))
	for _, b := range m.bias {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(b)))
	}
	for _, s := range scale {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(s))
	}
	out = binary.AppendUvarint(out, uint64(len(m.keys)))
	before := uint32(0)
	for _, key := range m.keys {
		out = binary.AppendUvarint(out, uint64(key-before))
		before = key
	}
	for c := range m.classes {
		for k := range m.keys {
			out = append(out, byte(m.steps(k, c, scale)))
		}
	}
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

// Decode reads a model. The error wraps ErrEncoding and says what is wrong.
func Decode(file []byte) (*Model, error) {
	wrong := func(format string, args ...any) (*Model, error) {
		return nil, fmt.Errorf("%w: %s", ErrEncoding, fmt.Sprintf(format, args...))
	}
	const head = len(magic) + 2
	if len(file) < head+sha256.Size || string(file[:len(magic)]) != magic {
		return wrong("it does not begin with %s", magic)
	}
	if file[len(magic)] != version {
		return wrong("version %d; this program reads %d", file[len(magic)], version)
	}
	body := file[:len(file)-sha256.Size]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], file[len(body):]) {
		return wrong("the checksum is another: it is damaged or cut")
	}
	m := &Model{classes: int(body[head-1])}
	if m.classes < 2 || m.classes > maxClasses {
		return wrong("%d classes", m.classes)
	}
	rest := body[head:]
	if len(rest) < 8*m.classes {
		return wrong("it ends in the scales")
	}
	numbers := make([]float32, 2*m.classes)
	for i := range numbers {
		numbers[i] = math.Float32frombits(binary.LittleEndian.Uint32(rest[4*i:]))
		if v := float64(numbers[i]); math.IsNaN(v) || math.Abs(v) > 1e6 {
			return wrong("%v for a bias or a scale", v)
		}
	}
	rest = rest[8*m.classes:]
	for _, b := range numbers[:m.classes] {
		m.bias = append(m.bias, float64(b))
	}
	m.scale = numbers[m.classes:]
	for _, s := range m.scale {
		if s <= 0 {
			return wrong("a scale of %v", s)
		}
	}
	rest, err := m.decodeKeys(rest)
	if err != nil {
		return nil, err
	}
	if len(rest) != len(m.keys)*m.classes {
		return wrong("%d bytes of weights for %d features of %d classes", len(rest), len(m.keys), m.classes)
	}
	m.weights = make([]float32, len(rest))
	for i, b := range rest {
		c, k := i/len(m.keys), i%len(m.keys)
		m.weights[k*m.classes+c] = float32(int8(b)) * m.scale[c]
	}
	m.index()
	if !bytes.Equal(m.Encode(), file) {
		return wrong("it is not written the one way models are written")
	}
	return m, nil
}

func (m *Model) decodeKeys(rest []byte) ([]byte, error) {
	count, size := binary.Uvarint(rest)
	if size <= 0 || count > uint64(len(rest)) {
		return nil, fmt.Errorf("%w: the number of features is not readable", ErrEncoding)
	}
	rest = rest[size:]
	m.keys = make([]uint32, 0, count)
	key := uint64(0)
	for i := range count {
		distance, size := binary.Uvarint(rest)
		if size <= 0 || distance > math.MaxUint32 || i > 0 && distance == 0 || key+distance > math.MaxUint32 {
			return nil, fmt.Errorf("%w: feature %d of %d is not readable", ErrEncoding, i+1, count)
		}
		key += distance
		rest = rest[size:]
		m.keys = append(m.keys, uint32(key))
	}
	return rest, nil
}
