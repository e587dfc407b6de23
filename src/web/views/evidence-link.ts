// Where the evidence of a finding is: the command that shows it on a terminal, as an address of this page.

import type { FileEntry } from '../../core/engine/workbench/questions/files.ts'

export interface EvidenceLink {
  readonly view: string
  readonly params: Readonly<Record<string, string>>
  /** `Top`, as in "Open in Top". */
  readonly title: string
  /** Files of the command, in its order. */
  readonly files: readonly FileEntry[]
}

/** What is needed of a file. */
type File = FileEntry

/**
 * The address for a command such as `goscope top --focus 'main\.run' cpu.pb.gz`; undefined for what the page cannot
 * show. Names of files are not quoted in such commands, so they are looked for from the end.
 */
export function evidenceLink(command: string, files: readonly File[]): EvidenceLink | undefined {
  const m = /^goscope (\w+)(?: (.*))?$/s.exec(command)
  if (m === null) return undefined
  const [, name, rest = ''] = m
  const { args, found } = splitFiles(rest, files)
  const flags = parseFlags(args)
  const last = found.at(-1)
  const link = (view: string, title: string, params: Record<string, string | undefined>): EvidenceLink => ({
    view,
    title,
    files: found,
    params: Object.fromEntries(
      Object.entries(params).filter((e): e is [string, string] => e[1] !== undefined && e[1] !== ''),
    ),
  })
  if (last === undefined) return undefined
  const src = String(last.id)
  switch (name) {
    case 'top': {
      const base = args.includes('--base') ? found.at(-2) : undefined
      return link('top', base === undefined ? 'Top' : 'the difference', {
        src,
        base: base && String(base.id),
        f: flags.focus,
        si: flags['sample-type'],
      })
    }
    case 'peek':
      return link('peek', 'Peek', { src, q: flags[''] })
    case 'goroutines':
      return last.kind === 'profile'
        ? link('flame', 'Flame', {
            src,
            base: found.length > 1 ? String(found[0]!.id) : undefined,
          })
        : link('dumps', 'Goroutines', {})
    case 'trace':
      return flags.pprof === undefined
        ? link('trace', 'Trace', { 'timeline.file': src })
        : link('trace-waits', 'Waiting', { 'timeline.file': src, 'trace-waits.kind': flags.pprof })
    case 'gc':
      return link('gc', 'GC', { 'gc.file': src })
    case 'sched':
      return link('sched', 'Scheduler', { 'sched.file': src })
    case 'memory':
      return link('memory', 'Memory', {})
    case 'heapdump':
      return link('heapdump', 'Heap dump', {})
    default:
      return undefined
  }
}

/** Takes names of files off the end of a text. */
function splitFiles(text: string, files: readonly File[]): { args: string; found: readonly File[] } {
  const found: File[] = []
  let args = text
  for (;;) {
    let best: File | undefined
    for (const f of files)
      if (
        (args === f.name || args.endsWith(` ${f.name}`)) &&
        f.name !== '' &&
        f.name.length > (best?.name.length ?? 0)
      )
        best = f
    if (best === undefined) return { args, found }
    found.unshift(best)
    args = args.slice(0, args.length - best.name.length).trimEnd()
  }
}

/** Flags by name without dashes; '' is the argument that is none. */
function parseFlags(args: string): Readonly<Record<string, string>> {
  const words = [...args.matchAll(/'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2]!)
  const flags: Record<string, string> = {}
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const m = /^--?([\w-]+)(?:=(.*))?$/s.exec(word)
    if (m === null) flags[''] = word
    else flags[m[1]!] = m[2] ?? words[++i] ?? ''
  }
  return flags
}
