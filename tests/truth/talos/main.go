// Command talos-truth asks Talos' own configuration library what it makes of a machine configuration.
//
// The tests compare cozygen with it: what cozygen assembles has to pass the library's own validation, and has
// to be what the library generates from the same secrets. It reads files and standard input, writes standard
// output, and talks to nobody.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/configpatcher"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/config/machine"
	"github.com/siderolabs/talos/pkg/machinery/config/validation"
	"go.yaml.in/yaml/v4"
)

const contract = "v1.13"

// metal is the mode of machines that Talos is installed on, as `talosctl validate --mode metal` takes it.
type metal struct{}

func (metal) String() string        { return "metal" }
func (metal) RequiresInstall() bool { return true }
func (metal) InContainer() bool     { return false }

// request is one line of the standard input of `serve`.
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
}

// answer is one line of its standard output.
type answer struct {
	Error    string   `json:"error,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
	Text     string   `json:"text,omitempty"`
}

func main() {
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
		provider, err := configloader.NewFromBytes([]byte(asked.Config))
		if err != nil {
			return "", nil, err
		}

		warnings, err := provider.Validate(metal{}, validation.WithLocal(), validation.WithStrict())

		return "", warnings, err
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

		bundle, err := secrets.NewBundle(secrets.NewFixedClock(time.Now()), versions)
		if err != nil {
			return "", nil, err
		}

		text, err := yaml.Marshal(bundle)

		return string(text), nil, err
	case "check-secrets":
		bundle, err := loaded(asked.Bundle)
		if err != nil {
			return "", nil, err
		}

		return "", nil, bundle.Validate()
	case "yaml":
		text, err := yaml.Marshal(asked.Value)

		return string(text), nil, err
	default:
		return "", nil, fmt.Errorf("nothing known is asked: %q", asked.Do)
	}
}

// generated is what `talosctl gen config --with-secrets --config-patch` writes.
func generated(asked request) (string, []string, error) {
	bundle, err := loaded(asked.Bundle)
	if err != nil {
		return "", nil, err
	}

	versions, err := config.ParseContractFromVersion(contract)
	if err != nil {
		return "", nil, err
	}

	input, err := generate.NewInput(asked.Cluster, asked.Endpoint, asked.Kubernetes,
		generate.WithVersionContract(versions), generate.WithSecretsBundle(bundle))
	if err != nil {
		return "", nil, err
	}

	role, err := machine.ParseType(asked.Role)
	if err != nil {
		return "", nil, err
	}

	provider, err := input.Config(role)
	if err != nil {
		return "", nil, err
	}

	if asked.Patch == "" {
		return encoded(provider)
	}

	patch, err := configpatcher.LoadPatch([]byte(asked.Patch))
	if err != nil {
		return "", nil, err
	}

	patched, err := configpatcher.Apply(configpatcher.WithConfig(provider), []configpatcher.Patch{patch})
	if err != nil {
		return "", nil, err
	}

	if provider, err = patched.Config(); err != nil {
		return "", nil, err
	}

	return encoded(provider)
}

func encoded(provider config.Provider) (string, []string, error) {
	text, err := provider.EncodeString(encoder.WithComments(encoder.CommentsDisabled))

	return text, nil, err
}

func loaded(text string) (*secrets.Bundle, error) {
	bundle := &secrets.Bundle{Clock: secrets.NewClock()}

	if err := yaml.Unmarshal([]byte(text), bundle); err != nil {
		return nil, err
	}

	return bundle, nil
}
