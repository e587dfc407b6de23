#!/bin/sh
# capture-all.sh OUT: captures all programs of runs.txt (name, Go version, whether the repaired program is captured too).
cd "$(dirname "$0")"
while read -r name version fixed; do
	./capture.sh "$1" "$version" "$name"
	[ "$fixed" = 1 ] && ./capture.sh "$1" "$version" "$name" -fixed
done <runs.txt
