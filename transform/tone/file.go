package tone

// The files of the model, in model/: one of linear weights for each judge
// (transform/linear says how they are written), and model.json with the rest.

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/overheard-news/overheard/transform/linear"
)

//go:embed model
var modelFiles embed.FS

// formatVersion changes when features or files change: weights of another version
// would be read with the wrong features.
const formatVersion = 1

// ErrModel says that the files of a model are not usable.
var ErrModel = errors.New("tone model is not usable")

type modelFile struct {
	Version int         `json:"version"`
	Judges  []judgeFile `json:"judges"`
}

type judgeFile struct {
	Name        string        `json:"name"`
	SHA256      string        `json:"sha256"` // of the weights
	Calibration [3][3]float64 `json:"calibration"`
	Bias        [3]float64    `json:"bias"`
	Offsets     [3]float64    `json:"offsets"`
	Confusion   [3][3]float64 `json:"confusion"`
	Prior       Shares        `json:"prior"`
}

// Load reads the model that is built in.
func Load() (*Model, error) {
	files, err := fs.Sub(modelFiles, "model")
	if err != nil {
		return nil, err
	}
	return Read(files)
}

// Read reads the files of a model. The error wraps ErrModel where they are damaged or
// of another version.
func Read(files fs.FS) (*Model, error) {
	text, err := fs.ReadFile(files, "model.json")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	var f modelFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("%w: model.json: %w", ErrModel, err)
	}
	if f.Version != formatVersion {
		return nil, fmt.Errorf("%w: version %d; this program reads %d: train it again", ErrModel, f.Version, formatVersion)
	}
	m := &Model{judges: map[string]*judge{}}
	for _, r := range recipes() {
		at := slices.IndexFunc(f.Judges, func(j judgeFile) bool { return j.Name == r.name })
		if at < 0 {
			return nil, fmt.Errorf("%w: model.json has no judge %q", ErrModel, r.name)
		}
		weights, err := fs.ReadFile(files, r.name+".linear")
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrModel, err)
		}
		if m.judges[r.name], err = f.Judges[at].judge(weights, r.groups); err != nil {
			return nil, err
		}
	}
	m.lexica, err = readLexica()
	return m, err
}

func (f judgeFile) judge(weights []byte, g groups) (*judge, error) {
	if sum := sha256.Sum256(weights); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, fmt.Errorf("%w: %s.linear is not the file model.json was written with", ErrModel, f.Name)
	}
	l, err := linear.Decode(weights)
	if err != nil {
		return nil, fmt.Errorf("%w: %s.linear: %w", ErrModel, f.Name, err)
	}
	if l.Classes() != 3 {
		return nil, fmt.Errorf("%w: %s.linear has %d classes, not 3", ErrModel, f.Name, l.Classes())
	}
	for to, row := range f.Confusion {
		if sum := row[0] + row[1] + row[2]; math.Abs(sum-1) > 1e-4 || min(row[0], row[1], row[2]) < 0 {
			return nil, fmt.Errorf("%w: confusion of %s, row %d sums to %v", ErrModel, f.Name, to, sum)
		}
	}
	return &judge{
		linear: l, groups: g, offsets: f.Offsets,
		calibration: calibration{matrix: f.Calibration, bias: f.Bias},
		confusion:   Confusion{Judged: f.Confusion, Prior: f.Prior},
	}, nil
}

// Files returns the files of the model by name, the same bytes every time.
func (m *Model) Files() (map[string][]byte, error) {
	files, f := map[string][]byte{}, modelFile{Version: formatVersion}
	for _, r := range recipes() {
		j := m.judges[r.name]
		weights := j.linear.Encode()
		sum := sha256.Sum256(weights)
		files[r.name+".linear"] = weights
		f.Judges = append(f.Judges, judgeFile{
			Name: r.name, SHA256: hex.EncodeToString(sum[:]), Offsets: j.offsets,
			Calibration: j.calibration.matrix, Bias: j.calibration.bias,
			Confusion: j.confusion.Judged, Prior: j.confusion.Prior,
		})
	}
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, err
	}
	files["model.json"] = append(text, '\n')
	return files, nil
}

// readLexica reads the lexicon of every language there is one for.
func readLexica() (map[string]*lexicon, error) {
	entries, err := wordFiles.ReadDir("words")
	if err != nil {
		return nil, err
	}
	lexica := map[string]*lexicon{}
	for _, e := range entries {
		language, _ := strings.CutSuffix(path.Base(e.Name()), ".txt")
		if strings.HasPrefix(language, "afinn-") {
			continue
		}
		if lexica[language], err = readLexicon(language); err != nil {
			return nil, err
		}
	}
	return lexica, nil
}

// ConfusionTable is how the model errs in each language that has a model of its own, and
// the inverse of it, as the columns of sql/seeds/tone_confusions.csv. How the shared
// model errs was measured on other languages than those it judges, so theirs is not told.
func (m *Model) ConfusionTable() []byte {
	names := [3]string{"negative", "neutral", "positive"}
	var out bytes.Buffer
	out.WriteString("language_code,true_tone,judged_tone,confusion,correction\n")
	for _, language := range m.Languages() {
		j := m.judges[language]
		if j == nil {
			continue
		}
		c := j.confusion
		correction, ok := c.Correction()
		if !ok {
			continue
		}
		for i, truth := range names {
			for j, judged := range names {
				fmt.Fprintf(&out, "%s,%s,%s,%.8f,%.8f\n", language, truth, judged, c.Judged[i][j], correction[i][j])
			}
		}
	}
	return out.Bytes()
}
