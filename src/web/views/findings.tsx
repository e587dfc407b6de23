// What the doctor found: claims at the left, one of them in full at the right, the capture's key numbers on top.

import { useEffect, useRef } from 'preact/hooks'
import { groupDigits } from '../../core/base/people-fmt.ts'
import { percent } from '../../core/doctor/words.ts'
import type { FindingsAnswer } from '../../core/engine/workbench/questions/findings.ts'
import { go, param } from '../address.ts'
import { diagnosis, findingKeys, hiddenFindings, hideFinding } from '../findings-state.ts'
import { useKeys } from '../keys.ts'
import { copyText } from '../parts/clipboard.ts'
import { Icon, type Mark, SeverityMark } from '../parts/icons.tsx'
import { MenuButton, MenuItem } from '../parts/menu.tsx'
import { displayName } from '../parts/name.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { useAnswer } from '../session.ts'
import { FindingDetail } from './finding-detail.tsx'
import type { ViewProps } from './view.ts'

export function View(_props: ViewProps) {
  const { value, error, progress } = useAnswer('findings', {}, { bench: 'doctor' })
  useEffect(() => {
    diagnosis.value = value
  }, [value])
  if (error !== undefined) return <Failed error={error} title="The findings cannot be shown" />
  if (value === undefined)
    return <Loading what="reading everything for the doctor" {...(progress && { progress })} />
  return <Findings d={value} />
}

function Findings({ d }: { readonly d: FindingsAnswer }) {
  const keys = findingKeys(d)
  const hidden = hiddenFindings.value
  const withHidden = param('findings.all') === '1'
  const shown = d.findings.flatMap((_, i) => (withHidden || !hidden.has(keys[i]!) ? [i] : []))
  const wanted = keys.indexOf(param('findings.at'))
  const at = shown.includes(wanted) ? wanted : (shown[0] ?? -1)
  const list = useRef<HTMLDivElement>(null)
  const choose = (i: number, replace = false): void => {
    go({ set: { 'findings.at': keys[i]! } }, { replace })
    list.current?.querySelectorAll<HTMLElement>('[role=option]')[shown.indexOf(i)]?.focus()
  }
  const step = (by: number): void => {
    const next = shown[shown.indexOf(at) + by]
    if (next !== undefined) choose(next, true)
  }
  useKeys('Findings', {
    ArrowDown: { does: 'next finding', run: () => step(1) },
    ArrowUp: { does: 'finding before', run: () => step(-1) },
    x: { does: 'not a problem: hide it', run: () => at >= 0 && hideFinding(keys[at]!, true) },
  })
  return (
    <div class="findings">
      <Tiles d={d} />
      <div class="findings-body">
        <div class="findings-list col">
          <div class="findings-head">
            <b>
              {groupDigits(shown.length)} {shown.length === 1 ? 'finding' : 'findings'}
            </b>
            <span class="grow" />
            <span class="t3 sm" title="By severity, then by what it costs">
              by impact
            </span>
            <MenuButton label="Copy" class="ctl q ic" align="end" button={<Icon name="copy" />} title="Copy">
              {(close) => (
                <MenuItem
                  icon="copy"
                  onSelect={() => {
                    copyText(d.markdown, 'the diagnosis as Markdown')
                    close()
                  }}
                >
                  Everything as Markdown
                </MenuItem>
              )}
            </MenuButton>
          </div>
          <div class="scroll">
            <div ref={list} role="listbox" aria-label="Findings">
              {shown.map((i) => (
                <Entry
                  key={keys[i]}
                  d={d}
                  at={i}
                  selected={i === at}
                  hidden={hidden.has(keys[i]!)}
                  onChoose={() => choose(i)}
                />
              ))}
            </div>
            {hidden.size > 0 && (
              <button
                type="button"
                class="ctl q findings-hidden"
                onClick={() =>
                  go({ set: { 'findings.all': withHidden ? undefined : '1' } }, { replace: true })
                }
              >
                {withHidden ? 'Leave out' : 'Show'} {groupDigits(hidden.size)} that are no problem
              </button>
            )}
            <Checked d={d} />
          </div>
        </div>
        <div class="findings-detail scroll" tabIndex={-1}>
          {at >= 0 ? (
            <FindingDetail key={keys[at]} d={d} at={at} id={keys[at]!} hidden={hidden.has(keys[at]!)} />
          ) : (
            <AllClear d={d} />
          )}
        </div>
      </div>
    </div>
  )
}

function Tiles({ d }: { readonly d: FindingsAnswer }) {
  if (d.numbers.length === 0) return null
  return (
    <div class="finding-tiles" role="list" aria-label="Key numbers">
      {d.numbers.map((n) => (
        <div key={n.id} class="finding-tile" role="listitem">
          <div class="tile-number">
            {n.value}
            <span class="tile-unit">{n.unit}</span>
          </div>
          <div class="t2 xs cut" title={n.note}>
            {n.note}
          </div>
        </div>
      ))}
    </div>
  )
}

function Entry(props: {
  readonly d: FindingsAnswer
  readonly at: number
  readonly selected: boolean
  readonly hidden: boolean
  onChoose(): void
}) {
  const { d, at, selected, hidden } = props
  const f = d.findings[at]!
  const main = f.evidence[0]
  return (
    <div
      class={`finding${selected ? ' sel' : ''}${hidden ? ' off' : ''}`}
      role="option"
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      onClick={props.onChoose}
    >
      <SeverityMark mark={f.severity} />
      <div class="finding-text">
        <div class="b">{displayName(f.title)}</div>
        {f.culprits.length > 0 && !f.title.includes(f.culprits[0]!) && (
          <div class="t2 sm cut">in {displayName(f.culprits[0]!).slice(0, 200)}</div>
        )}
        <div class="finding-cost">
          <span class="meter">
            <i class={f.severity} style={{ width: `${Math.min(1, f.cost) * 100}%` }} />
          </span>
          <span class="sm">
            {f.cost > 0 ? `${percent(f.cost)} ${costOf(main?.source ?? '', d)}` : 'costs little'}
          </span>
          <span class="t3 sm">confidence {percent(f.confidence)}</span>
        </div>
      </div>
    </div>
  )
}

/** What a finding's cost is a share of, by where its first evidence is from. */
function costOf(source: string, d: FindingsAnswer): string {
  const kind = d.sources.find((s) => s.name === source)?.kind ?? ''
  if (kind === 'profile/cpu') return 'of CPU time'
  if (kind === 'profile/allocs' || kind === 'profile/heap' || kind === 'heapdump') return 'of memory'
  if (kind === 'profile/block' || kind === 'profile/mutex') return 'of waiting'
  if (kind.startsWith('log/gc')) return 'of CPU time'
  return 'of what is scarce'
}

const RESULTS = [
  { result: 'found', mark: 'warning', title: 'found' },
  { result: 'explained', mark: 'info', title: 'explained by others' },
  { result: 'clear', mark: 'ok', title: 'clear' },
  { result: 'not enough data', mark: 'unknown', title: 'not enough data' },
] as const

/** What was asked, and what came of it. */
function Checked({ d }: { readonly d: FindingsAnswer }) {
  const worst = d.findings[0]?.severity
  const needs = new Map<string, number>()
  for (const c of d.checked)
    if (c.result === 'not enough data')
      for (const need of c.needs) needs.set(need, (needs.get(need) ?? 0) + 1)
  const ranked = [...needs].sort((a, b) => b[1] - a[1]).map(([n]) => n)
  const missing = ranked.filter((n) => !hasSource(d, n)).map(needText)
  // Files of that kind are there, but hold too little, or are of one moment only.
  const tooLittle = ranked.filter((n) => hasSource(d, n)).map(needText)
  const problems = d.sources.filter((s) => s.problems.length > 0)
  return (
    <section class="checked" aria-label="What was checked">
      <p class="t3 xs">
        {groupDigits(d.rules)} rules asked of {groupDigits(d.files)} {d.files === 1 ? 'file' : 'files'}
      </p>
      {RESULTS.map(({ result, mark, title }) => {
        const rules = d.checked.filter((c) => c.result === result)
        if (rules.length === 0) return null
        const shape: Mark = result === 'found' ? (worst ?? mark) : mark
        return (
          <details key={result}>
            <summary>
              <SeverityMark mark={shape} />
              <span class="grow t2">{title}</span>
              <span>{groupDigits(rules.length)}</span>
            </summary>
            <ul>
              {rules.map((c) => (
                <li key={c.rule}>
                  {d.ruleTitles[c.rule] ?? c.rule}
                  {c.by !== undefined && <span class="t3"> · by {d.ruleTitles[c.by] ?? c.by}</span>}
                  {c.needs.length > 0 && <span class="t3"> · needs {c.needs.map(needText).join(', ')}</span>}
                </li>
              ))}
            </ul>
          </details>
        )
      })}
      {missing.length > 0 && (
        <p class="t3 xs">
          Missing: {missing.slice(0, 6).join(', ')}
          {missing.length > 6 && ` and ${missing.length - 6} more`}. <code>goscope capture</code> takes what a
          program gives.
        </p>
      )}
      {tooLittle.length > 0 && (
        <p class="t3 xs">Too little, or of one moment only: {tooLittle.join(', ')}.</p>
      )}
      {problems.length > 0 && (
        <details>
          <summary>
            <SeverityMark mark="warning" />
            <span class="grow t2">files with problems</span>
            <span>{groupDigits(problems.length)}</span>
          </summary>
          <ul>
            {problems.map((s) => (
              <li key={s.name}>
                <code>{displayName(s.name)}</code>{' '}
                <span class="t3">{displayName(s.problems.join('; '))}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

/** Whether there is a source of one of the kinds, joined by "|". */
function hasSource(d: FindingsAnswer, kinds: string): boolean {
  return kinds.split('|').some((k) => d.sources.some((s) => s.kind === k || s.kind.startsWith(`${k}/`)))
}

/** `profile/heap|profile/allocs` as people say it. */
function needText(kinds: string): string {
  return kinds
    .split('|')
    .map((k) => NEEDS[k] ?? k.replace(/^profile\//, '').replace(/^log\//, ''))
    .join(' or ')
}

const NEEDS: Readonly<Record<string, string>> = {
  'profile/cpu': 'a CPU profile',
  'profile/heap': 'a heap profile',
  'profile/allocs': 'an allocs profile',
  'profile/block': 'a block profile',
  'profile/mutex': 'a mutex profile',
  'profile/goroutine': 'a goroutine profile',
  'profile/goroutineleak': 'a goroutineleak profile',
  'profile/threadcreate': 'a threadcreate profile',
  trace: 'an execution trace',
  memory: 'memory statistics',
  goroutines: 'a goroutine dump',
  'log/gctrace': 'a log of GODEBUG=gctrace=1',
  'log/schedtrace': 'a log of GODEBUG=schedtrace',
  heapdump: 'a heap dump',
  bench: 'results of benchmarks',
}

function AllClear({ d }: { readonly d: FindingsAnswer }) {
  const clear = d.checked.filter((c) => c.result === 'clear').length
  const undecided = d.checked.filter((c) => c.result === 'not enough data').length
  return (
    <div class="empty">
      <SeverityMark mark={clear === 0 ? 'unknown' : 'ok'} />
      <h2>
        {d.findings.length > 0
          ? 'Nothing else was found'
          : clear === 0
            ? 'Nothing could be judged'
            : 'Nothing was found'}
      </h2>
      <p class="t2">
        {groupDigits(clear)} rules find nothing wrong.{' '}
        {undecided > 0 && `${groupDigits(undecided)} had not enough data: what they need stands at the left.`}
      </p>
    </div>
  )
}
