//go:build tools

// Package tools names the program that is built here, so that go.mod holds all that it needs.
package tools

import _ "code.gitea.io/gitea"
