// Dumps and logs as they are printed, without the names in them. What is not of the runtime is left out: a program's
// own lines may say anything.

import { originOf } from '../origin.ts'
import type { Pseudonyms } from './names.ts'

/** Lines that the runtime prints and that hold no names. */
const RUNTIME_LINE =
  /(^|\s)(gc \d+ @|SCHED \d|scvg\d*:|pacer: |init \S+ @|\s+[PMG]\d+: |goroutine \d+ .*\[.*\]:$|fatal error: |SIG\w+: |rax|exit status)/

const PUBLIC = new Set(['std', 'runtime', 'alloc', 'gc', 'sched', 'syscall'])

/** The dump or log, line by line; lines that are neither frames nor of the runtime are left out. */
export function anonymizeText(text: string, names: Pseudonyms): { text: string; left: number } {
  const out: string[] = []
  let left = 0
  let known = false
  for (const line of text.split('\n')) {
    const frame = /^(created by )?([^\s(][^\s]*?)(\([^()]*\))?( in goroutine \d+)?$/.exec(line)
    const place = /^(\t)(.+?):(\d+)( \+0x[0-9a-f]+)?$/.exec(line)
    if (line === '') out.push('')
    else if (place !== null) {
      const path = known ? place[2].replace(/^.*\/src\//, '') : names.file(place[2])
      out.push(`\t${path}:${place[3]}${place[4] ?? ''}`)
    } else if (
      /^(goroutine \d+ |panic: |gc \d|SCHED|scvg|pacer: |init |fatal error: )/.test(line) ||
      RUNTIME_LINE.test(line)
    )
      out.push(ofRuntime(line, names))
    else if (frame !== null && /[./]/.test(frame[2])) {
      known = PUBLIC.has(originOf(frame[2], ''))
      const name = known ? frame[2] : names.functionName(frame[2])
      out.push(`${frame[1] ?? ''}${name}${frame[3] === undefined ? '' : '(...)'}${frame[4] ?? ''}`)
    } else left++
  }
  return { text: out.join('\n'), left }
}

/** A line of the runtime: what a panic or an init line says of the program is taken out. */
function ofRuntime(line: string, names: Pseudonyms): string {
  if (/panic: /.test(line)) return 'panic: (left out)'
  // A prefix of the log's collector may name hosts and containers.
  const from = line.search(
    /(gc \d+ @|SCHED \d|scvg\d*:|pacer: |init \S+ @|goroutine \d+ |fatal error: |\s+[PMG]\d+: )/,
  )
  const own = from > 0 && !/^\s+[PMG]/.test(line.slice(from)) ? line.slice(from) : line
  return own
    .replace(/,? labels?:\{[^}]*\}/, '')
    .replace(/^init (\S+) @/, (_, pkg: string) =>
      PUBLIC.has(originOf(`${pkg}.init`, '')) ? `init ${pkg} @` : `init ${names.packageName(pkg)} @`,
    )
}
