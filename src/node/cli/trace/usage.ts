/** What `goscope trace` prints where it is used wrongly, or asked for help. */
export const TRACE_USAGE = `Usage of 'goscope trace', which stands in for 'go tool trace':
Given a trace file produced by 'go test':
	go test -trace=trace.out pkg

Generate a pprof-like profile from the trace:
	goscope trace -pprof=TYPE [pkg.test] trace.out

View it in a web browser:
	goscope trace [-http=ADDR] [pkg.test] trace.out

Print what is in it:
	goscope trace -d=MODE [pkg.test] trace.out

The trace may be packed with gzip or zstd, - for standard input, or an address.
[pkg.test] is accepted and not needed: traces name their functions themselves.

Supported profile types are:
    - net: network blocking profile
    - sync: synchronization blocking profile
    - syscall: syscall blocking profile
    - sched: scheduler latency profile

Flags:
	-http=addr: HTTP service address (e.g., ':6060')
	-pprof=type: print a pprof-like profile instead
	-d=mode: print debug info and exit (modes: wire, parsed, footprint)
	-no_browser: only print the address of the pages

Beyond 'go tool trace':
	goscope trace facts trace.out: all that its pages compute, as one JSON document
	goscope trace help: reports for people (summary, causes, tasks, flame, ...) and exports
`
