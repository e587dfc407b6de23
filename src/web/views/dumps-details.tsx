// What is known of one group of goroutines, or of one goroutine.

import { useMemo, useState } from 'preact/hooks'
import { countText, groupDigits, timeText } from '../../core/base/people-fmt.ts'
import type { DumpGroups, GroupRow } from '../../core/engine/workbench/questions/dump-groups.ts'
import { go } from '../address.ts'
import { Chart } from '../parts/chart.tsx'
import { Facts } from '../parts/facts.tsx'
import { SeverityMark } from '../parts/icons.tsx'
import { NearMoments } from '../parts/moments.tsx'
import { displayName } from '../parts/name.tsx'
import { StackFrames } from '../parts/stack-frames.tsx'
import { Failed } from '../parts/states.tsx'
import { useAnswer } from '../session.ts'

type Data = NonNullable<DumpGroups['data']>

export function GroupDetails({
  answer,
  data,
  row,
  group,
}: {
  readonly answer: DumpGroups
  readonly data: Data
  readonly row: number
  readonly group: GroupRow | undefined
}) {
  const { value: s, error } = useAnswer('dump-stack', { row })
  const [copied, setCopied] = useState(false)
  const own = group?.example === row ? group : undefined
  const suspect = own === undefined || own.suspect < 0 ? undefined : data.suspects[own.suspect]
  const copy = (): void => {
    const lines = s?.frames.map((f) => `${f.name}\n\t${f.place}`).join('\n') ?? ''
    void navigator.clipboard?.writeText(lines).then(() => setCopied(true))
  }
  return (
    <aside class="rt-side" aria-label="Goroutine">
      <div class="ph">
        <span class="b">
          {own === undefined ? `Goroutine ${s?.goid ?? ''}` : `Group ${data.groups.indexOf(own) + 1}`}
        </span>
        {own !== undefined && <span>{groupDigits(own.count)} goroutines</span>}
        <span class="grow" />
        <button type="button" class="ctl q" onClick={copy}>
          {copied ? 'Copied' : 'Copy stack'}
        </button>
      </div>
      <div class="scroll">
        {suspect !== undefined && (
          <div class={`leak ${suspect.certainty}`}>
            <SeverityMark
              mark={
                suspect.certainty === 'proven'
                  ? 'critical'
                  : suspect.certainty === 'likely'
                    ? 'warning'
                    : 'info'
              }
            />
            <div>
              <b>
                {suspect.certainty === 'proven'
                  ? 'Leak'
                  : suspect.certainty === 'likely'
                    ? 'Likely a leak'
                    : 'Possibly a leak'}
                {suspect.perSecond > 0 && `: ${countText(Math.round(suspect.perSecond))} more every second`}
              </b>
              <p class="t2">
                {groupDigits(suspect.count)} goroutines {suspect.reasons.join('; ')}.
                {data.provenLeaks > 0 &&
                  ` Go's own leak profile counts ${groupDigits(data.provenLeaks)} in the whole program.`}
              </p>
            </div>
          </div>
        )}
        {own !== undefined && own.history.length > 1 && (
          <History answer={answer} data={data} g={own} bad={suspect !== undefined} />
        )}
        {error !== undefined && <Failed error={error} />}
        {s !== undefined && (
          <>
            <section class="sec">
              <div class="lab">
                <span>Stack{own !== undefined && own.stacks > 1 ? ` of one of them` : ''}</span>
                <span>
                  {s.goid >= 0 && `goroutine ${s.goid}, `}
                  {s.state}
                  {s.minutes > 0 && `, ${timeText(s.minutes * 60e9)}`}
                </span>
              </div>
              <StackFrames frames={s.frames} created={s.created} />
              {s.elided !== 0 && (
                <p class="t3 xs">
                  {s.elided > 0 ? `${groupDigits(s.elided)} frames` : 'Frames'} after the first {s.elidedAt}{' '}
                  were left out by the runtime.
                </p>
              )}
            </section>
            <section class="sec">
              <p class="t2 sm">{s.meaning}</p>
              {s.marks.map((m) => (
                <p class="t2 sm" key={m}>
                  {m}
                </p>
              ))}
              {s.creator > 0 && (
                <p class="t2 sm">
                  Made by{' '}
                  <button
                    type="button"
                    class="link"
                    onClick={() =>
                      go({ set: { q: `#${s.creator}`, 'dumps.page': 'all', 'dumps.state': undefined } })
                    }
                  >
                    goroutine {s.creator}
                  </button>
                </p>
              )}
              {own !== undefined && own.stuck > 0 && (
                <p class="t2 sm">{groupDigits(own.stuck)} of them have not moved since the first dump.</p>
              )}
              {own !== undefined && own.fresh > 0 && (
                <p class="t2 sm">{groupDigits(own.fresh)} of them are new since the first dump.</p>
              )}
            </section>
            <NearMoments {...nearOf(answer)} except={answer.moments[answer.at]?.file} />
            {s.labels.length > 0 && (
              <section class="sec">
                <div class="lab">Labels</div>
                <Facts rows={s.labels.map((l) => [displayName(l.key), displayName(l.value)])} />
              </section>
            )}
          </>
        )}
      </div>
    </aside>
  )
}

/** The clock and time of the dump that is shown. */
function nearOf({ moments, at }: DumpGroups): {
  readonly clock: string | undefined
  readonly at: number | undefined
} {
  const time = moments[at]?.time ?? Number.NaN
  return Number.isNaN(time) ? { clock: undefined, at: undefined } : { clock: 'unix', at: time }
}

function History({
  answer,
  data,
  g,
  bad,
}: {
  readonly answer: DumpGroups
  readonly data: Data
  readonly g: GroupRow
  readonly bad: boolean
}) {
  const moments = data.compared.map((k) => answer.moments[k]!)
  const timed = moments.every((m, k) => !Number.isNaN(m.time) && (k === 0 || m.time > moments[k - 1]!.time))
  const x = useMemo(
    () => Float64Array.from(moments, (m, k) => (timed ? (m.time - moments[0]!.time) / 1e9 : k)),
    [data, g],
  )
  const values = useMemo(() => Float64Array.from(g.history), [g])
  return (
    <section class="sec">
      <Chart
        id="dumps.history"
        title="Goroutines with this stack"
        x={x}
        xTitle={timed ? 'After the first' : 'Dump'}
        xText={(v) => (timed ? timeText(v * 1e9) : Number.isInteger(v) ? String(v + 1) : '')}
        yText={countText}
        steps="whole"
        least={[0, 1]}
        series={[
          { label: 'goroutines', values, kind: 'line', token: bad ? 'critical' : 'line-c1', fill: true },
          { label: 'dumps', values, kind: 'points', token: bad ? 'critical' : 'line-c1', silent: true },
        ]}
        height={120}
        onSelect={(k) => go({ set: { 'dumps.at': String(moments[k]!.dump), 'dumps.row': undefined } })}
      />
    </section>
  )
}
