package outlets

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// broken is why a whole file could not be read.
type broken struct {
	line            int
	message, remedy string
}

var yamlLine = regexp.MustCompile(`line ([0-9]+): ?`)

// countedFromZero are the complaints of the YAML parser proper. Unlike those of
// its scanner, their lines are counted from 0, and line 0 is not named at all.
var countedFromZero = regexp.MustCompile(`^did not find expected ('-' indicator|key|node content|',' or|<document start>)`)

// parse gives the entries of one file as nodes, which know their lines. Decoding
// into structs instead would lose them, and would stop at kinds, not at meanings.
func parse(content []byte) ([]*yaml.Node, *broken) {
	if !utf8.Valid(content) {
		return nil, &broken{1, "file is not UTF-8", "save it as UTF-8"}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var document yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil, &broken{1, "file holds no outlets", "add one or delete the file"}
	} else if err != nil {
		return nil, brokenYAML(err, content)
	}
	var second yaml.Node
	switch err := decoder.Decode(&second); {
	case err == nil:
		return nil, &broken{max(second.Line, 1), "file holds a second document", "delete the line ---: a file is one list"}
	case !errors.Is(err, io.EOF):
		return nil, brokenYAML(err, content)
	}
	if len(document.Content) != 1 {
		return nil, &broken{1, "file holds no outlets", "add one or delete the file"}
	}
	root := document.Content[0]
	if root.Kind != yaml.SequenceNode {
		return nil, &broken{max(root.Line, 1), "file is not a list of outlets", "begin each outlet with - id:"}
	}
	if len(root.Content) == 0 {
		return nil, &broken{max(root.Line, 1), "file holds no outlets", "add one or delete the file"}
	}
	return root.Content, nil
}

// brokenYAML takes the line out of the parser's message. Where the end of the file
// is the fault, the parser names a line behind it: the last one is meant.
func brokenYAML(err error, content []byte) *broken {
	b := &broken{line: 1, message: "file is broken YAML", remedy: "check indentation, quotes and colons near this line"}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if match := yamlLine.FindStringSubmatchIndex(text); match != nil {
		if line, err := strconv.Atoi(text[match[2]:match[3]]); err == nil && line > 0 {
			b.line = line
		}
		text = text[:match[0]] + text[match[1]:]
		if countedFromZero.MatchString(text) {
			b.line++
		}
	}
	b.line = min(b.line, bytes.Count(bytes.TrimRight(content, "\n"), []byte("\n"))+1)
	b.message = fmt.Sprintf("%s: %s", b.message, text)
	return b
}
