// Package frame filters and groups rows.
package frame

// Filter returns the rows that pass; out gives it room.
func Filter[T any](rows []T, keep func(T) bool, room int) []T {
	var out []T
	if room > 0 {
		out = make([]T, 0, room)
	}
	for _, r := range rows {
		if keep(r) {
			out = append(out, r)
		}
	}
	return out
}

// Group counts rows by key.
func Group[T any, K comparable](rows []T, key func(T) K, room int) map[K]int {
	m := map[K]int{}
	if room > 0 {
		m = make(map[K]int, room)
	}
	for _, r := range rows {
		m[key(r)]++
	}
	return m
}
