// A trace at a glance, with ways into its pages.

import { bytesText, countText, groupDigits, shareText } from '../../core/base/people-fmt.ts'
import type { AnswerOf } from '../../core/engine/workbench/questions/index.ts'
import { linkTo } from '../address.ts'
import { Banner, Facts, Tile } from '../parts/facts.tsx'
import { FunctionName, shortName } from '../parts/name.tsx'
import { useAnswer } from '../session.ts'
import {
  Answer,
  ChooseTrace,
  durationText,
  GoroutineLink,
  timelineLink,
  traceFile,
  WAITS,
  waitsLink,
} from './trace-parts.tsx'
import type { ViewProps } from './view.ts'

export function View(_props: ViewProps) {
  const file = traceFile()
  const answer = useAnswer('trace-overview', file === undefined ? undefined : { file })
  return (
    <Answer of={answer} what="reading the trace">
      {(value) => <Overview value={value} />}
    </Answer>
  )
}

type Value = AnswerOf<'trace-overview'>

function Overview({ value }: { readonly value: Value }) {
  const { summary: s, damage, pauses } = value
  const longest = pauses.reduce((a, p) => (p.max > a.max ? p : a), { name: '', max: 0, worstAt: 0 })
  return (
    <div class="scroll rt trace-page">
      <div class="strip">
        <Tile value={durationText(s.durationNs)} words={`${s.version}, ${groupDigits(s.events)} events`} />
        <Tile
          value={groupDigits(value.goroutines)}
          words={`goroutines of ${groupDigits(value.groups)} start functions`}
        />
        <Tile
          value={s.running.toFixed(2)}
          of={`of ${value.procs} P`}
          words={`running at once, ${groupDigits(value.threads)} threads`}
        />
        <Tile
          value={shareText(s.gc.share, 1)}
          words={`of run time is the collector’s, ${groupDigits(s.gc.cycles)} cycles`}
        />
        <Tile
          value={durationText(s.sched.p99)}
          words={`waited for a processor, p99; median ${durationText(s.sched.p50)}`}
        />
        <Tile
          value={durationText(longest.max)}
          words={longest.name === '' ? 'the world was never stopped' : `longest ${longest.name}`}
        />
      </div>
      {damage !== undefined && (
        <Banner mark="warning">
          {damage.error !== undefined &&
            `${damage.error.message}, at byte ${groupDigits(damage.error.offset)}. `}
          {bytesText(damage.lost)} of {bytesText(damage.size)} are missing from these pages; what comes before
          is right.
        </Banner>
      )}
      <div class="trace-cols">
        <section class="sec">
          <div class="lab">
            <span>Pages of this trace</span>
            <ChooseTrace />
          </div>
          <ul class="page-links">
            <PageLink view="timeline" title="Timeline" words="by processor, thread, goroutine" />
            <PageLink
              view="trace-goroutines"
              title="Goroutine times"
              words={`${groupDigits(value.groups)} groups, what each did with its time`}
            />
            {WAITS.map((k) => (
              <li key={k.id}>
                <a href={waitsLink(k.id, {})}>{k.title}</a> <span class="t3">{k.hint}</span>
              </li>
            ))}
            <PageLink
              view="trace-tasks"
              title="User tasks"
              words={
                value.taskTypes.length === 0
                  ? 'none'
                  : value.taskTypes
                      .map((t) => `${countText(t.count)} ${shortName(t.type) || '(no name)'}`)
                      .slice(0, 4)
                      .join(', ')
              }
            />
            <PageLink
              view="trace-regions"
              title="User regions"
              words={
                value.regionTypes.length === 0
                  ? 'none'
                  : value.regionTypes
                      .map((t) => `${countText(t.count)} ${shortName(t.type) || '(inherited)'}`)
                      .slice(0, 4)
                      .join(', ')
              }
            />
            <PageLink
              view="trace-mmu"
              title="Minimum mutator utilization"
              words="what the collector leaves to the program"
            />
          </ul>
        </section>
        <section class="sec">
          <div class="lab">
            <span>The world was stopped</span>
            <span>{durationText(pauses.reduce((sum, p) => sum + p.total, 0))} in all</span>
          </div>
          <table>
            <thead>
              <tr>
                <th>For</th>
                <th class="num w-s">Times</th>
                <th class="num w-s">Median</th>
                <th class="num w-s">p99</th>
                <th class="num w-s">Longest</th>
              </tr>
            </thead>
            <tbody>
              {pauses.map((p) => (
                <tr key={p.name}>
                  <td class="cut">{shortName(p.name.replace(/^stop-the-world \((.*)\)$/, '$1'))}</td>
                  <td class="num">{countText(p.count)}</td>
                  <td class="num">{durationText(p.p50)}</td>
                  <td class="num">{durationText(p.p99)}</td>
                  <td class="num">
                    <a href={timelineLink({ from: p.worstAt, to: p.worstAt + p.max })}>
                      {durationText(p.max)}
                    </a>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {pauses.length === 0 && <p class="t3 sm">Never, while the trace was on.</p>}
        </section>
        <section class="sec">
          <div class="lab">
            <span>Longest waits for a processor</span>
            <span>{countText(s.sched.count)} waits</span>
          </div>
          <table>
            <thead>
              <tr>
                <th class="w-s">Goroutine</th>
                <th class="num w-s">Waited</th>
                <th class="num w-s">At</th>
                <th>Ran before it there</th>
              </tr>
            </thead>
            <tbody>
              {s.sched.worst.slice(0, 8).map((d) => (
                <tr key={`${d.goroutine} ${d.start}`}>
                  <td>
                    <GoroutineLink id={d.goroutine} from={d.start} to={d.start + d.duration} />
                  </td>
                  <td class="num">{durationText(d.duration)}</td>
                  <td class="num">{durationText(d.start)}</td>
                  <td>
                    {d.before !== undefined && (
                      <>
                        G{String(d.before.goroutine)} for {durationText(d.before.ran)}
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <section class="sec">
          <div class="lab">
            <span>Blocked longest</span>
            <span>goroutines together</span>
          </div>
          <table>
            <thead>
              <tr>
                <th class="num w-s">Together</th>
                <th class="num w-s">Times</th>
                <th class="num w-s">Longest</th>
                <th class="w-m">On</th>
                <th>In</th>
              </tr>
            </thead>
            <tbody>
              {s.blocked.slice(0, 8).map((b) => (
                <tr key={`${b.reason} ${b.place?.fn} ${b.place?.line}`}>
                  <td class="num">{durationText(b.total)}</td>
                  <td class="num">{countText(b.count)}</td>
                  <td class="num">{durationText(b.longest)}</td>
                  <td>{shortName(b.reason)}</td>
                  <td>{b.place !== undefined && <FunctionName name={b.place.fn} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <section class="sec">
          <div class="lab">
            <span>Collector</span>
          </div>
          <Facts
            rows={[
              ['Cycles', groupDigits(s.gc.cycles)],
              ['Marking', `${durationText(s.gc.marking)} of ${durationText(s.durationNs)}`],
              [
                'Mark assist',
                `${durationText(s.gc.assist.time)} in ${countText(s.gc.assist.count)}, longest ${durationText(s.gc.assist.longest)}`,
              ],
              [
                'Sweeping',
                `${durationText(s.gc.sweep.time)} in ${countText(s.gc.sweep.count)}, longest ${durationText(s.gc.sweep.longest)}`,
              ],
            ]}
          />
        </section>
        <section class="sec">
          <div class="lab">
            <span>Scheduler</span>
          </div>
          <Facts
            rows={[
              ['Delay before running, mean', durationText(s.sched.mean)],
              ['95th percentile', durationText(s.sched.p95)],
              ['Longest', durationText(s.sched.max)],
              ['Ready at once, mean', s.sched.meanReady.toFixed(2)],
              ['Ready at once, most', countText(s.sched.mostReady)],
            ]}
          />
        </section>
      </div>
    </div>
  )
}

function PageLink({
  view,
  title,
  words,
}: {
  readonly view: string
  readonly title: string
  readonly words: string
}) {
  return (
    <li>
      <a href={linkTo({ view })}>{title}</a> <span class="t3">{words}</span>
    </li>
  )
}
