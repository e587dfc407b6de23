// Numbers and names in the sentences of findings, and the commands that show them.

import type { Source } from './capture-parts.ts'
import { functionOfClosure } from './diagnose.ts'
import type { Evidence } from './finding.ts'

/** `68 %`, `< 1 %`, `0.4 %`: a share as sentences give it. */
export function percent(share: number): string {
  const p = share * 100
  if (p > 0 && p < 0.1) return '< 0.1 %'
  return `${p < 10 ? p.toFixed(1).replace(/\.0$/, '') : Math.round(p)} %`
}

/** A share of a profile as evidence. `command` is what shows it, with the function's name as its argument. */
export function shareEvidence(source: Source, share: number, text: string, command?: string): Evidence {
  return {
    source: source.name,
    text: `${percent(share)} ${text}`,
    value: share,
    unit: 'share',
    ...(command !== undefined && { view: command }),
  }
}

/** `goscope peek 'main\.run' cpu.pb.gz`. */
export function peek(name: string, source: Source): string {
  return `goscope peek '${pattern(name)}' ${source.name}`
}

/** `goscope top --focus 'main\.run' cpu.pb.gz`, with further flags in front of the source. */
export function topOf(name: string, source: Source, flags = ''): string {
  return `goscope top --focus '${pattern(name)}'${flags === '' ? '' : ` ${flags}`} ${source.name}`
}

/** `(*Ledger).Post` of `example.com/bank.(*Ledger).Post`: enough for a title. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/** A pattern that matches the function and its closures. */
function pattern(name: string): string {
  return functionOfClosure(name)
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll("'", '.')
}

/** How sure a share of few samples is: rises with their number, 0.5 at 10, 0.9 at 90. */
export function confidence(samples: number, of = 10): number {
  return Math.min(0.99, samples / (samples + of))
}
