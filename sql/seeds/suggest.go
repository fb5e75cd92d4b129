package seeds

import (
	"fmt"
	"strings"
)

// Suggest words the beginning of a remedy, "did you mean …? ", when one of the
// known words is close to the one that was written, and is empty otherwise.
func Suggest(written string, known []string) string {
	best, bestDistance := "", len([]rune(written))/2+1
	for _, word := range known {
		if d := distance(strings.ToLower(written), strings.ToLower(word)); d < bestDistance {
			best, bestDistance = word, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q? ", best)
}

// suggestLimit keeps the quadratic distance away from values nobody mistyped.
const suggestLimit = 64

// distance is the Levenshtein distance of two words, in characters.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > suggestLimit || len(y) > suggestLimit {
		return max(len(x), len(y))
	}
	costs := make([]int, len(y)+1)
	for j := range costs {
		costs[j] = j
	}
	for i, from := range x {
		diagonal := costs[0]
		costs[0] = i + 1
		for j, to := range y {
			substitute := diagonal
			if from != to {
				substitute++
			}
			diagonal = costs[j+1]
			costs[j+1] = min(substitute, costs[j]+1, diagonal+1)
		}
	}
	return costs[len(y)]
}
