// Reads YAML documents as Go programs do. Standard input holds one JSON string a line, each a YAML document;
// for each line one is printed with what sigs.k8s.io/yaml (Helm, kubectl) and gopkg.in/yaml.v3 (kustomize)
// make of it: {"sigs": value, "v3": value}, or a text under "sigs error" or "v3 error".
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"

	v3 "gopkg.in/yaml.v3"
	sigs "sigs.k8s.io/yaml"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<28)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var text string
		if err := json.Unmarshal(in.Bytes(), &text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := out.Encode(read([]byte(text))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func read(text []byte) map[string]any {
	found := map[string]any{}
	if data, err := sigs.YAMLToJSON(text); err != nil {
		found["sigs error"] = err.Error()
	} else {
		found["sigs"] = json.RawMessage(data)
	}
	var value any
	if err := v3.Unmarshal(text, &value); err != nil {
		found["v3 error"] = err.Error()
	} else {
		found["v3"] = plain(value)
	}
	return found
}

// plain is a value that encoding/json takes: keys as text, what JSON cannot hold as text.
func plain(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = plain(item)
		}
	case map[any]any:
		out := map[string]any{}
		for key, item := range v {
			out[fmt.Sprint(key)] = plain(item)
		}
		return out
	case []any:
		for i, item := range v {
			v[i] = plain(item)
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v)
		}
	}
	return value
}
