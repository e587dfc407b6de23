// Package fastlog stands for a module of somebody else's: a logger that formats every line.
package fastlog

import (
	"fmt"
	"io"
	"sync"
)

// Logger writes lines of fields.
type Logger struct {
	mu  sync.Mutex
	out io.Writer
}

// New makes one.
func New(out io.Writer) *Logger { return &Logger{out: out} }

// Infow writes a message with fields.
func (l *Logger) Infow(msg string, fields map[string]any) {
	line := fmt.Sprintf("level=info msg=%q", msg)
	for k, v := range fields {
		line += fmt.Sprintf(" %s=%v", k, v)
	}
	l.mu.Lock()
	fmt.Fprintln(l.out, line)
	l.mu.Unlock()
}
