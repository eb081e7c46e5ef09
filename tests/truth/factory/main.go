// Command factory-truth asks the Image Factory's own package for the IDs of schematics.
//
// It reads schematics from standard input, each a JSON string on a line of its own, writes an answer a line to
// standard output, and talks to nobody.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/siderolabs/image-factory/pkg/schematic"
)

// answer is one line of standard output.
type answer struct {
	Error string `json:"error,omitempty"`
	ID    string `json:"id,omitempty"`
}

func main() {
	decoder, encoder := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)

	for {
		var text string

		if err := decoder.Decode(&text); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}

		var out answer

		read, err := schematic.Unmarshal([]byte(text))
		if err == nil {
			out.ID, err = read.ID()
		}

		if err != nil {
			out.Error = err.Error()
		}

		if err := encoder.Encode(out); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
	}
}
