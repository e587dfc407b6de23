// What is known of one cycle of the collector's log.

import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { ABSENT, groupDigits } from '../../core/base/people-fmt.ts'
import type { GcLogAnswer } from '../../core/engine/workbench/questions/gc-log.ts'
import { go } from '../address.ts'
import { Facts, mbText, msText, partText, secondsText } from '../parts/facts.tsx'
import { useAnswer } from '../session.ts'

type Data = NonNullable<GcLogAnswer['data']>

const PHASE_TOKENS = ['st-stw', 'st-gc', 'st-assist', 'st-system', 'line-c5']

export function CycleDetails({
  data,
  row,
  longest,
  file,
  near,
}: {
  readonly data: Data
  readonly row: number
  readonly longest: number
  readonly file: number
  readonly near: ComponentChildren
}) {
  const { columns: c, phases, report } = data
  const number = c.number[row]!
  // A log of several runs has the number more than once: which of them it is.
  const nth = useMemo(
    () => c.number.subarray(0, row).reduce((n, v) => n + Number(v === number), 0),
    [c, row, number],
  )
  const line = useAnswer('gc-line', { file, number, ...(nth > 0 && { nth }) })
  const walls = [c.wall0, c.wall1, c.wall2, c.wall3, c.wall4]
  const times = phases.map((p, k) => ({ ...p, ms: walls[k]![row]! || 0 }))
  const whole = times.reduce((sum, t) => sum + t.ms, 0)
  const pause = Math.max(c.pause1[row] || 0, c.pause2[row] || 0)
  const most = Math.max(1, ...data.pauses.map((b) => b.count))
  return (
    <aside class="rt-side" aria-label="Cycle">
      <div class="ph">
        <span class="b">Cycle {groupDigits(number)}</span>
        {row === longest && <span>longest pause</span>}
        {c.forced[row] === 1 && <span>forced by the program</span>}
        <span class="grow" />
        <button
          type="button"
          class="ctl q ic sm-ic"
          aria-label="Previous cycle"
          title="Previous (,)"
          onClick={() => go({ set: { 'gc.cycle': String(Math.max(0, row - 1)) } }, { replace: true })}
        >
          ‹
        </button>
        <button
          type="button"
          class="ctl q ic sm-ic"
          aria-label="Next cycle"
          title="Next (.)"
          onClick={() =>
            go({ set: { 'gc.cycle': String(Math.min(c.start.length - 1, row + 1)) } }, { replace: true })
          }
        >
          ›
        </button>
      </div>
      <div class="scroll">
        <section class="sec">
          <p class="big">
            {msText(pause)} <small>stopped, at {secondsText(c.start[row]!)}</small>
          </p>
          <div class="lab">
            <span>Wall clock of the cycle</span>
            <span>{msText(whole)}</span>
          </div>
          <div class="stack" role="img" aria-label={times.map((t) => `${t.name} ${msText(t.ms)}`).join(', ')}>
            {times.map((t, k) => (
              <i
                key={t.name}
                title={`${t.name} ${msText(t.ms)}`}
                style={{ flexGrow: t.ms, '--k': `var(--${t.stopped ? 'st-stw' : PHASE_TOKENS[k]})` }}
              />
            ))}
          </div>
          <Facts
            rows={times.map((t) => [
              t.stopped ? `Stopped, ${t.name}` : `Concurrent, ${t.name}`,
              msText(t.ms),
            ])}
          />
        </section>
        {report.cpu !== undefined && (
          <section class="sec">
            <Facts
              rows={[
                ['CPU: workers', msText(c.cpuBackground[row]!)],
                ['CPU: assists', msText(c.cpuAssist[row]!)],
                ['CPU: idle workers', msText(c.cpuIdle[row]!)],
                ['CPU: stopped', msText((c.cpuSweepTerm[row] || 0) + (c.cpuMarkTerm[row] || 0))],
                ['Of CPU since the cycle before', partText(c.share[row]!)],
                ['Collector so far, as printed', `${c.percent[row]}\u202f% of CPU`],
              ]}
            />
          </section>
        )}
        <section class="sec">
          <Facts
            rows={[
              ['Heap at start', mbText(c.before[row]!)],
              ['Heap at end', mbText(c.after[row]!)],
              ['Live', mbText(c.live[row]!)],
              ['Goal', mbText(c.goal[row]!)],
              ...(Number.isNaN(c.stacks[row]!)
                ? []
                : [['Stacks, globals', `${mbText(c.stacks[row]!)}, ${mbText(c.globals[row]!)}`] as const]),
              ['Processors', Number.isNaN(c.procs[row]!) ? ABSENT : String(c.procs[row])],
            ]}
          />
        </section>
        {near}
        <section class="sec">
          <div class="lab">
            <span>Pauses, all cycles</span>
            <span>{groupDigits(report.pauses.count)}</span>
          </div>
          <div class="histogram" role="img" aria-label="Histogram of pauses, logarithmic">
            {data.pauses.map((b) => (
              <i
                key={b.from}
                title={`${msText(b.from)} to ${msText(b.to)}: ${groupDigits(b.count)}`}
                class={pause >= b.from && pause < b.to ? 'on' : ''}
                style={{ height: `${b.count === 0 ? 0 : Math.max(1.5, (b.count / most) * 100)}%` }}
              />
            ))}
          </div>
          <div class="histogram-axis t3 xs">
            <span>{msText(data.pauses[0]?.from ?? Number.NaN)}</span>
            <span>{msText(data.pauses.at(-1)?.to ?? Number.NaN)}</span>
          </div>
          <Facts
            rows={[
              ['Median', msText(report.pauses.p50)],
              ['95th percentile', msText(report.pauses.p95)],
              ['99th percentile', msText(report.pauses.p99)],
              ['Longest', msText(report.pauses.max)],
            ]}
          />
        </section>
        <section class="sec">
          <div class="lab">
            <span>Line in the log</span>
            {line.value !== undefined && line.value.offset >= 0 && (
              <span>byte {groupDigits(line.value.offset)}</span>
            )}
          </div>
          <code class="codebox wrap">{line.value?.text ?? ''}</code>
        </section>
      </div>
    </aside>
  )
}
