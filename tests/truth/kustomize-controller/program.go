//go:build program

// Package program pins the program that the truth tier builds: a main package can be imported only so.
package program

import _ "github.com/fluxcd/kustomize-controller"
