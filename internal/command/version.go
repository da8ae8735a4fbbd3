package command

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version tells which barewire this is, and which Go built it.
func version() string {
	version := "(unknown)"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
	}
	return fmt.Sprintf("barewire %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func versionCommand(world World) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Tell which barewire this is, and which Go built it",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(world.Out, version())
			return err
		},
	}
}
