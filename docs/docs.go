// Package docs holds the chapters of the steps, for those who have the program and
// not the repository.
package docs

import "embed"

// Chapters has them as Markdown: 03_requestline.md.
//
//go:embed [0-9][0-9]_*.md
var Chapters embed.FS
