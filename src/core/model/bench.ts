/** One line of `go test -bench`. */
export interface BenchRun {
  /** Without `Benchmark` and `-procs`. */
  readonly name: string
  /** Import path, '' if unknown. */
  readonly pkg: string
  /** GOMAXPROCS of the run: the number behind the name, 1 if there is none. */
  readonly procs: number
  readonly iterations: number
  /** Unit ('ns/op', 'B/op', 'MB/s', …) -> value. */
  readonly values: ReadonlyMap<string, number>
}
