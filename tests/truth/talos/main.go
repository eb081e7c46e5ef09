// Command talos-truth asks Talos' own configuration library what it makes of a machine configuration.
//
// The tests compare cozygen with it: what cozygen assembles has to pass the library's own validation, and has
// to be what the library generates from the same secrets. It reads questions from standard input, writes answers
// to standard output, and talks to nobody.
//
// Called as talosctl is, with "validate --config FILE --mode metal --strict" or "version --client --short", it says
// what talosctl says.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/bundle"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/configpatcher"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/config/machine"
	"github.com/siderolabs/talos/pkg/machinery/config/validation"
	"github.com/siderolabs/talos/pkg/machinery/nethelpers"
	"go.yaml.in/yaml/v4"
)

const (
	contract = "v1.13"
	release  = "v1.13.6"
)

// metal is the mode of machines that Talos is installed on, as `talosctl validate --mode metal` takes it.
type metal struct{}

func (metal) String() string        { return "metal" }
func (metal) RequiresInstall() bool { return true }
func (metal) InContainer() bool     { return false }

// request is one line of the standard input.
type request struct {
	Do         string `json:"do"`
	Config     string `json:"config"`
	Bundle     string `json:"bundle"`
	Patch      string `json:"patch"`
	Role       string `json:"role"`
	Cluster    string `json:"cluster"`
	Endpoint   string `json:"endpoint"`
	Kubernetes string `json:"kubernetes"`
	Value      any    `json:"value"`
	Number     uint16 `json:"number"`
}

// answer is one line of its standard output.
type answer struct {
	Error    string   `json:"error,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
	Text     string   `json:"text,omitempty"`
}

func main() {
	if len(os.Args) > 1 {
		if err := talosctl(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}

		return
	}

	decoder, encoder := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)

	for {
		var asked request

		if err := decoder.Decode(&asked); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}

		if err := encoder.Encode(reply(asked)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
	}
}

// talosctl does what the program of that name does with the same arguments.
func talosctl(arguments []string) error {
	switch {
	case len(arguments) == 3 && arguments[0] == "version":
		_, err := fmt.Println("Client " + release)

		return err
	case len(arguments) == 6 && arguments[0] == "validate" && arguments[1] == "--config":
		text, err := os.ReadFile(arguments[2])
		if err != nil {
			return err
		}

		warnings, err := validated(string(text))
		for _, warning := range warnings {
			fmt.Fprintln(os.Stderr, "* WARNING:", warning)
		}

		return err
	default:
		return fmt.Errorf("talosctl is not called like this: %v", arguments)
	}
}

func reply(asked request) (out answer) {
	text, warnings, err := do(asked)
	out.Text, out.Warnings = text, warnings

	if err != nil {
		out.Error = err.Error()
	}

	return out
}

func do(asked request) (string, []string, error) {
	switch asked.Do {
	case "validate":
		warnings, err := validated(asked.Config)

		return "", warnings, err
	case "vlan-name":
		return nethelpers.VLANLinkName(asked.Config, asked.Number), nil, nil
	case "normalize":
		provider, err := configloader.NewFromBytes([]byte(asked.Config))
		if err != nil {
			return "", nil, err
		}

		return encoded(provider)
	case "generate":
		return generated(asked)
	case "secrets":
		versions, err := config.ParseContractFromVersion(contract)
		if err != nil {
			return "", nil, err
		}

		made, err := secrets.NewBundle(secrets.NewFixedClock(time.Now()), versions)
		if err != nil {
			return "", nil, err
		}

		text, err := yaml.Marshal(made)

		return string(text), nil, err
	case "check-secrets":
		read, err := loaded(asked.Bundle)
		if err != nil {
			return "", nil, err
		}

		return "", nil, read.Validate()
	case "yaml":
		text, err := yaml.Marshal(asked.Value)

		return string(text), nil, err
	default:
		return "", nil, fmt.Errorf("nothing known is asked: %q", asked.Do)
	}
}

func validated(text string) ([]string, error) {
	provider, err := configloader.NewFromBytes([]byte(text))
	if err != nil {
		return nil, err
	}

	return provider.Validate(metal{}, validation.WithLocal(), validation.WithStrict())
}

// generated is what `talosctl gen config --with-secrets --config-patch-control-plane` (or `-worker`) writes. As
// talosctl it generates all roles, patches those that the patch is for, and takes the one asked for.
func generated(asked request) (string, []string, error) {
	secretsBundle, err := loaded(asked.Bundle)
	if err != nil {
		return "", nil, err
	}

	versions, err := config.ParseContractFromVersion(contract)
	if err != nil {
		return "", nil, err
	}

	role, err := machine.ParseType(asked.Role)
	if err != nil {
		return "", nil, err
	}

	patch, err := configpatcher.LoadPatch([]byte(asked.Patch))
	if err != nil {
		return "", nil, err
	}

	patched := bundle.WithPatchWorker
	if role == machine.TypeControlPlane {
		patched = bundle.WithPatchControlPlane
	}

	all, err := bundle.NewBundle(
		bundle.WithVerbose(false),
		bundle.WithInputOptions(&bundle.InputOptions{
			ClusterName: asked.Cluster,
			Endpoint:    asked.Endpoint,
			KubeVersion: asked.Kubernetes,
			GenOptions: []generate.Option{
				generate.WithVersionContract(versions), generate.WithSecretsBundle(secretsBundle),
			},
		}),
		patched([]configpatcher.Patch{patch}),
	)
	if err != nil {
		return "", nil, err
	}

	if role == machine.TypeControlPlane {
		return encoded(all.ControlPlane())
	}

	return encoded(all.Worker())
}

func encoded(provider config.Provider) (string, []string, error) {
	text, err := provider.EncodeString(encoder.WithComments(encoder.CommentsDisabled))

	return text, nil, err
}

func loaded(text string) (*secrets.Bundle, error) {
	read := &secrets.Bundle{Clock: secrets.NewClock()}

	if err := yaml.Unmarshal([]byte(text), read); err != nil {
		return nil, err
	}

	return read, nil
}
