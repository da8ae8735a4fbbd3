package explain

import (
	_ "embed"
	"strings"
)

//go:embed headers.txt
var headersFile string

//go:embed statuses.txt
var statusesFile string

//go:embed methods.txt
var methodsFile string

//go:embed keys.txt
var keysFile string

//go:embed steps.txt
var stepsFile string

//go:embed packets.txt
var packetsFile string

//go:embed workers.txt
var workersFile string

// entries holds what the files say.
var entries = map[Kind][]Entry{
	Header: read(headersFile),
	Status: read(statusesFile),
	Method: read(methodsFile),
	Key:    read(keysFile),
	Step:   read(stepsFile),
	Packet: read(packetsFile),
	Worker: read(workersFile),
}

// read takes a file apart. An empty line stands between two entries; the first
// line of each is its name, the last one its source, and those between are the
// text.
func read(file string) (entries []Entry) {
	for block := range strings.SplitSeq(strings.TrimSpace(file), "\n\n") {
		lines := strings.Split(block, "\n")
		last := len(lines) - 1
		entries = append(entries, Entry{lines[0], strings.Join(lines[1:last], " "), lines[last]})
	}
	return entries
}
