// Labels: what each value weighs, and the functions of each value side by side.

import { useMemo } from 'preact/hooks'
import type { LabelColumn } from '../../core/analysis/label-table.ts'
import { ORIGINS } from '../../core/analysis/origin.ts'
import { groupDigits, shareText, signedValueText, valueText } from '../../core/base/people-fmt.ts'
import type { SplitTable, TagsAnswer } from '../../core/engine/workbench/questions/profile-tags.ts'
import { go, param } from '../address.ts'
import { Icon } from '../parts/icons.tsx'
import { displayName, FunctionName, shortName } from '../parts/name.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type Column, Table, useTable } from '../parts/table.tsx'
import { TableMenu } from '../parts/table-menu.tsx'
import { useAnswer } from '../session.ts'
import { hovered, profileQuery, selected } from '../state.ts'
import type { ViewProps } from './view.ts'

/** Values of a label whose functions are shown side by side, before more are asked for. */
const SPLIT = 6

export function View(_props: ViewProps) {
  const query = profileQuery.value
  const split = param('tags.split')
  const most = Math.max(SPLIT, Number.parseInt(param('tags.most'), 10) || 0)
  const { value, error, progress } = useAnswer(
    'profile-tags',
    query && { query, ...(split !== '' && { split, most }) },
  )
  if (error !== undefined) return <Failed error={error} />
  if (value === undefined) return <Loading what="adding up labels" {...(progress && { progress })} />
  if (value.keys.length === 0)
    return (
      <Empty
        title="This profile has no labels"
        command='pprof.Do(ctx, pprof.Labels("endpoint", path), serve)'
      >
        Samples of CPU and goroutine profiles carry the labels that a program sets; with them time is told
        apart by request, customer or job.
        {param('tf') !== '' && ' A filter on tags is in force.'}
      </Empty>
    )
  const wanted = param('tags.key')
  const chosen = value.keys.find((k) => k.key === wanted) ?? value.keys[0]!
  return (
    <div class="tags">
      <div class="bar0">
        <span class="t2 sm">
          {groupDigits(value.keys.length)} {value.keys.length === 1 ? 'label' : 'labels'} on{' '}
          {groupDigits(value.samples)} kinds of samples
        </span>
        <span class="grow" />
        {param('tf') !== '' && (
          <button type="button" class="ctl" onClick={() => go({ set: { tf: undefined } })}>
            <Icon name="close" /> <span class="cut tags-filter">{displayName(param('tf')).slice(0, 80)}</span>
          </button>
        )}
      </div>
      <div class="tags-body">
        <div class="tags-keys scroll" role="listbox" aria-label="Labels">
          {value.keys.map((k) => (
            <button
              type="button"
              role="option"
              key={k.key}
              class={`tag-key${k === chosen ? ' sel' : ''}`}
              aria-selected={k === chosen}
              onClick={() => go({ set: { 'tags.key': k.key, ...(split !== '' && { 'tags.split': k.key }) } })}
            >
              <code class="cut">{shortName(k.key)}</code>
              <span class="t3 xs">
                {groupDigits(k.values.length)} {k.values.length === 1 ? 'value' : 'values'}
              </span>
              <span class="meter">
                <i class="tag-meter" style={{ width: `${portion(k.total, value.whole) * 100}%` }} />
              </span>
            </button>
          ))}
        </div>
        <Key k={chosen} v={value} split={split === chosen.key} most={most} />
      </div>
    </div>
  )
}

const portion = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.min(1, Math.abs(part / whole))

function Key(props: {
  readonly k: LabelColumn
  readonly v: TagsAnswer
  readonly split: boolean
  readonly most: number
}) {
  const { k, v, split, most } = props
  const table = useTable()
  const difference = (profileQuery.value?.base?.length ?? 0) > 0
  const show = difference ? signedValueText : valueText
  const columns = useMemo((): Column[] => {
    const largest = Math.abs(k.weight[0] ?? 0)
    return [
      {
        id: 'value',
        title: 'Value',
        kind: 'name',
        width: 180,
        text: (row) => displayName(k.values[row]!),
        cell: (row) => (
          <span class="cut m" title={displayName(k.values[row]!).slice(0, 4000)}>
            {shortName(k.values[row]!)}
          </span>
        ),
      },
      {
        id: 'weight',
        title: 'Weight',
        kind: 'number',
        width: 170,
        text: (row) => show(k.weight[row]!, v.unit, param('u') || 'auto'),
        value: (row) => Math.abs(k.weight[row]!),
        share: (row) => shareText(k.weight[row]!, v.whole),
        bar: (row) => portion(k.weight[row]!, largest),
        cellClass: (row) => (difference ? (k.weight[row]! > 0 ? 'plus' : 'minus') : ''),
      },
      {
        id: 'samples',
        title: 'Samples',
        hint: 'Kinds of samples with it',
        kind: 'number',
        width: 90,
        from: 420,
        text: (row) => groupDigits(k.samples[row]!),
        value: (row) => k.samples[row]!,
      },
    ]
  }, [k, v])
  const untagged = v.samples - k.tagged
  return (
    <div class="tags-main col">
      <header class="ph">
        <code class="b cut">{shortName(k.key)}</code>
        <span>
          {show(k.total, v.unit)} <span class="t3">{shareText(k.total, v.whole)}</span>
        </span>
        {untagged > 0 && <span class="t3">{groupDigits(untagged)} samples are without it</span>}
        <span class="grow" />
        <button
          type="button"
          class={`ctl${split ? ' on' : ''}`}
          aria-pressed={split}
          onClick={() =>
            go({
              set: { 'tags.key': k.key, 'tags.split': split ? undefined : k.key, 'tags.most': undefined },
            })
          }
        >
          Split by it
        </button>
        <button
          type="button"
          class="ctl"
          title="A frame for each value at the root"
          onClick={() => go({ view: 'flame', set: { tagroot: k.key } })}
        >
          Group the flame
        </button>
        <button
          type="button"
          class="ctl"
          title="Boxes by the value that most of them carries"
          onClick={() => go({ view: 'flame', set: { label: k.key, 'flame.colour': 'label' } })}
        >
          Colour the flame
        </button>
        <TableMenu table={table} />
      </header>
      {split ? (
        <Split k={k} v={v} most={most} />
      ) : (
        <Table
          id="tags"
          label={`Values of ${displayName(k.key)}`}
          count={k.values.length}
          columns={columns}
          data={columns}
          sort="-weight"
          handle={table}
          selected={k.filters.indexOf(param('tf'))}
          onAction={(row) => focusOn(k.filters[row]!)}
          onSelect={(row, by) => {
            if (by === 'pointer') focusOn(k.filters[row]!)
          }}
        />
      )}
    </div>
  )
}

/** Shows only samples with a value, or all again. */
function focusOn(filter: string): void {
  go({ set: { tf: param('tf') === filter ? undefined : filter } })
}

function Split({ k, v, most }: { readonly k: LabelColumn; readonly v: TagsAnswer; readonly most: number }) {
  return (
    <div class="scroll">
      <div class="tag-splits">
        {v.split.map((t) => (
          <SplitCard key={t.filter} t={t} v={v} />
        ))}
      </div>
      {v.split.length > 0 && v.split.length < k.values.length && (
        <button
          type="button"
          class="ctl q tag-splits-more"
          onClick={() => go({ set: { 'tags.most': String(most + 12) } }, { replace: true })}
        >
          {groupDigits(v.split.length)} of {groupDigits(k.values.length)} values; show more
        </button>
      )}
    </div>
  )
}

function SplitCard({ t, v }: { readonly t: SplitTable; readonly v: TagsAnswer }) {
  const largest = Math.abs(t.self[0] ?? 0)
  return (
    <section class="tag-split" aria-label={displayName(t.value).slice(0, 200)}>
      <header>
        <button
          type="button"
          class="link cut m"
          title="Only samples with it"
          onClick={() => focusOn(t.filter)}
        >
          {shortName(t.value)}
        </button>
        <span class="b">{valueText(t.total, v.unit)}</span>
        <span class="t3 xs">{shareText(t.total, v.whole)}</span>
      </header>
      {t.names.map((name, i) => (
        <button
          type="button"
          key={name}
          class={`tag-split-row${name === selected.value ? ' sel' : ''}${name === hovered.value ? ' same' : ''}`}
          onClick={() => go({ set: { sel: name } })}
          onPointerEnter={() => {
            hovered.value = name
          }}
          onPointerLeave={() => {
            hovered.value = ''
          }}
        >
          <i class={`dot org ${ORIGINS[t.origin[i]!] ?? ''}`} />
          <FunctionName name={name} />
          <span class="meter">
            <i class="tag-meter" style={{ width: `${portion(t.self[i]!, largest) * 100}%` }} />
          </span>
          <span class="num" title="Self">
            {valueText(t.self[i]!, v.unit)}
          </span>
          <span class="num t3 xs" title="Total">
            {valueText(t.cum[i]!, v.unit)}
          </span>
        </button>
      ))}
    </section>
  )
}
