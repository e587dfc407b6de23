// Who waits for what, and who is in the way: waiters, the thing they wait for, its holder. A holder that waits itself has a
// line back to what it waits for.

import { groupDigits } from '../../core/base/people-fmt.ts'
import type { WaitRow } from '../../core/engine/workbench/questions/dump-groups.ts'
import { layoutWaits, ROW, SHOWN_WAITERS } from '../draw/waits-layout.ts'
import { displayName, FunctionName } from './name.tsx'
import { Empty } from './states.tsx'

/** Left edges and widths of the three columns, px. */
const COLUMNS = { waiters: [12, 300], lock: [390, 150], holder: [620, 310] } as const

export function BlockedBy(props: {
  readonly waits: readonly WaitRow[]
  readonly cycles: readonly { readonly goids: readonly number[] }[]
  readonly notVisible: number
  readonly onSelect: (row: number) => void
}) {
  const { waits, notVisible, onSelect } = props
  if (waits.length === 0)
    return (
      <Empty title="Nothing to be seen of who blocks whom">
        {notVisible > 0
          ? `${groupDigits(notVisible)} goroutines wait for locks, groups or channels whose addresses the dump does not show. Dumps with arguments (debug=2) of newer versions of Go often do.`
          : 'No two goroutines wait for the same lock, group or channel.'}
      </Empty>
    )
  const placed = layoutWaits(waits)
  const bottom = Math.max(...placed.map((p) => p.top + p.height)) + 16
  const circle = new Set(props.cycles.flatMap((c) => c.goids))
  const curve = (x1: number, y1: number, x2: number, y2: number): string =>
    `M${x1} ${y1} C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`
  const right = COLUMNS.holder[0] + COLUMNS.holder[1]
  return (
    <div class="scroll blocked" role="region" aria-label="Who blocks whom">
      <div class="blocked-space" style={{ height: `${bottom}px` }}>
        <svg class="blocked-lines" width={right + 60} height={bottom} aria-hidden="true">
          {placed.map((p, k) => (
            <g key={k}>
              {p.wait.waiters.slice(0, SHOWN_WAITERS).map((_, i) => (
                <path
                  key={i}
                  d={curve(
                    COLUMNS.waiters[0] + COLUMNS.waiters[1],
                    p.top + i * ROW + ROW / 2 - 2,
                    COLUMNS.lock[0],
                    p.middle,
                  )}
                />
              ))}
              {p.wait.holder !== undefined && (
                <path
                  class={p.wait.holder.certainty}
                  d={curve(COLUMNS.lock[0] + COLUMNS.lock[1], p.middle, COLUMNS.holder[0], p.middle)}
                />
              )}
              {p.wait.holder !== undefined && p.wait.holder.waitsFor >= 0 && (
                <path
                  class="back"
                  d={`M${right} ${p.middle} C${right + 50} ${p.middle} ${right + 50} ${placed[p.wait.holder.waitsFor]!.middle + 14} ${COLUMNS.lock[0] + COLUMNS.lock[1]} ${placed[p.wait.holder.waitsFor]!.middle + 8}`}
                />
              )}
            </g>
          ))}
        </svg>
        {placed.map((p, k) => (
          <div
            key={k}
            role="group"
            aria-label={`${p.wait.count} goroutines wait for the ${p.wait.kind} at ${p.wait.address}`}
          >
            {p.wait.waiters.slice(0, SHOWN_WAITERS).map((w, i) => (
              <button
                type="button"
                key={w.row}
                class="blocked-box"
                style={{
                  left: `${COLUMNS.waiters[0]}px`,
                  width: `${COLUMNS.waiters[1]}px`,
                  top: `${p.top + i * ROW}px`,
                }}
                onClick={() => onSelect(w.row)}
              >
                <b>{groupDigits(w.count)}</b>
                <FunctionName name={w.frame.name} />
              </button>
            ))}
            {p.wait.waiters.length > SHOWN_WAITERS && (
              <span
                class="t3 xs blocked-more"
                style={{ left: `${COLUMNS.waiters[0] + 8}px`, top: `${p.top + SHOWN_WAITERS * ROW + 4}px` }}
              >
                and {p.wait.waiters.length - SHOWN_WAITERS} more places
              </span>
            )}
            <span
              class="blocked-lock"
              style={{
                left: `${COLUMNS.lock[0]}px`,
                width: `${COLUMNS.lock[1]}px`,
                top: `${p.middle - 21}px`,
              }}
              title={p.wait.address}
            >
              <b>{p.wait.kind}</b>
              <code class="cut">{p.wait.address}</code>
            </span>
            {p.wait.holder === undefined ? (
              <span
                class="t3 xs blocked-more"
                style={{ left: `${COLUMNS.holder[0]}px`, top: `${p.middle - 8}px` }}
              >
                {/Mutex|Once|semaphore/.test(p.wait.kind) ? 'who holds it is not to be seen in the dump' : ''}
              </span>
            ) : (
              <button
                type="button"
                class={`blocked-box holder ${p.wait.holder.certainty}${circle.has(p.wait.holder.goid) ? ' circle' : ''}`}
                style={{
                  left: `${COLUMNS.holder[0]}px`,
                  width: `${COLUMNS.holder[1]}px`,
                  top: `${p.middle - 21}px`,
                }}
                title={`It ${p.wait.holder.why}`}
                onClick={() => onSelect(p.wait.holder!.row)}
              >
                <span class="row">
                  <b>{p.wait.holder.goid}</b>
                  <FunctionName name={p.wait.holder.frame.name} />
                </span>
                <span class="t2 xs cut">
                  {p.wait.holder.certainty === 'proven' ? 'holds it' : 'likely holds it'},{' '}
                  {p.wait.holder.state}: it {displayName(p.wait.holder.why)}
                </span>
              </button>
            )}
          </div>
        ))}
      </div>
      {notVisible > 0 && (
        <p class="t3 xs more-rows">
          {groupDigits(notVisible)} more wait for things whose addresses the dump does not show.
        </p>
      )}
    </div>
  )
}
