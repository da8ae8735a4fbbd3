package lab

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// JSON writes a row as one line for programs.
func JSON(out io.Writer, row Row) error {
	promised, others := row.Split()
	return json.NewEncoder(out).Encode(struct {
		Mistake  string   `json:"mistake"`
		Step     int      `json:"step,omitempty"`
		About    string   `json:"about,omitempty"`
		Curl     string   `json:"curl,omitempty"`
		CaughtBy []string `json:"caught_by"`
		Others   []string `json:"others"`
	}{row.Mistake.Name, row.Mistake.Step, row.Mistake.About, row.Mistake.Curl, promised, others})
}

// Markdown is the table of the mistakes and the checks that promise to catch them,
// for the README.
func Markdown(mistakes []Mistake) string {
	text := "| step | mistake | what it does | caught by |\n|---|---|---|---|\n"
	for _, mistake := range mistakes {
		var ids []string
		for _, c := range Promised(mistake) {
			ids = append(ids, c.ID)
		}
		text += fmt.Sprintf("| %02d | `%s` | %s | %s |\n", mistake.Step, mistake.Name, mistake.About, strings.Join(ids, ", "))
	}
	return text + fmt.Sprintf("\n%d mistakes, %d checks on the whole server. The server without a mistake passes them all.\n", len(mistakes), len(Checks()))
}

// Judge tells whether the checks are worth something: those that promise to catch a
// mistake do, each mistake is caught, and a server without one passes them.
func Judge(rows []Row) error {
	var missed []string
	for _, row := range rows {
		switch {
		case row.Mistake.Name == "" && len(row.Failed) > 0:
			_, failed := row.Split()
			return fmt.Errorf("the server without a mistake fails %s", strings.Join(failed, ", "))
		case len(row.Missed) > 0:
			return fmt.Errorf("%s promised to catch %s, and did not", strings.Join(row.Missed, ", "), row.Mistake.Name)
		case row.Mistake.Name != "" && len(row.Failed) == 0:
			missed = append(missed, row.Mistake.Name)
		}
	}
	if len(missed) > 0 {
		return fmt.Errorf("no check catches %s", strings.Join(missed, ", "))
	}
	return nil
}
