package command

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"barewire/apps/accesslog"
	"barewire/apps/catch"
	"barewire/apps/mount"
	"barewire/apps/onion"
	"barewire/apps/validator"
	wsgi "barewire/steps/06_wsgi"

	"github.com/spf13/cobra"
)

// A layer is middleware that can be put around an application.
type layer struct {
	name   string
	about  string
	around func(wsgi.Application) wsgi.Application
}

var layers = []layer{
	{"catch", "turns errors and panics into a 500 that says no more", func(app wsgi.Application) wsgi.Application {
		return catch.Errors(app, false)
	}},
	{"log", "notes each request in the Combined Log Format, with seconds", accesslog.Log{Now: time.Now}.Around},
	{"role", "lets those through who say Role: ADMIN", onion.Second},
	{"traceback", "is catch, and tells the client what went wrong and, for a panic, where", func(app wsgi.Application) wsgi.Application {
		return catch.Errors(app, true)
	}},
	{"validator", "checks that server and application keep to PEP 3333", validator.Check},
}

func layerNames() []string {
	var names []string
	for _, layer := range layers {
		names = append(names, layer.name)
	}
	return names
}

// A composition is what stands beside an application and around it.
type composition struct {
	mounts []string // each /prefix=APP
	with   []string // each a list of layers, the outermost first

	workers *workers // of the applications that are Python's
}

// addTo makes it two flags of a command.
func (c *composition) addTo(command *cobra.Command) {
	command.Flags().StringArrayVar(&c.mounts, "mount", nil, "serve another application below a path: `/prefix=APP`; repeatable")
	command.Flags().StringArrayVar(&c.with, "with", nil, "put middleware around it all, `NAME,...`, the outermost first: "+strings.Join(layerNames(), ", "))
	for name, offer := range map[string]cobra.CompletionFunc{"mount": completeMount, "with": completeLayers} {
		if err := command.RegisterFlagCompletionFunc(name, offer); err != nil {
			panic(err) // a flag of that name was just made
		}
	}
}

// compose returns one application made of many: alone, what is mounted beside
// it, and the middleware around them. Its name is written like calls in Go.
func (c composition) compose(alone app, world World) (whole app, err error) {
	mounts, err := c.findMounts(alone, world)
	if err != nil {
		return app{}, err
	}
	with, err := c.findLayers(world)
	if err != nil {
		return app{}, err
	}
	whole = alone
	for _, m := range mounts {
		whole.name += ", " + m.path + "=" + m.app.name
		whole.serve = mount.Prefix(m.path, m.app.serve, whole.serve)
	}
	for _, layer := range slices.Backward(with) {
		whole.name = layer.name + "(" + whole.name + ")"
		whole.serve = layer.around(whole.serve)
	}
	return whole, nil
}

// A mounted application answers for the paths below its own.
type mounted struct {
	path string
	app  app
}

// findMounts returns what is mounted, the shortest path first: the last one is
// put around all others, and so asked first, and /a/b comes before /a.
func (c composition) findMounts(alone app, world World) ([]mounted, error) {
	var mounts []mounted
	for _, word := range c.mounts {
		path, name, ok := strings.Cut(word, "=")
		if !ok || !strings.HasPrefix(path, "/") {
			return nil, fmt.Errorf("--mount takes /prefix=APP, such as /shop=hello:App, not %q", word)
		}
		if strings.ContainsAny(path, "%?#") {
			return nil, fmt.Errorf("--mount takes a path that is decoded already, such as %q, without %%, ? and #, not %q", "/a b", path)
		}
		path = strings.TrimRight(path, "/")
		if path == "" {
			return nil, fmt.Errorf("--mount %s would hide %s; to serve it alone, say %s %s", word, alone.name, world.Name, name)
		}
		if slices.ContainsFunc(mounts, func(m mounted) bool { return m.path == path }) {
			return nil, fmt.Errorf("one application is mounted at a path, and at %s these are 2", path)
		}
		if strings.Contains(name, ",") {
			return nil, fmt.Errorf("there is no application %q; say --mount once for each", name)
		}
		app, err := c.workers.find(name, world)
		if err != nil {
			return nil, err
		}
		mounts = append(mounts, mounted{path, app})
	}
	slices.SortFunc(mounts, func(a, b mounted) int { return cmp.Compare(len(a.path), len(b.path)) })
	return mounts, nil
}

// findLayers returns the middleware, the outermost first.
func (c composition) findLayers(world World) ([]layer, error) {
	if len(c.with) == 0 {
		return nil, nil
	}
	var with []layer
	for name := range strings.SplitSeq(strings.Join(c.with, ","), ",") {
		if name == "" {
			return nil, errors.New("--with has an empty name in it")
		}
		i := slices.IndexFunc(layers, func(l layer) bool { return l.name == name })
		if i < 0 {
			hint := suggest(name, layerNames(), "; "+world.Name+" apps lists them all")
			return nil, fmt.Errorf("there is no middleware %q%s", name, hint)
		}
		with = append(with, layers[i])
	}
	return with, nil
}

// completeMount offers applications behind the path.
func completeMount(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	path, _, ok := strings.Cut(typed, "=")
	if !ok {
		return nil, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	var words []string
	for _, app := range apps {
		words = append(words, path+"="+app.name+"\t"+app.about)
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

// completeLayers offers middleware behind what is there of the list.
func completeLayers(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	there := typed[:strings.LastIndex(typed, ",")+1]
	var words []string
	for _, layer := range layers {
		words = append(words, there+layer.name+"\t"+layer.about)
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
