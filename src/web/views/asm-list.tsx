// All instructions of a function, in the order of their addresses, with the lines that they come from.

import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Listing } from '../../core/engine/workbench/listing.ts'
import { CodeText } from '../parts/code.tsx'
import { displayName, shortName } from '../parts/name.tsx'
import { Empty } from '../parts/states.tsx'
import { tokenizeAsm, tokenizeGo } from '../parts/tokenizer.ts'
import { type AsmRow, asmRows } from './asm-rows.ts'
import { type Weighing, Weight } from './source-function.tsx'
import { heatOf } from './source-rows.ts'

/** Rows that are drawn at most; a function of more instructions says so. */
const MOST_ROWS = 6000

export function AsmList(props: {
  readonly listing: Listing | undefined
  readonly pending: boolean
  readonly problem: string | undefined
  readonly w: Weighing
  /** The line that is chosen, 0 for none. */
  readonly line: number
  readonly onLine: (line: number) => void
  /** The instruction that is chosen, '' for none. */
  readonly at?: string
  readonly onAt?: (address: string) => void
}) {
  const { listing, pending, problem, w, line, onLine, at = '', onAt } = props
  const rows = useMemo(() => (listing === undefined ? [] : asmRows(listing)), [listing])
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (line > 0 && at === '') box.current?.querySelector('.of')?.scrollIntoView({ block: 'nearest' })
  }, [line])
  useEffect(() => {
    box.current?.querySelector('.cur')?.scrollIntoView({ block: 'nearest' })
  }, [at])
  if (listing === undefined)
    return pending ? (
      <div class="inl">disassembling…</div>
    ) : (
      <Empty title="There are no instructions here">{problem}</Empty>
    )
  if (rows.length === 0)
    return (
      <Empty title="There are no instructions">
        {displayName(listing.codeError || 'The executable is not where the profile says.')}
      </Empty>
    )
  const most = rows.reduce((m, r) => (r.kind === 'code' ? Math.max(m, Math.abs(r.x.total)) : m), 0)
  return (
    <div ref={box} class="asm flat">
      {rows.slice(0, MOST_ROWS).map((r, i) => (
        <Row key={i} r={r} w={w} most={most} line={line} onLine={onLine} at={at} onAt={onAt} />
      ))}
      {rows.length > MOST_ROWS && <div class="inl">{rows.length - MOST_ROWS} more rows are not drawn.</div>}
    </div>
  )
}

function Row({
  r,
  w,
  most,
  line,
  onLine,
  at,
  onAt,
}: {
  readonly r: AsmRow
  readonly w: Weighing
  readonly most: number
  readonly line: number
  readonly onLine: (line: number) => void
  readonly at: string
  readonly onAt: ((address: string) => void) | undefined
}) {
  if (r.kind === 'symbol')
    return (
      <div class="inl sym">
        <b class="m">{shortName(r.name)}</b>
        {r.left > 0 && <span>{r.left} more instructions are left out</span>}
      </div>
    )
  if (r.kind === 'gap') return <div class="gap">⋮</div>
  if (r.kind === 'line') {
    const of = r.own && r.line === line && line > 0
    return (
      <button
        type="button"
        class={`in${of ? ' of' : ''}`}
        onClick={() => r.own && onLine(r.line)}
        disabled={!r.own}
      >
        <span class="t3 pl">
          {displayName(r.file)}:{r.line}
        </span>
        <span>
          <CodeText tokens={tokenizeGo([r.text])[0]!} />
        </span>
      </button>
    )
  }
  const { x } = r
  const heat = heatOf(x.total, most)
  const sign = w.difference && heat > 0 ? (x.total > 0 ? ' more' : ' less') : ''
  const current = at !== '' && at === x.address
  return (
    <div
      class={`a${heat > 0 ? ' hot' : ''}${r.line === line && line > 0 ? ' of' : ''}${current ? ' cur' : ''}${sign}`}
      style={heat > 0 ? { '--heat': `${Math.round(4 + 26 * heat)}%` } : undefined}
      onClick={() => {
        if (r.line > 0) onLine(r.line)
        onAt?.(x.address)
      }}
    >
      <Weight v={x.self} w={w} />
      <Weight v={x.total} w={w} strong={most > 0 && Math.abs(x.total) >= most / 4} />
      <span class="ad">{x.address}</span>
      <span class="at">
        <CodeText tokens={tokenizeAsm(x.text)} />
      </span>
    </div>
  )
}
