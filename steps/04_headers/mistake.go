package headers

import "strings"

// FirstFieldWins keeps the fields in a dictionary: of two with one name the
// first counts, and nobody learns that there was another. It costs the second
// half of each list that came in two fields; and two lengths, or two hosts, pass
// as one, of which the proxy in front may have used the other.
func FirstFieldWins(lines []byte, fields []Field) ([]Field, error) {
	all, err := Parse(lines, nil)
	seen := make(map[string]bool)
	for _, field := range all {
		name := strings.ToLower(field.Name)
		if !seen[name] {
			seen[name] = true
			fields = append(fields, field)
		}
	}
	return fields, err
}
