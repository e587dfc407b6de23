// Results of benchmarks: distributions, and curves over processors and sizes.

import { useMemo } from 'preact/hooks'
import { ABSENT, bytesText, countText, groupDigits, shareText, timeText } from '../../core/base/people-fmt.ts'
import type {
  BenchAnswer,
  BenchCurve,
  BenchRow,
} from '../../core/engine/workbench/questions/bench-results.ts'
import { go, param } from '../address.ts'
import { Chart } from '../parts/chart.tsx'
import { Choose, Facts, numberIn, WithDetails } from '../parts/facts.tsx'
import { displayName, shortName } from '../parts/name.tsx'
import { QuickSearch } from '../parts/quick-search.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { useAnswer } from '../session.ts'
import type { ViewProps } from './view.ts'

type Page = 'results' | 'curves'

export function View(_props: ViewProps) {
  const { value, error, progress } = useAnswer('bench-results', {})
  if (error !== undefined) return <Failed error={error} />
  if (value === undefined) return <Loading what="reading benchmarks" {...(progress && { progress })} />
  if (value.rows.length === 0)
    return (
      <Empty title="No results of benchmarks" command="go test -bench . -count 10 -cpu 1,2,4 | tee bench.txt">
        How results spread, and how they scale with processors and sizes.
      </Empty>
    )
  return <Bench answer={value} />
}

/** A value in the unit of go test -bench. */
function unitText(unit: string, v: number): string {
  if (Number.isNaN(v)) return ABSENT
  if (unit === 'ns/op') return v === 0 ? '0' : timeText(v)
  if (unit === 'B/op') return bytesText(Math.round(v))
  const number = countText(Number.isInteger(v) ? v : Number(v.toPrecision(3)))
  return unit === 'allocs/op' ? number : `${number}\u202f${unit}`
}

/** A spread that hides what one wants to see. */
const WIDE = 0.05

function Bench({ answer }: { readonly answer: BenchAnswer }) {
  const { rows, units, files, curves } = answer
  const page = (param('bench.page') || 'results') as Page
  const unit = Math.max(0, units.indexOf(param('bench.unit') || units[0]!))
  const q = param('q').toLowerCase()
  const shown = useMemo(
    () => Uint32Array.from(rows.keys()).filter((r) => nameOf(rows[r]!).toLowerCase().includes(q)),
    [rows, q],
  )
  const row = numberIn(param('bench.row')) ?? 0
  const at = rows[row] === undefined ? 0 : row
  const curve = numberIn(param('bench.curve')) ?? 0
  const unitName = units[unit]!
  const columns = useMemo(
    (): Column[] => [
      {
        id: 'name',
        title: 'Benchmark',
        kind: 'name',
        width: 220,
        text: (r) => nameOf(rows[r]!),
        cell: (r) => <span class="m cut">{displayName(nameOf(rows[r]!))}</span>,
      },
      ...(files.length > 1
        ? [
            {
              id: 'file',
              title: 'File',
              width: 140,
              text: (r: number) => shortName(files.find((f) => f.file === rows[r]!.file)?.name ?? ''),
            },
          ]
        : []),
      ...units.map(
        (u, k): Column => ({
          id: `u${k}`,
          title: u,
          kind: 'number',
          width: 110,
          text: (r) => unitText(u, rows[r]!.medians[k]!),
          value: (r) => rows[r]!.medians[k]!,
          ...(k > 2 && { from: 700 + k * 100 }),
        }),
      ),
      {
        id: 'runs',
        title: 'Runs',
        kind: 'number',
        width: 60,
        text: (r) => groupDigits(rows[r]!.values[unit]!.length),
        value: (r) => rows[r]!.values[unit]!.length,
      },
      {
        id: 'spread',
        title: '± middle half',
        hint: 'How far the middle half of the runs spreads, of the median',
        kind: 'number',
        width: 100,
        text: (r) => (rows[r]!.values[unit]!.length < 2 ? ABSENT : shareText(rows[r]!.spread[unit]!, 1)),
        value: (r) => rows[r]!.spread[unit]!,
        cellClass: (r) => (rows[r]!.spread[unit]! > WIDE ? 'plus' : ''),
      },
      {
        id: 'dots',
        title: `Runs, ${unitName}`,
        width: 190,
        from: 640,
        sortable: false,
        text: () => '',
        cell: (r) => <Dots values={rows[r]!.values[unit]!} />,
      },
    ],
    [answer, unit],
  )
  return (
    <WithDetails side={<Details answer={answer} row={rows[at]!} />}>
      <div class="bar0">
        <QuickSearch label="Benchmark" />
        <Segmented<Page>
          label="What is shown"
          value={page}
          onChoose={(id) => go({ set: { 'bench.page': id === 'results' ? undefined : id } })}
          choices={[
            { id: 'results', title: `Results ${groupDigits(rows.length)}` },
            { id: 'curves', title: `Scaling ${groupDigits(curves.length)}`, disabled: curves.length === 0 },
          ]}
        />
        <span class="grow" />
        <Choose label="Unit" set="bench.unit" value={unitName} options={units.map((u) => [u, u] as const)} />
      </div>
      {page === 'curves' && curves.length > 0 ? (
        <Curves answer={answer} at={curve} q={q} />
      ) : (
        <div class="fill">
          <Table
            id="bench.t"
            label="Benchmarks"
            count={rows.length}
            rows={shown}
            columns={columns}
            data={answer}
            selected={at}
            onSelect={(r, by) => go({ set: { 'bench.row': String(r) } }, { replace: by === 'key' })}
            empty="No benchmark is called that."
          />
        </div>
      )}
    </WithDetails>
  )
}

function nameOf({ pkg, name, procs }: BenchRow): string {
  return `${pkg === '' ? '' : `${pkg.split('/').at(-1)}.`}${name}${procs > 1 ? `-${procs}` : ''}`
}

/** Runs as points between the least and the most, the median as a line. */
function Dots({ values }: { readonly values: readonly number[] }) {
  if (values.length < 2) return <span class="t3 xs">one run shows no spread</span>
  const low = Math.min(...values)
  const high = Math.max(...values)
  const middle = [...values].sort((a, b) => a - b)[values.length >> 1]!
  // At least a few percent wide, so that tight results look tight.
  const span = Math.max(high - low, middle * 0.06)
  const from = (high + low) / 2 - span / 2
  const place = (v: number): number => 6 + ((v - from) / span) * 158
  return (
    <svg class="dots" viewBox="0 0 170 18" width="170" height="18" aria-hidden="true">
      <line x1={place(middle)} x2={place(middle)} y1="2" y2="16" />
      {values.map((v, k) => (
        <circle key={k} cx={place(v)} cy={6 + ((k * 7) % 8)} r="2.2" />
      ))}
    </svg>
  )
}

function Curves({
  answer,
  at,
  q,
}: {
  readonly answer: BenchAnswer
  readonly at: number
  readonly q: string
}) {
  const { curves, rows } = answer
  const listed = useMemo(
    () => Uint32Array.from(curves.keys()).filter((k) => curves[k]!.name.toLowerCase().includes(q)),
    [curves, q],
  )
  const shown = curves[at] ?? curves[0]
  const columns: Column[] = [
    {
      id: 'name',
      title: 'Benchmark',
      kind: 'name',
      width: 220,
      text: (r) => curves[r]!.name,
      cell: (r) => <span class="m cut">{displayName(curves[r]!.name)}</span>,
    },
    {
      id: 'over',
      title: 'Over',
      width: 150,
      text: (r) => (curves[r]!.over === 'size' ? `size ${displayName(curves[r]!.variable)}` : 'processors'),
    },
    {
      id: 'points',
      title: 'Points',
      kind: 'number',
      width: 70,
      text: (r) => String(curves[r]!.x.length),
      value: (r) => curves[r]!.x.length,
    },
    {
      id: 'result',
      title: 'Scales',
      width: 260,
      text: (r) => curveWords(curves[r]!),
    },
  ]
  if (shown === undefined) return <Empty title="No curve is called that" />
  const procs = shown.over === 'processors'
  const x = Float64Array.from(shown.x, (v) => (procs ? v : Math.log2(v)))
  const ideal = procs ? shown.x.map((v) => v / shown.x[0]!) : []
  return (
    <div class="fill">
      <div class="charts">
        <Chart
          id="bench.curve"
          title={displayName(shown.name)}
          note={procs ? '' : 'both axes logarithmic'}
          x={x}
          xTitle={procs ? 'GOMAXPROCS' : displayName(shown.variable || 'size')}
          xText={(v) => (procs ? (Number.isInteger(v) ? String(v) : '') : countText(Math.round(2 ** v)))}
          yText={(v) => (procs ? `${Number(v.toPrecision(3))}×` : timeText(v))}
          {...(procs ? { least: [0, 1] as const } : { log: true })}
          series={
            procs
              ? [
                  {
                    label: 'faster than with the fewest',
                    values: shown.speedup,
                    kind: 'line',
                    token: 'line-c1',
                  },
                  { label: 'runs', values: shown.speedup, kind: 'points', token: 'line-c1', silent: true },
                  { label: 'ideal', values: ideal, kind: 'line', token: 'text-3', dash: true },
                ]
              : [
                  { label: 'time of one operation', values: shown.ns, kind: 'line', token: 'line-c1' },
                  { label: 'points', values: shown.ns, kind: 'points', token: 'line-c1', silent: true },
                ]
          }
          xAt={[...x]}
          height={260}
        />
      </div>
      <Table
        id="bench.curves"
        label="Scaling"
        count={curves.length}
        rows={listed}
        columns={columns}
        data={curves}
        selected={curves.indexOf(shown)}
        onSelect={(r, by) =>
          go(
            {
              set: {
                'bench.curve': String(r),
                // The details are of the first of its benchmarks.
                'bench.row': String(
                  Math.max(
                    0,
                    rows.findIndex((x) => x.curve === r),
                  ),
                ),
              },
            },
            { replace: by === 'key' },
          )
        }
      />
    </div>
  )
}

function curveWords(c: BenchCurve): string {
  if (c.over === 'processors')
    return `${Number(c.speedup.at(-1)!.toPrecision(3))}× with ${c.x.at(-1)}, ${shareText(c.efficiency.at(-1)!, 1)} of ideal`
  const p = c.power
  const words =
    p < 0.15
      ? 'constant'
      : p < 0.85
        ? 'less than linear'
        : p < 1.15
          ? 'linear'
          : p < 1.8
            ? 'more than linear'
            : 'quadratic or worse'
  return `${words}: time ~ n^${p.toFixed(2)}`
}

function Details({ answer, row }: { readonly answer: BenchAnswer; readonly row: BenchRow }) {
  const { units, files, curves } = answer
  const c = curves[row.curve]
  return (
    <aside class="rt-side" aria-label="Benchmark">
      <div class="ph">
        <span class="b cut">{displayName(row.name)}</span>
      </div>
      <div class="scroll">
        <section class="sec">
          <p class="big">
            {unitText(units[0]!, row.medians[0]!)}{' '}
            <small>{units[0] === 'ns/op' ? 'an operation, median' : `${units[0]}, median`}</small>
          </p>
          <Facts
            rows={[
              ['Package', displayName(row.pkg) || ABSENT],
              ['GOMAXPROCS', String(row.procs)],
              ['File', shortName(files.find((f) => f.file === row.file)?.name ?? '')],
              ...(c === undefined ? [] : [['Scales', curveWords(c)] as const]),
            ]}
          />
        </section>
        {units.map((u, k) => {
          const values = row.values[k]!
          if (values.length === 0) return null
          return (
            <section class="sec" key={u}>
              <div class="lab">
                <span>{u}</span>
                <span>{values.length} runs</span>
              </div>
              <Dots values={values} />
              <Facts
                rows={[
                  ['Median', unitText(u, row.medians[k]!)],
                  ['Least, most', `${unitText(u, Math.min(...values))}, ${unitText(u, Math.max(...values))}`],
                ]}
              />
            </section>
          )
        })}
      </div>
    </aside>
  )
}
