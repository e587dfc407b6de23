// Source with the weight of each line, and the instructions that lines became.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { shareText } from '../../core/base/people-fmt.ts'
import type { ProfileQuery } from '../../core/engine/workbench/profile-query.ts'
import { go, param } from '../address.ts'
import { useKeys } from '../keys.ts'
import { useFunctionKeys } from '../parts/function-actions.tsx'
import { Icon } from '../parts/icons.tsx'
import { displayName, FunctionName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { useAnswer } from '../session.ts'
import { profileQuery, selected } from '../state.ts'
import { AsmList } from './asm-list.tsx'
import { FunctionChoice, useChosen } from './function-choice.tsx'
import { CalledFrom, FileLines, type LinesState, ListingNote, weightText } from './source-function.tsx'
import { hotLines, nextHot, type SourceFileRows, sourceRows } from './source-rows.ts'
import { useListing } from './use-listing.ts'
import type { ViewProps } from './view.ts'

export function View(_props: ViewProps) {
  const query = profileQuery.value
  const chosen = useChosen()
  useFunctionKeys('Source', () => selected.value)
  if (query === undefined || chosen === undefined) return <Loading what="looking for functions" />
  if (chosen.length === 0) return <FunctionChoice what="source" />
  if (chosen.length === 1) return <OneFunction key={chosen[0]} query={query} fn={chosen[0]!} />
  return (
    <div class="scroll src">
      {chosen.map((fn) => (
        <Section key={fn} query={query} fn={fn} />
      ))}
    </div>
  )
}

/** One of several functions: read when it comes into sight. */
function Section({ query, fn }: { readonly query: ProfileQuery; readonly fn: string }) {
  const el = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    const watch = new IntersectionObserver(
      (entries) => entries.some((e) => e.isIntersecting) && setSeen(true),
      {
        rootMargin: '400px',
      },
    )
    watch.observe(el.current!)
    return () => watch.disconnect()
  }, [])
  return (
    <div ref={el} class="src-section">
      {seen ? <OneFunction query={query} fn={fn} inList /> : <Head fn={fn} />}
    </div>
  )
}

type Layout = 'inline' | 'beside'

function OneFunction({
  query,
  fn,
  inList = false,
}: {
  readonly query: ProfileQuery
  readonly fn: string
  readonly inList?: boolean
}) {
  const layout: Layout = !inList && param('source.beside') === '1' ? 'beside' : 'inline'
  const lines = useAnswer('source-lines', { query, fn })
  const found = useListing(query, fn, true, (lines.value?.files.length ?? 0) > 0)
  const rows = useMemo(
    () => (lines.value === undefined ? [] : sourceRows(lines.value.files, found.listing)),
    [lines.value, found.listing],
  )
  const [allCallers, setAllCallers] = useState(false)
  const state = useLines(inList, rows, !inList)
  if (lines.error !== undefined) return <Failed error={lines.error} title="This function cannot be shown" />
  const value = lines.value
  const body = value && (
    <>
      {value.files.length === 0 && (
        <div class="remarks" role="note">
          <p>This function has no samples in what is shown. Filters or transforms may have taken it out.</p>
        </div>
      )}
      <CalledFrom lines={value} all={allCallers} onAll={() => setAllCallers(true)} />
      {rows.map((r) => (
        <div key={r.file} class="file" role="rowgroup">
          {rows.length > 1 && <div class="inl m">{displayName(r.file)}</div>}
          <FileLines rows={r} w={value} state={state} fn={fn} beside={layout === 'beside'} />
        </div>
      ))}
      {found.pending && <div class="inl">reading the source…</div>}
      <ListingNote {...found} />
    </>
  )
  const head = (
    <Head
      fn={fn}
      {...(rows[0] && { rows: rows[0] })}
      {...(value && {
        total: `${weightText(value.total, value) || '0'}  ${shareText(value.total, value.whole)}`,
      })}
    >
      {!inList && (
        <>
          <button
            type="button"
            class="ctl q ic"
            aria-label="Next hot line"
            title="Next hot line (.)"
            onClick={() => state.jump(1)}
          >
            <Icon name="flame" />
          </button>
          <Segmented
            label="Instructions"
            value={layout}
            choices={[
              { id: 'inline', title: 'In place', hint: 'Instructions under their line' },
              { id: 'beside', title: 'Beside', hint: 'All instructions in a column of their own' },
            ]}
            onChoose={(id) => go({ set: { 'source.beside': id === 'beside' ? '1' : undefined } })}
          />
          <Pages at="source" />
        </>
      )}
    </Head>
  )
  if (inList)
    return (
      <>
        {head}
        {body ?? <Loading what="adding up lines" />}
      </>
    )
  return (
    <>
      {head}
      {value === undefined ? (
        <Loading what="adding up lines" />
      ) : layout === 'inline' ? (
        <div class="scroll src" role="table" aria-label="Source">
          <Titles />
          {body}
        </div>
      ) : (
        <div class="src-split">
          <div class="scroll src" role="table" aria-label="Source">
            <Titles />
            {body}
          </div>
          <div class="scroll src asm-pane" role="table" aria-label="Instructions">
            <AsmList
              listing={found.listing}
              pending={found.pending}
              problem={found.problem}
              w={value}
              line={state.current}
              onLine={(n) => state.choose(n)}
            />
          </div>
        </div>
      )}
    </>
  )
}

/** Source, instructions, peek of the same function. */
export function Pages({ at }: { readonly at: 'source' | 'disasm' }) {
  return (
    <Segmented
      label="View"
      value={at}
      choices={[
        { id: 'source', title: 'Source' },
        { id: 'disasm', title: 'Disasm' },
        { id: 'peek', title: 'Peek' },
      ]}
      onChoose={(id) => go({ view: id })}
    />
  )
}

export function Titles() {
  return (
    <div class="l titles" role="row">
      <span class="w">self</span>
      <span class="w">total</span>
      <span class="ln" />
      <span class="c" />
    </div>
  )
}

/** Name and place of the function. */
export function Head(props: {
  readonly fn: string
  readonly rows?: SourceFileRows
  readonly total?: string
  readonly children?: preact.ComponentChildren
}) {
  const { fn, rows, total, children } = props
  const start = rows === undefined ? 0 : rows.startLine || (rows.lines[0]?.n ?? 0)
  const place =
    rows === undefined || rows.file === '' ? '' : `${displayName(rows.file)}${start > 0 ? `:${start}` : ''}`
  return (
    <div class="ph src-head">
      <FunctionName name={fn} />
      {total !== undefined && <b class="total">{total}</b>}
      <span class="t3 cut src-place" title={place}>
        {place === '' ? '' : `\u200e${place}`}
      </span>
      <span class="grow" />
      {children}
    </div>
  )
}

/** Which line is chosen and which are open: in the address for the one function, else of the section alone. */
function useLines(
  own: boolean,
  rows: readonly SourceFileRows[],
  keys: boolean,
): LinesState & { jump(step: 1 | -1): void } {
  const [local, setLocal] = useState({ line: 0, open: '' })
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set())
  const line = own ? local.line : Number(param('source.line')) || 0
  const openText = own ? local.open : param('source.open')
  const open = useMemo(
    () =>
      new Set(
        openText
          .split(',')
          .filter((t) => /^\d+$/.test(t))
          .map(Number),
      ),
    [openText],
  )
  const set = (change: { line?: number; open?: string }): void => {
    if (own) setLocal({ ...local, ...change })
    else
      go(
        {
          set: {
            ...(change.line !== undefined && {
              'source.line': change.line > 0 ? String(change.line) : undefined,
            }),
            ...(change.open !== undefined && { 'source.open': change.open || undefined }),
          },
        },
        { replace: true },
      )
  }
  const all = rows.flatMap((r) => r.lines)
  const most = rows.reduce((m, r) => Math.max(m, r.most), 0)
  const toggle = (n: number): void => {
    const next = new Set(open)
    if (!next.delete(n)) next.add(n)
    set({ line: n, open: [...next].join(',') })
  }
  const choose = (n: number): void => set({ line: n })
  const jump = (step: 1 | -1): void => {
    const to = nextHot(hotLines(all, most), line, step)
    if (to !== undefined) choose(to)
  }
  const move = (step: 1 | -1): void => {
    const at = all.findIndex((l) => l.n === line)
    const next = at < 0 ? all[0] : all[at + step]
    if (next !== undefined) choose(next.n)
  }
  useKeys(
    'Source',
    keys
      ? {
          '.': { does: 'next hot line', run: () => jump(1) },
          ',': { does: 'previous hot line', run: () => jump(-1) },
          ArrowDown: { does: 'next line', run: () => move(1) },
          ArrowUp: { does: 'previous line', run: () => move(-1) },
          Enter: { does: 'open or close the line', run: () => line > 0 && toggle(line) },
          b: {
            does: 'instructions beside the source',
            run: () => go({ set: { 'source.beside': param('source.beside') === '1' ? undefined : '1' } }),
          },
        }
      : {},
  )
  return {
    open,
    current: line,
    unfolded,
    toggle,
    choose,
    jump,
    unfold: (n) => setUnfolded(new Set([...unfolded, n])),
  }
}
