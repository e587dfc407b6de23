// The source of one function: lines with their weights, what they call, and their instructions in place.

import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { FunctionCaller, LineCall } from '../../core/analysis/function-lines.ts'
import { shareText, signedValueText, valueText } from '../../core/base/people-fmt.ts'
import type { Listing } from '../../core/engine/workbench/listing.ts'
import type { SourceLines } from '../../core/engine/workbench/questions/source-lines.ts'
import { go, param } from '../address.ts'
import { CodeText, displayCode } from '../parts/code.tsx'
import { Icon } from '../parts/icons.tsx'
import { displayName, FunctionName, shortName } from '../parts/name.tsx'
import { type Token, tokenizeAsm, tokenizeGo } from '../parts/tokenizer.ts'
import { hovered } from '../state.ts'
import {
  codeRows,
  type Fold,
  foldLines,
  heatOf,
  type SourceFileRows,
  type SourceLine,
} from './source-rows.ts'

export interface Weighing {
  readonly unit: string
  readonly whole: number
  readonly difference: boolean
}

/** A weight in a cell: empty where there is none. */
export function weightText(v: number, w: Weighing): string {
  const to = param('u') || 'auto'
  return v === 0 ? '' : w.difference ? signedValueText(v, w.unit, to) : valueText(v, w.unit, to)
}

export function Weight({
  v,
  w,
  strong,
}: {
  readonly v: number
  readonly w: Weighing
  readonly strong?: boolean
}) {
  const sign = w.difference && v !== 0 ? (v > 0 ? ' more' : ' less') : ''
  return (
    <span
      class={`w${strong ? ' b' : ''}${sign}`}
      title={v === 0 ? undefined : `${shareText(v, w.whole)} of all`}
    >
      {weightText(v, w)}
    </span>
  )
}

/** Which lines are open, and which one is the current one. */
export interface LinesState {
  readonly open: ReadonlySet<number>
  readonly current: number
  /** Folds that were opened, by their first line. */
  readonly unfolded: ReadonlySet<number>
  readonly toggle: (line: number) => void
  readonly unfold: (line: number) => void
  readonly choose: (line: number) => void
}

export function FileLines(props: {
  readonly rows: SourceFileRows
  readonly w: Weighing
  readonly state: LinesState
  readonly fn: string
  /** Whether instructions stand beside, so that lines do not open. */
  readonly beside?: boolean
}) {
  const { rows, w, state, fn } = props
  const tokens = useMemo(() => {
    const texts = rows.lines.map((l) => l.text ?? '')
    const all = tokenizeGo(texts)
    return new Map(rows.lines.map((l, i) => [l.n, all[i]!]))
  }, [rows])
  const shown = foldLines(rows.lines, (f) => state.unfolded.has(f.from))
  return (
    <>
      {shown.map((row) =>
        row.kind === 'fold' ? (
          <FoldRow key={`f${row.from}`} fold={row} onOpen={() => state.unfold(row.from)} />
        ) : (
          <Line
            key={row.n}
            line={row}
            tokens={tokens.get(row.n)!}
            most={rows.most}
            w={w}
            state={state}
            fn={fn}
            beside={props.beside ?? false}
          />
        ),
      )}
    </>
  )
}

function FoldRow({ fold, onOpen }: { readonly fold: Fold; readonly onOpen: () => void }) {
  return (
    <button type="button" class="fold" onClick={onOpen}>
      {fold.to - fold.from + 1} lines without samples
    </button>
  )
}

function Line(props: {
  readonly line: SourceLine
  readonly tokens: readonly Token[]
  readonly most: number
  readonly w: Weighing
  readonly state: LinesState
  readonly fn: string
  readonly beside: boolean
}) {
  const { line, tokens, most, w, state, fn, beside } = props
  const opens = !beside && (line.code !== undefined || line.calls.length > 0)
  const open = opens && state.open.has(line.n)
  const current = state.current === line.n
  const el = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (current) el.current?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const heat = heatOf(line.total, most)
  const hot = heat > 0
  const sign = w.difference && hot ? (line.total > 0 ? ' more' : ' less') : ''
  const strong = most > 0 && Math.abs(line.total) >= most / 4
  return (
    <>
      <div
        ref={el}
        class={`l${hot ? ' hot' : ''}${current ? ' cur' : ''}${opens ? ' opens' : ''}${sign}`}
        style={hot ? { '--heat': `${Math.round(4 + 26 * heat)}%` } : undefined}
        data-line={line.n}
        role="row"
        aria-current={current ? 'true' : undefined}
        aria-expanded={opens ? open : undefined}
        onClick={(e) => {
          if (
            (e.target as Element).closest('button, a') !== null ||
            (getSelection()?.toString() ?? '') !== ''
          )
            return
          state.choose(line.n)
          if (opens) state.toggle(line.n)
        }}
      >
        <Weight v={line.self} w={w} />
        <Weight v={line.total} w={w} strong={strong} />
        <span class="ln">
          {opens && <i class={`tw${open ? ' on' : ''}`}>{open ? '▾' : '▸'}</i>}
          {line.n}
        </span>
        <span class="c" title={line.text === undefined ? undefined : displayCode(line.text.trim())}>
          {line.text === undefined ? <Calls calls={line.calls} w={w} alone /> : <CodeText tokens={tokens} />}
        </span>
        {line.text !== undefined && <Calls calls={line.calls} w={w} />}
      </div>
      {open && <Opened line={line} w={w} fn={fn} />}
    </>
  )
}

/** What a line calls, behind its text. */
function Calls(props: {
  readonly calls: readonly LineCall[]
  readonly w: Weighing
  readonly alone?: boolean
}) {
  const { calls, w, alone } = props
  if (calls.length === 0) return null
  return (
    <span class={`calls${alone ? ' alone' : ''}`}>
      {calls.slice(0, 2).map((c) => (
        <CallLink key={`${c.name} ${c.inlined}`} call={c} w={w} />
      ))}
      {calls.length > 2 && <span class="t3">+{calls.length - 2}</span>}
    </span>
  )
}

function CallLink({ call, w }: { readonly call: LineCall; readonly w: Weighing }) {
  return (
    <button
      type="button"
      class={`goes${hovered.value === call.name ? ' same' : ''}`}
      title={`${call.inlined ? 'inlined here' : 'called here'}: ${displayName(call.name).slice(0, 2000)}`}
      onClick={() => go({ set: { sel: call.name, 'source.line': undefined, 'source.open': undefined } })}
      onPointerEnter={() => {
        hovered.value = call.name
      }}
      onPointerLeave={() => {
        hovered.value = ''
      }}
    >
      <span class="t3">→</span>
      <FunctionName name={call.name} inlined={call.inlined} />
      <span class="t2">{weightText(call.weight, w)}</span>
    </button>
  )
}

/** Under an open line: all it calls where there are no instructions, else these with inlined calls in place. */
function Opened({ line, w, fn }: { readonly line: SourceLine; readonly w: Weighing; readonly fn: string }) {
  if (line.code === undefined)
    return (
      <div class="asm">
        {line.calls.map((c) => (
          <div class="a" key={`${c.name} ${c.inlined}`}>
            <Weight v={0} w={w} />
            <Weight v={c.weight} w={w} />
            <span class="ad" />
            <span class="at">
              <CallLink call={c} w={w} />
            </span>
          </div>
        ))}
      </div>
    )
  return (
    <div class="asm">
      {codeRows(line.code).map((r, i) =>
        r.kind === 'gap' ? (
          <div class="gap" key={i}>
            ⋮
          </div>
        ) : r.kind === 'call' ? (
          <div class="in" key={i} style={{ '--depth': r.depth }}>
            <Icon name="down" />
            <span>
              <CodeText tokens={tokenizeGo([r.call.text])[0]!} />
            </span>
            <span class="t3">
              {r.call.fn !== '' && r.call.fn !== fn && `${shortName(r.call.fn)} `}
              {displayName(r.call.file)}:{r.call.line}
            </span>
          </div>
        ) : (
          <div class="a" key={i}>
            <Weight v={r.x.self} w={w} />
            <Weight v={r.x.total} w={w} />
            <span class="ad">{r.x.address}</span>
            <span class="at" style={{ '--depth': r.depth }}>
              <CodeText tokens={tokenizeAsm(r.x.text)} />
            </span>
          </div>
        ),
      )}
    </div>
  )
}

const MOST_SHOWN = 3

/** Where the function is called from: the user's code first. */
export function CalledFrom({
  lines,
  all,
  onAll,
}: {
  readonly lines: SourceLines
  readonly all: boolean
  readonly onAll: () => void
}) {
  const shown = lines.callers.slice(0, all ? undefined : MOST_SHOWN)
  const left = lines.callers.length + lines.moreCallers - shown.length
  return (
    <>
      {shown.map((c) => (
        <Caller key={`${c.name}:${c.line}`} c={c} w={lines} />
      ))}
      {left > 0 && (
        <button type="button" class="inl" onClick={onAll} disabled={all}>
          {left} more places call it
        </button>
      )}
    </>
  )
}

function Caller({ c, w }: { readonly c: FunctionCaller; readonly w: Weighing }) {
  const file = displayName(c.file.slice(c.file.lastIndexOf('/', c.file.lastIndexOf('/') - 1) + 1))
  const words = [...c.via]
  const last = words.pop()
  const via =
    last === undefined
      ? ''
      : `by way of ${[...words, `${last}${c.inlined ? ' (inlined)' : ''}`].map(shortName).join(', ')}`
  return (
    <div class="inl">
      <Icon name="right" />
      <span>called from</span>
      <button
        type="button"
        class="goes"
        onClick={() => go({ set: { sel: c.name, 'source.line': String(c.line), 'source.open': undefined } })}
      >
        <FunctionName name={c.name} />
      </button>
      <span>
        {file}
        {c.line > 0 && `:${c.line}`}
      </span>
      <b>{weightText(c.weight, w)}</b>
      <span class="cut" title={via}>
        {via}
        {via === '' && c.inlined && 'inlined there'}
      </span>
    </div>
  )
}

/** What is missing of the listing, in words. */
export function ListingNote({ listing, problem }: { readonly listing?: Listing; readonly problem?: string }) {
  const lines = [
    ...(problem === undefined ? [] : [problem]),
    ...(listing?.files ?? []).flatMap((f) =>
      f.error === '' || listing?.remarks.some((r) => r.includes(f.file)) ? [] : [f.error],
    ),
    ...(listing?.remarks ?? []).slice(0, 4),
  ]
  if (lines.length === 0) return null
  return (
    <div class="remarks" role="note">
      {lines.map((l) => (
        <p key={l}>{displayName(l)}</p>
      ))}
    </div>
  )
}
