package outlets

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/overheard-news/overheard/sql/seeds"
)

//go:embed *.yaml
var files embed.FS

// Files is the folder of the built-in registry, for Lint.
func Files() fs.FS { return files }

// BuiltIn gives the registry this program was built with.
func BuiltIn() ([]Outlet, error) {
	list, problems := Lint(files)
	if err := seeds.Join(problems); err != nil {
		return nil, fmt.Errorf("read built-in outlet registry: %w", err)
	}
	return list, nil
}

// Load reads a registry from a folder and refuses it if it has any fault: half a
// registry would be taken for a press that fell silent.
func Load(dir string) ([]Outlet, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("read outlet registry: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("read outlet registry: %s is a file: name the folder its yaml files are in", dir)
	}
	list, problems := Lint(os.DirFS(dir))
	for i := range problems {
		problems[i].File = filepath.Join(dir, problems[i].File)
	}
	for i := range list {
		list[i].File = filepath.Join(dir, list[i].File)
	}
	if err := seeds.Join(problems); err != nil {
		return nil, fmt.Errorf("read outlet registry %s: %w", dir, err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("read outlet registry %s: %w", dir, ErrEmpty)
	}
	return list, nil
}

// ErrEmpty says that a folder holds no outlet at all.
var ErrEmpty = errors.New("no outlets: put one yaml file a country into it, such as gb.yaml")
