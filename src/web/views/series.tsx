// Several profiles of one kind: which functions of the program grow from one to the next.

import { useMemo } from 'preact/hooks'
import { shareText, signedValueText, timeText, valueText } from '../../core/base/people-fmt.ts'
import type { SeriesAnswer } from '../../core/engine/workbench/questions/heap-series.ts'
import { go, param } from '../address.ts'
import { Chart } from '../parts/chart.tsx'
import { Banner, Choose, Facts, Sparkline, WithDetails } from '../parts/facts.tsx'
import { MomentStrip } from '../parts/moments.tsx'
import { displayName, FunctionName, shortName, typeWords } from '../parts/name.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { useAnswer } from '../session.ts'
import type { ViewProps } from './view.ts'

type Data = NonNullable<SeriesAnswer['data']>

export function View(_props: ViewProps) {
  const kind = param('series.kind')
  const type = param('series.type')
  const { value, error, progress } = useAnswer('heap-series', {
    ...(kind !== '' && { kind }),
    ...(type !== '' && { type }),
  })
  if (error !== undefined) return <Failed error={error} />
  if (value === undefined) return <Loading what="comparing profiles" {...(progress && { progress })} />
  if (value.data === undefined)
    return (
      <Empty
        title="One moment shows no growth"
        command="goscope capture --continuous 5m localhost:6060 -o growth"
      >
        With two or more profiles of one kind: which functions hold more from one to the next, and how fast.
      </Empty>
    )
  return <Series answer={value} data={value.data} />
}

function Series({ answer, data }: { readonly answer: SeriesAnswer; readonly data: Data }) {
  const { sites, type, times, totals } = data
  const text = (v: number): string => valueText(v, type.unit)
  const wanted = param('sel')
  const row = Math.max(
    0,
    sites.findIndex((s) => s.name === wanted),
  )
  const x = useMemo(() => Float64Array.from(times), [times])
  const when = (v: number): string =>
    data.timed ? (v === 0 ? '0' : timeText(v * 1e9)) : Number.isInteger(v) ? `profile ${v + 1}` : ''
  const tokens = ['line-c1', 'line-c2', 'line-c3', 'line-c4', 'line-c5', 'line-c6']
  const shown = sites.slice(0, 5).includes(sites[row]!)
    ? sites.slice(0, 5)
    : [...sites.slice(0, 4), sites[row]!]
  const columns = useMemo(
    (): Column[] => [
      {
        id: 'name',
        title: 'Your function',
        kind: 'name',
        width: 220,
        text: (r) => sites[r]!.name,
        cell: (r) => <FunctionName name={sites[r]!.name} />,
      },
      {
        id: 'gained',
        title: 'Gained',
        kind: 'number',
        width: 110,
        text: (r) => signedValueText(sites[r]!.gained, type.unit),
        value: (r) => sites[r]!.gained,
        cellClass: () => 'plus',
      },
      {
        id: 'rate',
        title: 'A second',
        kind: 'number',
        width: 110,
        text: (r) =>
          Number.isNaN(sites[r]!.perSecond)
            ? '–'
            : signedValueText(Math.round(sites[r]!.perSecond), type.unit),
        value: (r) => sites[r]!.perSecond,
      },
      {
        id: 'now',
        title: 'Newest',
        kind: 'number',
        width: 150,
        text: (r) => text(sites[r]!.weights.at(-1)!),
        value: (r) => sites[r]!.weights.at(-1)!,
        share: (r) => shareText(sites[r]!.share, 1),
      },
      {
        id: 'line',
        title: `${times.length} profiles`,
        width: 104,
        sortable: false,
        text: (r) => sites[r]!.weights.join(' '),
        cell: (r) => <Sparkline values={sites[r]!.weights} tone={sites[r]!.grows ? 'bad' : ''} />,
      },
      {
        id: 'verdict',
        title: '',
        width: 110,
        text: (r) => (sites[r]!.grows ? 'keeps growing' : 'levels out'),
      },
    ],
    [data],
  )
  const growing = sites.filter((s) => s.grows)
  return (
    <WithDetails side={<Details data={data} row={row} when={when} />}>
      <MomentStrip {...(data.from > 0 && { clock: 'unix', at: data.from })} />
      <div class="bar0">
        <Choose
          label="Kind of profile"
          set="series.kind"
          clear={['series.type']}
          value={data.kind}
          options={answer.choices.map((c) => [c.kind, `${c.profiles} ${c.kind} profiles`] as const)}
        />
        <Choose
          label="Sample type"
          set="series.type"
          value={data.type.type}
          options={(answer.choices.find((c) => c.kind === data.kind)?.types ?? []).map(
            (t) => [t, typeWords(t)] as const,
          )}
        />
        <span class="grow" />
        <span class="t3 xs">
          {data.files.length} {data.kind} profiles
          {data.timed ? ` in ${when(times.at(-1)!)}` : ', without times'}
        </span>
        {sites.length > 0 && data.files.length > 1 && (
          <button
            type="button"
            class="ctl"
            onClick={() =>
              go({
                view: 'flame',
                set: {
                  src: String(data.files.at(-1)!.file),
                  base: String(data.files[0]!.file),
                  si: data.type.type,
                },
              })
            }
          >
            First against last as flame graph
          </button>
        )}
      </div>
      {growing.length > 0 && (
        <Banner mark="warning">
          {growing.length === 1 ? 'One function keeps' : `${growing.length} functions keep`} growing and{' '}
          {growing.length === 1 ? 'is' : 'are'} not about to level out:{' '}
          {growing
            .slice(0, 3)
            .map((g) => displayName(g.name))
            .join(', ')}
          {Number.isNaN(growing[0]!.perSecond)
            ? ''
            : `, the first by ${text(Math.round(growing[0]!.perSecond))} a second`}
          .
        </Banner>
      )}
      <div class="charts">
        <Chart
          id="series.chart"
          title={`${capital(typeWords(data.type.type))}, by function`}
          x={x}
          xTitle={data.timed ? 'After the first' : 'Profile'}
          xText={when}
          yText={text}
          {...(type.unit === 'bytes' && { steps: 'bytes' as const })}
          least={[0, 1]}
          series={[
            { label: 'all', values: totals, kind: 'line', token: 'text-3', dash: true },
            ...shown
              .filter((s) => s !== undefined)
              .map((s, k) => ({
                label: shortName(s.name).split('/').at(-1)!.slice(0, 40),
                values: s.weights,
                kind: 'line' as const,
                token: tokens[k]!,
              })),
          ]}
          height={210}
        />
      </div>
      <div class="fill">
        <Table
          id="series.sites"
          label="Functions that grow"
          count={sites.length}
          columns={columns}
          data={data}
          sort="-gained"
          selected={sites.length > 0 ? row : -1}
          onSelect={(r, by) => go({ set: { sel: sites[r]!.name } }, { replace: by === 'key' })}
          empty="Nothing grew from the first profile to the last."
        />
        {data.left > 0 && <p class="t3 xs more-rows">{data.left} that grew less are not listed.</p>}
      </div>
    </WithDetails>
  )
}

const capital = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1)

function Details({
  data,
  row,
  when,
}: {
  readonly data: Data
  readonly row: number
  readonly when: (v: number) => string
}) {
  const site = data.sites[row]
  const text = (v: number): string => valueText(v, data.type.unit)
  return (
    <aside class="rt-side" aria-label="Function that grows">
      <div class="ph">
        <span class="b">
          {site === undefined ? 'Nothing grew' : site.grows ? 'Keeps growing' : 'Levels out'}
        </span>
      </div>
      <div class="scroll">
        {site !== undefined && (
          <section class="sec">
            <p class="m wrap-name">{displayName(site.name)}</p>
            <p class="big">
              {signedValueText(site.gained, data.type.unit)} <small>from the first to the last</small>
            </p>
            <Facts
              rows={[
                ...data.files.map(
                  (f, k) =>
                    [`${shortName(f.name)}, ${when(data.times[k]!)}`, text(site.weights[k]!)] as const,
                ),
                ['Of the newest profile', shareText(site.share, 1)],
              ]}
            />
          </section>
        )}
        <section class="sec">
          <div class="lab">Whole profiles</div>
          <Facts
            rows={data.files.map((f, k) => [
              <button
                type="button"
                class="link"
                key={f.file}
                onClick={() => go({ view: 'flame', set: { src: String(f.file), base: undefined } })}
              >
                {shortName(f.name)}
              </button>,
              text(data.totals[k]!),
            ])}
          />
        </section>
        {data.files.length === 2 && (
          <p class="t3 xs more-rows">
            Two profiles cannot tell growth that goes on from a step: three or more can.
          </p>
        )}
      </div>
    </aside>
  )
}
