// What the profiles are: raw facts, problems, and all of it as text.

import { Fragment } from 'preact'
import { useMemo } from 'preact/hooks'
import { hexInt } from '../../core/base/int64.ts'
import { bytesText, groupDigits, timeText, valueText } from '../../core/base/people-fmt.ts'
import type { ProfileFacts } from '../../core/engine/workbench/questions/profile-facts.ts'
import { go, param } from '../address.ts'
import { FilterBox, useFilter } from '../parts/filter-box.tsx'
import { Icon, SeverityMark } from '../parts/icons.tsx'
import { displayName } from '../parts/name.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type Column, Table, useTable } from '../parts/table.tsx'
import { TableMenu } from '../parts/table-menu.tsx'
import { useAnswer } from '../session.ts'
import { profileQuery } from '../state.ts'
import type { ViewProps } from './view.ts'

export function View(_props: ViewProps) {
  const query = profileQuery.value
  const raw = param('facts.raw')
  const files = query === undefined ? [] : [...query.of, ...(query.base ?? [])]
  const { value, error, progress } = useAnswer(
    'profile-facts',
    query && { files, ...(/^\d+$/.test(raw) && { raw: Number(raw) }) },
  )
  if (error !== undefined) return <Failed error={error} />
  if (value === undefined) return <Loading what="reading" {...(progress && { progress })} />
  const shown = value.find((f) => String(f.id) === raw && f.raw !== undefined)
  if (shown !== undefined) return <Raw f={shown} lines={shown.raw!} />
  if (value.length === 0) return <Empty title="No profile is chosen" />
  return (
    <div class="scroll">
      {value.map((f) => (
        <Facts key={f.id} f={f} base={query?.base?.includes(f.id) ?? false} />
      ))}
    </div>
  )
}

function Facts({ f, base }: { readonly f: ProfileFacts; readonly base: boolean }) {
  const pairs: [string, string][] = [
    ['Format', f.format],
    ['Kind', f.kind === 'other' ? 'of no kind that Go writes' : f.kind],
    [
      'Size',
      f.bytes === 0
        ? 'made here'
        : `${bytesText(f.storedBytes)}${f.storedBytes === f.bytes ? '' : `, unpacked ${bytesText(f.bytes)}`}`,
    ],
    [
      'Taken',
      f.timeNanos === 0
        ? 'unknown'
        : `${new Date(Number(f.timeNanos) / 1e6).toISOString().replace('T', ' ').slice(0, 19)} UTC`,
    ],
    ['Covers', f.durationNanos === 0 ? 'unknown' : timeText(f.durationNanos)],
    [
      'Period',
      f.period === 0
        ? 'unknown'
        : `${valueText(f.period, f.periodType.unit)}${f.periodType.type === '' ? '' : ` of ${displayName(f.periodType.type)}`}`,
    ],
    ['Go', f.goVersion === '' ? 'unknown' : displayName(f.goVersion)],
    ['Samples', groupDigits(f.samples)],
    [
      'Depth of stacks',
      f.depth === undefined
        ? 'no stacks'
        : `${groupDigits(f.depth.min)} to ${groupDigits(f.depth.max)}, median ${groupDigits(f.depth.median)}`,
    ],
    ['Functions', `${groupDigits(f.functions)} in ${groupDigits(f.files)} files`],
    ['Locations', groupDigits(f.locations)],
    ['Texts', groupDigits(f.strings)],
  ]
  if (f.dropFrames !== '') pairs.push(['Drops frames', displayName(f.dropFrames)])
  if (f.keepFrames !== '') pairs.push(['Keeps frames', displayName(f.keepFrames)])
  if (f.docUrl !== '') pairs.push(['Documentation', displayName(f.docUrl)])
  return (
    <article class="facts" aria-label={displayName(f.name)}>
      <header class="row">
        <h2 class="b m">{displayName(f.name)}</h2>
        {base && <span class="chip">taken away</span>}
        <span class="grow" />
        <button type="button" class="ctl" onClick={() => go({ set: { 'facts.raw': String(f.id) } })}>
          <Icon name="file" /> Show raw
        </button>
      </header>
      {(f.findings.length > 0 || f.problems.length > 0) && (
        <ul class="facts-findings">
          {f.problems.map((p) => (
            <li key={p.message}>
              <SeverityMark mark="warning" />
              <span>
                {displayName(p.message)}
                {p.offset >= 0 && <span class="t3"> at byte {groupDigits(p.offset)}</span>}
                {p.count > 1 && <span class="t3"> × {groupDigits(p.count)}</span>}
              </span>
            </li>
          ))}
          {f.findings.map((x) => (
            <li key={x.message}>
              <SeverityMark mark={x.level} />
              <span>
                {displayName(x.message)}
                {x.remedy !== '' && <span class="t2">. {displayName(x.remedy)}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
      <div class="facts-columns">
        <section>
          <h3 class="h3">Profile</h3>
          <dl class="facts-list">
            {pairs.map(([k, v]) => (
              <Fragment key={k}>
                <dt>{k}</dt>
                <dd>{v}</dd>
              </Fragment>
            ))}
          </dl>
        </section>
        <section>
          <h3 class="h3">Sample types</h3>
          <Small
            head={['Type', 'Unit', 'Total', 'Samples']}
            rows={f.sampleTypes.map((t) => [
              `${displayName(t.type)}${t.isDefault ? ' (shown first)' : ''}`,
              displayName(t.unit),
              valueText(t.total, t.unit),
              groupDigits(t.samples),
            ])}
          />
          <h3 class="h3">Labels</h3>
          {f.labels.length === 0 ? (
            <p class="t2 sm">none</p>
          ) : (
            <Small
              head={['Key', 'Unit', 'Values', 'Samples']}
              rows={f.labels.map((l) => [
                displayName(l.key).slice(0, 200),
                l.numericUnit === undefined
                  ? 'text'
                  : l.numericUnit === ''
                    ? 'number'
                    : displayName(l.numericUnit),
                groupDigits(l.values),
                groupDigits(l.samples),
              ])}
            />
          )}
          {f.comments.length > 0 && (
            <>
              <h3 class="h3">Comments</h3>
              <ul class="facts-comments">
                {f.comments.map((c) => (
                  <li key={c}>{displayName(c).slice(0, 4000)}</li>
                ))}
              </ul>
            </>
          )}
        </section>
        <section class="wide">
          <h3 class="h3">Binaries</h3>
          {f.mappings.length === 0 ? (
            <p class="t2 sm">none</p>
          ) : (
            <Small
              head={['File', 'Build id', 'Addresses', 'Locations', 'With names']}
              rows={f.mappings.map((m) => [
                displayName(m.file).slice(0, 400) || '–',
                displayName(m.buildId).slice(0, 400) || '–',
                m.start === 0 && m.limit === 0 ? '–' : `${hexInt(m.start)}–${hexInt(m.limit)}`,
                groupDigits(m.locations),
                groupDigits(m.named),
              ])}
            />
          )}
        </section>
      </div>
    </article>
  )
}

/** A table of few rows, whose numbers are the last two columns. */
function Small({
  head,
  rows,
}: {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}) {
  const num = (i: number): string => (i >= head.length - 2 ? 'num' : '')
  return (
    <table class="facts-table">
      <thead>
        <tr>
          {head.map((h, i) => (
            <th key={h} class={num(i)}>
              {h}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((r) => (
          <tr key={r.join('\0')}>
            {r.map((c, i) => (
              <td key={head[i]} class={num(i)} title={c}>
                {c}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Raw({ f, lines }: { readonly f: ProfileFacts; readonly lines: readonly string[] }) {
  const table = useTable()
  const filter = useFilter('facts.q', lines.length, (row) => lines[row]!, lines)
  const columns = useMemo(
    (): Column[] => [
      {
        id: 'line',
        title: displayName(f.name),
        kind: 'name',
        width: 400,
        sortable: false,
        text: (row) => displayName(lines[row]!.replaceAll('\t', '    ')),
        cell: (row) => (
          <code class="raw-line">{displayName(lines[row]!.slice(0, 4000).replaceAll('\t', '    '))}</code>
        ),
      },
    ],
    [lines],
  )
  return (
    <>
      <div class="bar0">
        <button type="button" class="ctl" onClick={() => go({ set: { 'facts.raw': undefined } })}>
          Back to the facts
        </button>
        <FilterBox filter={filter} what="lines" />
        <TableMenu table={table} />
      </div>
      <Table
        id="facts"
        label="The profile as text"
        count={lines.length}
        columns={columns}
        data={columns}
        rows={filter.rows}
        handle={table}
        ordered
        empty={<Empty title="Nothing found">No line matches.</Empty>}
      />
    </>
  )
}
