package build

import (
	"slices"

	"github.com/overheard-news/overheard/sql/checks"
	"github.com/overheard-news/overheard/sql/models"
)

// Inventory lists all that is compiled in, for documentation: the models and Go
// steps in the order they run, and the checks by name.
func Inventory() ([]Model, []Check, error) {
	all, err := readModels(models.FS)
	if err != nil {
		return nil, nil, err
	}
	intermediate, marts, history, err := order(all)
	if err != nil {
		return nil, nil, err
	}
	list, err := readChecks(checks.FS)
	return slices.Concat(intermediate, marts, history), list, err
}

// Tables are all that the model makes.
func (m Model) Tables() []string { return m.tables() }

// IsGoStep tells whether a function makes its tables, and no SQL.
func (m Model) IsGoStep() bool { return m.make != nil }
