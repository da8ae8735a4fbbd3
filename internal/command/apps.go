package command

import (
	"fmt"
	"text/tabwriter"

	"barewire/apps/bench"
	"barewire/apps/catch"
	"barewire/apps/check"
	"barewire/apps/class"
	"barewire/apps/classroom"
	"barewire/apps/demo"
	"barewire/apps/dispatch"
	"barewire/apps/djangoish"
	"barewire/apps/echo"
	"barewire/apps/flaskish"
	"barewire/apps/generator"
	"barewire/apps/gohandler"
	"barewire/apps/hello"
	"barewire/apps/method"
	"barewire/apps/onion"
	"barewire/apps/simple"
	"barewire/apps/static"
	"barewire/apps/stream"
	wsgi "barewire/steps/06_wsgi"

	"github.com/spf13/cobra"
)

// An app is an application that can be served, under the name package:Name.
type app struct {
	name  string
	about string
	serve wsgi.Application
}

var apps = []app{
	{"bench:App", "says hello, streams 1 GiB or counts an upload, for make bench", bench.App},
	{"catch:App", "fails as its path says: /error, /panic, /late; and tells why", catch.App},
	{"check:App", "shows what it was told, and keeps or breaks each promise, for checks", check.App},
	{"class:App", "is a method of an instance, Python's __call__", class.App},
	{"class:Iterable", "makes an instance that is itself the body, and starts late", class.Iterable},
	{"classroom:App", "is a board of learners and steps, for barewire check --report", classroom.App},
	{"demo:App", "shows its environ, as Python's wsgiref demo_app does", demo.App},
	{"dispatch:App", "finds a function for each path by regular expressions", dispatch.App},
	{"djangoish:App", "is Django in small, with signals, a chain of middleware and cookies", djangoish.App},
	{"echo:App", "returns the body that it got", echo.App},
	{"flaskish:App", "is Flask in small, with a view for each kind of value", flaskish.App},
	{"generator:App", "starts, then yields, as a Python generator does", generator.App},
	{"gohandler:App", "is a handler of net/http, behind Go's other server", gohandler.App},
	{"hello:App", "greets the name in a form", hello.App},
	{"method:App", "tells the request method, the smallest application here", method.App},
	{"onion:App", "greets an admin inside a role check inside a log, three layers", onion.App},
	{"simple:App", "says hello to everyone, PEP 3333's first example", simple.App},
	{"static:App", "serves the files below the directory it is started in", static.App},
	{"stream:App", "yields one line after another", stream.App},
}

// findApp returns the application of that name.
func findApp(name string, world World) (app, error) {
	for _, app := range apps {
		if app.name == name {
			return app, nil
		}
	}
	hint := suggest(name, appNames(), "; "+world.Name+" apps lists them all")
	return app{}, fmt.Errorf("there is no application %q%s", name, hint)
}

func appNames() []string {
	var names []string
	for _, app := range apps {
		names = append(names, app.name)
	}
	return names
}

func appsCommand(world World) *cobra.Command {
	return &cobra.Command{
		Use:   "apps",
		Short: "List the applications that can be served, and the middleware",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			table := tabwriter.NewWriter(world.Out, 0, 0, 3, ' ', 0)
			for _, app := range apps {
				fmt.Fprintf(table, "%s\t%s\n", app.name, app.about)
			}
			fmt.Fprint(table, "\nMiddleware, for --with:\n")
			for _, layer := range layers {
				fmt.Fprintf(table, "%s\t%s\n", layer.name, layer.about)
			}
			return table.Flush()
		},
	}
}

// completeApps offers the names of the applications to the shell.
func completeApps(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, app := range apps {
		names = append(names, app.name+"\t"+app.about)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
