// What is put into a command so that it tells about itself: flags of test binaries, -exec of the go command,
// GODEBUG. Nothing that the user has set is changed.

export type CommandKind =
  /** `go test` or `go run`: builds, then runs what it has built. */
  | 'go test'
  | 'go run'
  /** A binary made by `go test`. */
  | 'test binary'
  | 'program'

/** What kind of command it is. */
export function commandKind(argv: readonly string[]): CommandKind {
  const [command = '', ...args] = argv
  const name = (command.split(/[\\/]/).at(-1) ?? '').replace(/\.exe$/i, '')
  if (/^go(\d[\w.]*)?$/.test(name)) {
    const sub = args[subcommandAt(args)]
    if (sub === 'test' || sub === 'run') return `go ${sub}`
  }
  return /\.test$/.test(name) || args.some((a) => /^--?test\.\w/.test(a)) ? 'test binary' : 'program'
}

/** `go -C DIR test`: the one flag that may come first. */
function subcommandAt(args: readonly string[]): number {
  if (args[0] === '-C' || args[0] === '--C') return 2
  return /^--?C=/.test(args[0] ?? '') ? 1 : 0
}

/** Whether a flag is given, as `-name`, `--name`, `-name=…` or `-test.name`; what stands behind -args is the test's own. */
export function hasFlag(args: readonly string[], name: string): boolean {
  const end = args.findIndex((a) => a === '-args' || a === '--args' || a === '--')
  const pattern = new RegExp(`^--?(test\\.)?${name}(=|$)`)
  return (end < 0 ? args : args.slice(0, end)).some((a) => pattern.test(a))
}

/** The value of a flag; undefined if it is not given. */
export function flagValue(args: readonly string[], name: string): string | undefined {
  const pattern = new RegExp(`^--?(?:test\\.)?${name}(?:=(.*))?$`, 's')
  for (const [k, arg] of args.entries()) {
    const m = pattern.exec(arg)
    if (m !== null) return m[1] ?? args[k + 1]
  }
  return undefined
}

export interface GoFlags {
  /** Of benchmarks. */
  readonly count: number | undefined
  readonly cpu: string | undefined
}

/**
 * `go test` or `go run` with `wrapper` in front of what it runs. Undefined if the user has an -exec already, or the
 * wrapper cannot be quoted.
 */
export function withWrapper(
  argv: readonly string[],
  wrapper: readonly string[],
  o: GoFlags,
): readonly string[] | undefined {
  const [command = '', ...args] = argv
  if (hasFlag(args, 'exec')) return undefined
  const quoted = wrapper.map(quote)
  if (quoted.includes(undefined)) return undefined
  const at = subcommandAt(args)
  const added = ['-exec', quoted.join(' ')]
  if (args[at] === 'test') {
    const isBench = hasFlag(args, 'bench')
    if (isBench && !hasFlag(args, 'benchmem')) added.push('-benchmem')
    // What comes out of the cache was not run: any -count keeps the result out of it.
    if (!hasFlag(args, 'count')) added.push(`-count=${o.count ?? 1}`)
    if (o.cpu !== undefined && !hasFlag(args, 'cpu')) added.push(`-cpu=${o.cpu}`)
  }
  return [command, ...args.slice(0, at + 1), ...added, ...args.slice(at + 1)]
}

/** A word as the go command reads lists of words: in quotes of one kind, without escapes. */
function quote(word: string): string | undefined {
  if (/^[^\s'"]+$/.test(word)) return word
  if (!word.includes("'")) return `'${word}'`
  return word.includes('"') ? undefined : `"${word}"`
}

/** A profile that a test binary can write. */
export interface TestProfile {
  readonly flag: string
  readonly file: string
  readonly topic: 'cpu' | 'heap' | 'block' | 'mutex' | 'trace'
  readonly what: string
}

export const TEST_PROFILES: readonly TestProfile[] = [
  { flag: 'cpuprofile', file: 'cpu.pb.gz', topic: 'cpu', what: 'CPU' },
  { flag: 'memprofile', file: 'allocs.pb.gz', topic: 'heap', what: 'allocations' },
  { flag: 'blockprofile', file: 'block.pb.gz', topic: 'block', what: 'waiting' },
  { flag: 'mutexprofile', file: 'mutex.pb.gz', topic: 'mutex', what: 'contention of locks' },
  { flag: 'trace', file: 'trace.out', topic: 'trace', what: 'trace' },
]

/** Of these rates the cost is not felt; the defaults of `go test` record everything. */
const CHEAP_RATES = [
  ['blockprofile', 'blockprofilerate', '10000'],
  ['mutexprofile', 'mutexprofilefraction', '10'],
] as const

/** The arguments of a test binary with flags for profiles that are written into `folder`. */
export function withProfiles(
  args: readonly string[],
  pathOf: (file: string) => string,
  isWanted: (p: TestProfile) => boolean,
): readonly string[] {
  const added: string[] = []
  for (const p of TEST_PROFILES)
    if (isWanted(p) && !hasFlag(args, p.flag)) added.push(`-test.${p.flag}=${pathOf(p.file)}`)
  for (const [profile, rate, value] of CHEAP_RATES)
    if (added.some((a) => a.startsWith(`-test.${profile}=`)) && !hasFlag(args, rate))
      added.push(`-test.${rate}=${value}`)
  return [...added, ...args]
}

/** GODEBUG with settings added behind the user's, and the names of those that are ours. */
export function withGodebug(
  given: string | undefined,
  wanted: string,
): { readonly value: string; readonly added: readonly string[] } {
  const names = new Set((given ?? '').split(',').map((s) => s.split('=')[0]!.trim()))
  const ours = wanted.split(',').filter((s) => s !== '' && !names.has(s.split('=')[0]!))
  return {
    value: [given ?? '', ...ours].filter((s) => s !== '').join(','),
    added: ours.map((s) => s.split('=')[0]!),
  }
}
