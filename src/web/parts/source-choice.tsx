// Which log, and which process in it.

import { groupDigits } from '../../core/base/people-fmt.ts'
import type { LogSource } from '../../core/engine/workbench/runtime-sources.ts'
import { go } from '../address.ts'
import { shortName } from './name.tsx'

export function SourceChoice(props: {
  /** The view's id, with which its parameters begin. */
  readonly prefix: string
  readonly sources: readonly LogSource[]
  readonly at: number
  /** Parameter that means nothing in another log. */
  readonly clear: string
}) {
  const { prefix, sources, at, clear } = props
  if (sources.length < 2) return null
  return (
    <select
      class="ctl choose"
      aria-label="Log"
      value={String(at)}
      onChange={(e) => {
        const s = sources[Number(e.currentTarget.value)]!
        go({
          set: {
            [`${prefix}.file`]: String(s.file),
            [`${prefix}.process`]: String(s.process),
            [clear]: undefined,
          },
        })
      }}
    >
      {sources.map((s, k) => (
        <option key={k} value={String(k)}>
          {`${shortName(s.fileName)}${s.name === '' ? '' : `, ${shortName(s.name)}`} (${groupDigits(s.lines)})`}
        </option>
      ))}
    </select>
  )
}
