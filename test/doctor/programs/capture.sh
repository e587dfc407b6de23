#!/bin/sh
# capture.sh OUT VERSION PROGRAM [-fixed]: builds one program with a version of Go (1.26.8) and captures it in
# OUT/PROGRAM/goVERSION[-fixed]: one run for the profiles, three short ones for the logs of GODEBUG.
set -e
cd "$(dirname "$0")"
out=$1 version=$2 name=$3 fixed=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
minor=$(echo "$version" | cut -d. -f1,2)
# The version in go.mod decides how timers and others behave: each version gets its own.
sed "s/^go 1.*/go $minor/" go.mod >"$work/go.mod"
experiment=
[ "$minor" = 1.26 ] && experiment=goroutineleakprofile
GOFLAGS=-mod=mod GOTOOLCHAIN=go$version GOEXPERIMENT=$experiment CGO_ENABLED=0 \
	go build -trimpath -modfile="$work/go.mod" -o "$work/$name" "./$name"
dir=$out/$name/go$minor$fixed
rm -rf "$dir"
(cd "$work" && "./$name" -to "$dir" $fixed) || echo "failed: $name $version $fixed" >&2
cd "$work"
GODEBUG=gctrace=1 "./$name" -dur 1200ms $fixed 2>&1 >/dev/null | head -c 200000 >"$dir/gctrace.log"
GODEBUG=schedtrace=100 "./$name" -dur 1s $fixed 2>&1 >/dev/null | head -c 200000 >"$dir/schedtrace.log"
GODEBUG=schedtrace=100,scheddetail=1 "./$name" -dur 400ms $fixed 2>&1 >/dev/null | head -c 100000 >"$dir/scheddetail.log"
