#!/usr/bin/env bash
# Records the profiles beside this file again. Everything is built and run in one neutral
# folder with -trimpath, so that the profiles name no directory of the machine at hand.
#
#   ./capture.sh 1.21 1.26 1.27
#
# Asynchronous preemption is off, as the signals of a sandboxed kernel would fill the CPU
# profile with runtime.asyncPreempt.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=/tmp/orders
for version in "${@:-1.26}"; do
  rm -rf "$dir" && mkdir -p "$dir/out"
  cp "$here/main.go" "$here/go.mod" "$dir"
  case $version in 1.21) toolchain=go1.21.13 ;; 1.27) toolchain=go1.27.2 ;; *) toolchain=go1.26.8 ;; esac
  (cd "$dir" && CGO_ENABLED=0 GOTOOLCHAIN=$toolchain go build -trimpath -buildvcs=false -o orders . && GODEBUG=asyncpreemptoff=1 ./orders -capture out)
  gzip -n9 "$dir"/out/heap.debug1.txt
  # A short trace and the collector's log, of a second run: a trace slows what the profiles measure.
  (cd "$dir" && exec env GODEBUG=gctrace=1,asyncpreemptoff=1 ./orders -listen 127.0.0.1:16061 2>out/gctrace.log >/dev/null) &
  sleep 3
  curl -s -o "$dir/out/trace.out" 'http://127.0.0.1:16061/debug/pprof/trace?seconds=0.06'
  kill $!
  mkdir -p "$here/go$version"
  if [ "$version" = 1.26 ]; then files=("$dir"/out/*); else files=("$dir"/out/cpu.pb.gz "$dir"/out/heap.pb.gz); fi
  cp "${files[@]}" "$here/go$version/"
  rm -rf "$dir"
done
