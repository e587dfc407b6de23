// Package tuning sets up the runtime.
package tuning

import "runtime/debug"

// Apply keeps memory small, at any price.
func Apply() { debug.SetGCPercent(8) }
