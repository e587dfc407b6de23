// What changed from one set of profiles to another: both sides in all, then function by function.

import { useMemo, useState } from 'preact/hooks'
import { groupDigits, NARROW, shareText, signedValueText, valueText } from '../../core/base/people-fmt.ts'
import type { DiffTotal } from '../../core/engine/workbench/questions/diff-totals.ts'
import type { FunctionRows } from '../../core/engine/workbench/questions/profile-functions.ts'
import type { ProfileEntry } from '../../core/engine/workbench/questions/profiles.ts'
import { go, param } from '../address.ts'
import { FilterBox, useFilter } from '../parts/filter-box.tsx'
import { FunctionMenu, type FunctionMenuAt, useFunctionKeys } from '../parts/function-actions.tsx'
import { Icon, SeverityMark } from '../parts/icons.tsx'
import { displayName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { Table, useTable } from '../parts/table.tsx'
import { TableMenu } from '../parts/table-menu.tsx'
import { useAnswer } from '../session.ts'
import { overlay } from '../shell/overlay.ts'
import { kindTitle, splitSource, togetherName } from '../shell/source-names.ts'
import { hovered, profileQuery, profiles, selected, shownProfiles } from '../state.ts'
import { colourBlind } from '../theme.ts'
import { mayBeChance, otherPairs, remarksOf, sideTexts, totalTitle } from './diff-words.ts'
import { differenceColumns, rowText } from './top-columns.tsx'
import type { ViewProps } from './view.ts'

export function View(_props: ViewProps) {
  const query = profileQuery.value
  if (query?.base === undefined)
    return (
      <Empty title="Compare two sets of profiles">
        What changed between them, in functions, flames and graphs: a version before and after, a quiet hour
        and a busy one. Several profiles a side tell what is chance.
        <br />
        <button
          type="button"
          class="ctl p empty-act"
          onClick={() => {
            overlay.value = 'compare'
          }}
        >
          <Icon name="swap" /> Choose profiles
        </button>
      </Empty>
    )
  return <Difference />
}

function Difference() {
  const query = profileQuery.value
  const { value, error, progress } = useAnswer('profile-functions', query && { query })
  const several = (query?.base?.length ?? 0) > 1 && (query?.of.length ?? 0) > 1
  const tested = useAnswer('profile-significance', several && query ? { query } : undefined)
  const all = profiles.value?.profiles ?? []
  const after = shownProfiles.value
  const before = (query?.base ?? []).flatMap((id) => all.find((p) => p.id === id) ?? [])
  const pairs = useMemo(() => otherPairs(all, before, after), [all, query])
  const totals = useAnswer('diff-totals', { pairs })
  if (error !== undefined) return <Failed error={error} title="These profiles cannot be compared" />
  return (
    <>
      <Sides before={before} after={after} />
      <Tiles totals={totals.value ?? []} pairs={pairs} all={all} />
      {value === undefined ? (
        <Loading what="comparing functions" {...(progress && { progress })} />
      ) : value.sides === undefined ? (
        <Loading what="comparing functions" />
      ) : (
        <Changes rows={value} totals={totals.value ?? []} tested={several ? tested.value : undefined} />
      )}
    </>
  )
}

function Sides(props: { readonly before: readonly ProfileEntry[]; readonly after: readonly ProfileEntry[] }) {
  const { before, after } = props
  const side = (which: 'before' | 'after', list: readonly ProfileEntry[]) => {
    const name = sideName(list)
    return (
      <button
        type="button"
        class="ctl side-ctl"
        title={list.map((p) => displayName(p.name)).join('\n')}
        onClick={() => {
          overlay.value = 'compare'
        }}
      >
        <i class={`dot side-${which}`} />
        <span class="t2">{which}</span>
        <b class="cut">{name}</b>
        <span class="t2">{list.length > 1 ? `${list.length} profiles` : kindTitle(list[0]?.kind ?? '')}</span>
      </button>
    )
  }
  return (
    <div class="bar0 diff-bar">
      {side('before', before)}
      <Icon name="right" />
      {side('after', after)}
      <button
        type="button"
        class="ctl q"
        onClick={() =>
          go({ set: { src: before.map((p) => p.id).join(','), base: after.map((p) => p.id).join(',') } })
        }
      >
        <Icon name="swap" /> Swap
      </button>
      <span class="grow" />
      <Segmented
        label="Scale"
        value={normalized() ? 'same' : 'absolute'}
        onChoose={(id) => go({ set: { norm: id === 'same' ? 't' : undefined } })}
        choices={[
          { id: 'absolute', title: 'Absolute', hint: 'As measured' },
          {
            id: 'same',
            title: 'Same total',
            hint: 'After is scaled to the total before: only shares differ',
          },
        ]}
      />
      <Segmented
        label="Colours of differences"
        value={colourBlind.value ? 'cb' : 'rg'}
        onChoose={(id) => {
          colourBlind.value = id === 'cb'
        }}
        choices={[
          { id: 'rg', title: <DotPair words="Red and green" /> },
          { id: 'cb', title: <DotPair words="Orange and blue" safe /> },
        ]}
      />
    </div>
  )
}

/** The capture that the profiles are of, where that tells them apart; else their own name. */
function sideName(list: readonly ProfileEntry[]): string {
  const name = togetherName(list.map((p) => p.name))
  const { folder } = splitSource(name)
  return list.length === 1 && folder !== '' ? folder : name
}

function DotPair({ words, safe = false }: { readonly words: string; readonly safe?: boolean }) {
  return (
    <span class="dot-pair" title={words}>
      <i class={safe ? 'plus-cb' : 'plus-rg'} />
      <i class={safe ? 'minus-cb' : 'minus-rg'} />
      <span class="pair-words">{words}</span>
    </span>
  )
}

/** Whether the address asks for equal totals, in any of pprof's ways to say so. */
function normalized(): boolean {
  return ['1', 't', 'true', 'y', 'yes'].includes(param('norm').toLowerCase())
}

function Tiles(props: {
  readonly totals: readonly DiffTotal[]
  readonly pairs: ReturnType<typeof otherPairs>
  readonly all: readonly ProfileEntry[]
}) {
  const { totals, pairs, all } = props
  if (totals.length === 0) return <div class="diff-tiles" />
  return (
    <div class="diff-tiles" role="group" aria-label="Totals">
      {tilesOf(totals).map((t) => {
        const pair = pairs[t.pair]!
        const kind = all.find((p) => p.id === pair.after[0])?.kind ?? 'other'
        const [from, to, unit] = sideTexts(t.before, t.after, t.unit)
        const change = t.after - t.before
        return (
          <button
            type="button"
            class="diff-tile"
            key={`${t.pair} ${t.type}`}
            title="Compare by this"
            onClick={() =>
              go({ set: { src: pair.after.join(','), base: pair.before.join(','), si: t.type } })
            }
          >
            <span class="k">{totalTitle(kind, t.type)}</span>
            <span class="v">
              <span class="from">{from}</span>
              <span class="arrow">→</span>
              <b>{to}</b>
              {unit !== '' && <small>{unit}</small>}
              <span class="grow" />
              <span class={`by ${change > 0 ? 'plus' : change < 0 ? 'minus' : ''}`}>
                {percentText(t.before, change)}
              </span>
            </span>
          </button>
        )
      })}
    </div>
  )
}

/** Most tiles. */
const TILES = 7

/** What is worth a tile: counts of samples say what their time says. */
function tilesOf(totals: readonly DiffTotal[]): DiffTotal[] {
  return totals.filter((t) => t.type !== 'samples' && (t.before !== 0 || t.after !== 0)).slice(0, TILES)
}

function percentText(before: number, change: number): string {
  if (change === 0) return 'the same'
  if (before === 0) return 'new'
  const share = shareText(change, before).replace('%', `${NARROW}%`)
  return change > 0 ? `+${share}` : share
}

function Changes(props: {
  readonly rows: FunctionRows
  readonly totals: readonly DiffTotal[]
  readonly tested: Parameters<typeof differenceColumns>[4]
}) {
  const { rows: f, totals, tested } = props
  const table = useTable()
  const [menu, setMenu] = useState<FunctionMenuAt>()
  const filter = useFilter('q', f.names.length, (row) => rowText(f, row), f)
  const measure = param('top.of') === 'self' ? 'self' : 'total'
  const unit = param('u') || 'auto'
  const columns = useMemo(
    () => differenceColumns(f, 'functions', measure, unit, tested),
    [f, measure, unit, tested],
  )
  const chance = useMemo(() => mayBeChance(f, measure), [f, measure])
  const rowOf = useMemo(() => {
    const out = new Map<string, number>()
    for (let row = f.names.length - 1; row >= 0; row--) out.set(f.names[row]!, row)
    return out
  }, [f])
  useFunctionKeys('Tables', () => selected.value)
  const remarks = remarksOf(f, totals, { several: tested !== undefined, chance: chance.limit })
  const type = f.types[f.selected]!
  const sides = f.sides![f.selected]!
  return (
    <>
      {remarks.length > 0 && (
        <div class="diff-notes" role="note">
          {remarks.map((r) => (
            <p key={r.text} class="row">
              <SeverityMark mark={r.mark} />
              <span>
                {r.text}{' '}
                {r.offer === 'same' && !normalized() && (
                  <button type="button" class="link" onClick={() => go({ set: { norm: 't' } })}>
                    Compare by the same total
                  </button>
                )}
              </span>
            </p>
          ))}
        </div>
      )}
      <div class="bar0">
        <FilterBox filter={filter} what="functions" />
        <Segmented
          label="Measure"
          choices={[
            { id: 'total', title: 'Total' },
            { id: 'self', title: 'Self' },
          ]}
          value={measure}
          onChoose={(id) => go({ set: { 'top.of': id === 'total' ? undefined : id } })}
        />
        <span class="t2 sm cut">
          {groupDigits(f.names.length)} functions, {valueText(sides.before, type.unit)} →{' '}
          {valueText(sides.after, type.unit)}, {signedValueText(sides.after - sides.before, type.unit)}
          {normalized() && ', after scaled to the total before'}
        </span>
        <TableMenu table={table} />
      </div>
      <Table
        id="diff"
        label="What changed, by function"
        count={f.names.length}
        columns={columns}
        data={columns}
        rows={filter.rows}
        sort="-change"
        selected={rowOf.get(selected.value) ?? -1}
        handle={table}
        onSelect={(row, how) => go({ set: { sel: f.names[row]! } }, { replace: how === 'key' })}
        onAction={(row) => go({ view: 'source', set: { sel: f.names[row]! } })}
        onMenu={(row, x, y) => setMenu({ name: f.names[row]!, x, y })}
        onHover={(row) => {
          hovered.value = row < 0 ? '' : f.names[row]!
        }}
        rowClass={(row) =>
          `${hovered.value !== '' && f.names[row] === hovered.value ? 'same' : ''}${chance.rows[row] === 1 ? ' chance' : ''}`
        }
        empty={
          f.names.length === 0 ? (
            <Empty title="Both sides are empty">No samples are left on either side.</Empty>
          ) : (
            <Empty title="Nothing found">No function of {groupDigits(f.names.length)} matches.</Empty>
          )
        }
      />
      {menu !== undefined && <FunctionMenu at={menu} onClose={() => setMenu(undefined)} />}
    </>
  )
}
