// A heap dump: what holds what (treemap of dominators), types, and the way to every object.

import { useMemo } from 'preact/hooks'
import { ABSENT, bytesText, countText, groupDigits, shareText } from '../../core/base/people-fmt.ts'
import type { HeapDumpAnswer } from '../../core/engine/workbench/questions/heap-dump.ts'
import type { HeapNode } from '../../core/engine/workbench/questions/heap-node.ts'
import { go, param } from '../address.ts'
import { Banner, Choose, Facts, numberIn, Tile, WithDetails } from '../parts/facts.tsx'
import { MomentStrip } from '../parts/moments.tsx'
import { displayName, FunctionName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { StackFrames } from '../parts/stack-frames.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Treemap } from '../parts/treemap.tsx'
import { useAnswer } from '../session.ts'
import type { ViewProps } from './view.ts'

type Data = NonNullable<HeapDumpAnswer['data']>
type Page = 'map' | 'holders' | 'types' | 'containers' | 'goroutines' | 'finalizers'

export function View(_props: ViewProps) {
  const file = numberIn(param('heapdump.file'))
  const { value, error, progress } = useAnswer('heap-dump', { ...(file !== undefined && { file }) })
  if (error !== undefined) return <Failed error={error} title="This heap dump cannot be read" />
  if (value === undefined) return <Loading what="reading the heap dump" {...(progress && { progress })} />
  if (value.data === undefined)
    return (
      <Empty title="No heap dump" command="goscope open heapdump.bin">
        A program writes one with debug.WriteHeapDump(f.Fd()): types, what holds what, and the way to every
        object.
      </Empty>
    )
  return <Heap answer={value} data={value.data} />
}

const selectNode = (node: number, by: 'pointer' | 'key' = 'pointer'): void =>
  go({ set: { 'heapdump.node': String(node) } }, { replace: by === 'key' })

function Heap({ answer, data }: { readonly answer: HeapDumpAnswer; readonly data: Data }) {
  const { report: r } = data
  const page = (param('heapdump.page') || 'map') as Page
  const node = numberIn(param('heapdump.node')) ?? r.tree[0]?.node ?? data.top
  return (
    <WithDetails side={<Details file={answer.file} node={node} live={data.live.bytes} />}>
      <MomentStrip />
      <div class="bar0">
        <Segmented<Page>
          label="What is shown"
          value={page}
          onChoose={(id) => go({ set: { 'heapdump.page': id === 'map' ? undefined : id } })}
          choices={[
            { id: 'map', title: 'Map' },
            { id: 'holders', title: 'Holders' },
            { id: 'types', title: `Types ${groupDigits(r.typeCount)}` },
            { id: 'containers', title: 'Containers' },
            { id: 'goroutines', title: 'Goroutines' },
            { id: 'finalizers', title: `Finalizers ${groupDigits(r.finalizerCount)}` },
          ]}
        />
        <span class="grow" />
        <span class="t3 xs cut">{displayName(data.version)}</span>
        <Choose
          label="Heap dump"
          set="heapdump.file"
          clear={['heapdump.node', 'heapdump.root', 'heapdump.type']}
          value={String(answer.file)}
          options={answer.files.map((f) => [String(f.file), f.name] as const)}
        />
      </div>
      <div class="strip">
        <Tile
          value={bytesText(data.live.bytes)}
          of="held"
          words={`${groupDigits(data.live.objects)} objects`}
        />
        <Tile
          value={bytesText(data.dead.bytes)}
          of="garbage"
          words={`${groupDigits(data.dead.objects)} objects that nothing holds`}
        />
        <Tile
          value={bytesText(data.guessed.bytes)}
          of="perhaps held"
          words="only words of stacks lead to them"
        />
        <Tile
          value={bytesText(data.forFinalizers.bytes)}
          of="for finalizers"
          words="kept until these have run"
        />
        <Tile value={groupDigits(r.typeCount)} of="kinds" words="of objects" />
        <Tile
          value={groupDigits(r.finalizerCount)}
          of="finalizers"
          words={`${r.finalizerGroups} functions`}
        />
      </div>
      {data.remarks.slice(0, 2).map((m) => (
        <Banner mark="warning" key={m}>
          {displayName(m)}
        </Banner>
      ))}
      {page === 'map' ? (
        <MapPage file={answer.file} data={data} node={node} />
      ) : page === 'holders' ? (
        <Holders data={data} node={node} />
      ) : page === 'types' ? (
        <Types file={answer.file} data={data} node={node} />
      ) : page === 'containers' ? (
        <Containers data={data} node={node} />
      ) : page === 'goroutines' ? (
        <Goroutines data={data} />
      ) : (
        <Finalizers data={data} />
      )}
    </WithDetails>
  )
}

function MapPage({
  file,
  data,
  node,
}: {
  readonly file: number
  readonly data: Data
  readonly node: number
}) {
  const root = numberIn(param('heapdump.root'))
  const {
    value: tree,
    error,
    progress,
  } = useAnswer('heap-tree', { file, ...(root !== undefined && { node: root }) })
  if (error !== undefined) return <Failed error={error} />
  if (tree === undefined) return <Loading what="laying out" {...(progress && { progress })} />
  const zoom = (to: number): void =>
    go({ set: { 'heapdump.root': to === data.top ? undefined : String(to), 'heapdump.node': String(to) } })
  return (
    <div class="fill">
      <nav class="heap-crumbs" aria-label="Where in the dominator tree">
        {tree.above.map((a) => (
          <span key={a.node}>
            <button type="button" class="link cut" onClick={() => zoom(a.node)}>
              {displayName(a.name)}
            </button>
            <span class="t3"> › </span>
          </span>
        ))}
        <b class="cut">{displayName(tree.names[0]!)}</b>
        <span class="t2">{bytesText(tree.retained[0]!)}</span>
        <span class="grow" />
        {(
          [
            ['org-main', 'variable'],
            ['org-sched', 'goroutine'],
            ['org-std', 'frame'],
            ['org-runtime', 'object'],
          ] as const
        ).map(([token, title]) => (
          <span class="lg" key={token}>
            <i class="k-area" style={{ '--k': `var(--${token})` }} />
            {title}
          </span>
        ))}
        <span class="t3 xs">double click goes in</span>
      </nav>
      <Treemap tree={tree} selected={node} onSelect={selectNode} onZoom={zoom} />
    </div>
  )
}

const bytes = (id: string, title: string, of: (r: number) => number, whole = 0): Column => ({
  id,
  title,
  kind: 'number',
  width: whole > 0 ? 190 : 110,
  text: (r) => (Number.isNaN(of(r)) ? ABSENT : bytesText(of(r))),
  value: of,
  ...(whole > 0 && { share: (r: number) => shareText(of(r), whole), bar: (r: number) => of(r) / whole }),
})
const count = (id: string, title: string, of: (r: number) => number): Column => ({
  id,
  title,
  kind: 'number',
  width: 96,
  text: (r) => groupDigits(of(r)),
  value: of,
})

function Holders({ data, node }: { readonly data: Data; readonly node: number }) {
  const { tree, treeCount } = data.report
  const columns = useMemo(
    (): Column[] => [
      {
        id: 'name',
        title: 'Holder, or what several hold together',
        kind: 'name',
        width: 220,
        text: (r) => tree[r]!.place.name,
        cell: (r) => <span class="cut m">{displayName(tree[r]!.place.name)}</span>,
      },
      { id: 'detail', title: 'What', width: 180, text: (r) => displayName(tree[r]!.place.detail) },
      count('count', 'Count', (r) => tree[r]!.count),
      bytes('retained', 'Retained', (r) => tree[r]!.retained, data.live.bytes),
      bytes('shallow', 'Itself', (r) => tree[r]!.shallow),
      {
        id: 'inside',
        title: 'Most of it is in',
        width: 220,
        from: 900,
        text: (r) =>
          tree[r]!.inside.map((i) => `${displayName(i.place.name)}${i.times > 1 ? ` ×${i.times}` : ''}`).join(
            ' › ',
          ),
      },
      { id: 'sure', title: '', width: 80, text: (r) => (tree[r]!.uncertain ? 'perhaps' : '') },
    ],
    [data],
  )
  return (
    <div class="fill">
      <Table
        id="heapdump.holders"
        label="Holders"
        count={tree.length}
        columns={columns}
        data={data}
        sort="-retained"
        selected={tree.findIndex((t) => t.node === node)}
        onSelect={(r, by) => selectNode(tree[r]!.node, by)}
      />
      {treeCount > tree.length && (
        <p class="t3 xs more-rows">
          The first {groupDigits(tree.length)} of {groupDigits(treeCount)}.
        </p>
      )}
    </div>
  )
}

function Types({ file, data, node }: { readonly file: number; readonly data: Data; readonly node: number }) {
  const { types, typeCount } = data.report
  const wanted = numberIn(param('heapdump.type'))
  const type = wanted ?? data.typeIds[0] ?? -1
  const objects = useAnswer('heap-objects', type < 0 ? undefined : { file, type })
  const columns = useMemo(
    (): Column[] => [
      {
        id: 'name',
        title: 'Type, or size and words that are pointers',
        kind: 'name',
        width: 220,
        text: (r) => types[r]!.name,
        cell: (r) => <span class="cut m">{displayName(types[r]!.name)}</span>,
      },
      count('objects', 'Objects', (r) => types[r]!.objects),
      bytes('bytes', 'Bytes', (r) => types[r]!.bytes, data.live.bytes),
      bytes('retained', 'Retained', (r) => types[r]!.retained),
      count('dead', 'Garbage', (r) => types[r]!.deadObjects),
      bytes('deadBytes', 'Garbage, bytes', (r) => types[r]!.deadBytes),
    ],
    [data],
  )
  const v = objects.value
  const rowColumns = useMemo(
    (): Column[] =>
      v === undefined
        ? []
        : [
            {
              id: 'address',
              title: 'Object',
              kind: 'name',
              width: 160,
              text: (r) => v.addresses[r]!,
              cell: (r) => <code>{v.addresses[r]}</code>,
            },
            bytes('retained', 'Retained', (r) => v.retained[r]!),
            bytes('shallow', 'Itself', (r) => v.shallow[r]!),
          ],
    [v],
  )
  return (
    <div class="fill">
      <Table
        id="heapdump.types"
        label="Types"
        count={types.length}
        columns={columns}
        data={data}
        sort="-bytes"
        selected={data.typeIds.indexOf(type)}
        onSelect={(r, by) =>
          go({ set: { 'heapdump.type': String(data.typeIds[r]) } }, { replace: by === 'key' })
        }
      />
      {typeCount > types.length && (
        <p class="t3 xs more-rows">
          The first {groupDigits(types.length)} of {groupDigits(typeCount)}.
        </p>
      )}
      {v !== undefined && (
        <div class="below">
          <div class="ph">
            <span class="b">Objects of this type that hold most</span>
            <span>
              {v.count > v.node.length
                ? `the first ${groupDigits(v.node.length)} of ${groupDigits(v.count)}`
                : groupDigits(v.count)}
            </span>
          </div>
          <div class="fill">
            <Table
              id="heapdump.objects"
              label="Objects"
              count={v.node.length}
              columns={rowColumns}
              data={v}
              sort="-retained"
              selected={v.node.indexOf(node)}
              onSelect={(r, by) => selectNode(v.node[r]!, by)}
            />
          </div>
        </div>
      )}
    </div>
  )
}

function Containers({ data, node }: { readonly data: Data; readonly node: number }) {
  const { containers } = data.report
  const columns = useMemo(
    (): Column[] => [
      {
        id: 'name',
        title: 'Object that gathers much',
        kind: 'name',
        width: 220,
        text: (r) => containers[r]!.place.name,
        cell: (r) => <span class="cut m">{displayName(containers[r]!.place.name)}</span>,
      },
      { id: 'address', title: 'Address', width: 130, text: (r) => containers[r]!.place.detail },
      bytes('retained', 'Retained', (r) => containers[r]!.retained, data.live.bytes),
      bytes('shallow', 'Itself', (r) => containers[r]!.shallow),
      count('references', 'Pointers', (r) => containers[r]!.references),
      count('children', 'Holds alone', (r) => containers[r]!.children),
      {
        id: 'from',
        title: 'Held by',
        width: 200,
        from: 900,
        text: (r) => displayName(containers[r]!.way[0]?.place.name ?? ''),
      },
    ],
    [data],
  )
  return (
    <div class="fill">
      <Table
        id="heapdump.containers"
        label="Containers"
        count={containers.length}
        columns={columns}
        data={data}
        sort="-retained"
        selected={containers.findIndex((c) => c.node === node)}
        onSelect={(r, by) => selectNode(containers[r]!.node, by)}
        empty="No object gathers much through many others."
      />
    </div>
  )
}

function Goroutines({ data }: { readonly data: Data }) {
  const { goroutines: g } = data.report
  const columns = useMemo(
    (): Column[] => [
      count('count', 'Count', (r) => g[r]!.count),
      { id: 'state', title: 'State', width: 150, text: (r) => displayName(g[r]!.state) },
      {
        id: 'name',
        title: 'Started with',
        kind: 'name',
        width: 220,
        text: (r) => g[r]!.name,
        cell: (r) => <FunctionName name={g[r]!.name} />,
      },
      bytes('retained', 'Retained', (r) => g[r]!.retained, data.live.bytes),
      bytes('stack', 'Stacks in use', (r) => g[r]!.stack),
    ],
    [data],
  )
  return (
    <div class="fill">
      <Table
        id="heapdump.goroutines"
        label="Goroutines"
        count={g.length}
        columns={columns}
        data={data}
        sort="-retained"
      />
    </div>
  )
}

function Finalizers({ data }: { readonly data: Data }) {
  const { finalizers: f } = data.report
  const columns = useMemo(
    (): Column[] => [
      {
        id: 'fn',
        title: 'Finalizer',
        kind: 'name',
        width: 220,
        text: (r) => f[r]!.fn,
        cell: (r) => <FunctionName name={f[r]!.fn} />,
      },
      { id: 'type', title: 'Of', width: 220, text: (r) => displayName(f[r]!.type) },
      count('count', 'Objects', (r) => f[r]!.count),
      count('queued', 'About to run', (r) => f[r]!.queued),
      bytes('retained', 'Retained', (r) => f[r]!.retained),
    ],
    [data],
  )
  return (
    <div class="fill">
      <Table
        id="heapdump.finalizers"
        label="Finalizers"
        count={f.length}
        columns={columns}
        data={data}
        sort="-retained"
        empty="No object has a finalizer."
      />
    </div>
  )
}

function Details({
  file,
  node,
  live,
}: {
  readonly file: number
  readonly node: number
  readonly live: number
}) {
  const { value: n, error } = useAnswer('heap-node', { file, node })
  if (error !== undefined)
    return (
      <aside class="rt-side">
        <Failed error={error} />
      </aside>
    )
  return (
    <aside class="rt-side" aria-label="Object">
      <div class="ph">
        <span class="b">
          {n === undefined ? '' : n.place.kind === 'top' ? 'The heap' : capital(n.place.kind)}
        </span>
        <span class="cut">{n === undefined ? '' : displayName(n.place.detail)}</span>
      </div>
      {n !== undefined && (
        <div class="scroll">
          <section class="sec">
            <p class="m wrap-name">{displayName(n.place.name)}</p>
            <p class="big">
              {bytesText(n.retained)} <small>retained, {shareText(n.retained, live)} of what is held</small>
            </p>
            <Facts
              rows={[
                ['Itself', bytesText(n.shallow)],
                ['Holds alone', `${groupDigits(n.childCount)} ${n.childCount === 1 ? 'node' : 'nodes'}`],
                ['Pointers to objects', groupDigits(n.references)],
              ]}
            />
          </section>
          <Way n={n} />
          {n.dominators.length > 0 && (
            <section class="sec">
              <div class="lab">Without one of these it would be free</div>
              {n.dominators.slice(-12).map((d) => (
                <NodeLine key={d.node} name={d.place.name} detail={bytesText(d.retained)} node={d.node} />
              ))}
            </section>
          )}
          {n.children.length > 0 && (
            <section class="sec">
              <div class="lab">
                <span>Held by it alone</span>
                <span>{groupDigits(n.childCount)}</span>
              </div>
              {n.children.slice(0, 20).map((d) => (
                <NodeLine key={d.node} name={d.place.name} detail={bytesText(d.retained)} node={d.node} />
              ))}
              {n.childCount > 20 && <p class="t3 xs">and {countText(n.childCount - 20)} smaller ones</p>}
            </section>
          )}
          {n.allocatedBy.length > 0 && (
            <section class="sec">
              <div class="lab">Allocated by (one of the sampled objects)</div>
              <StackFrames
                frames={n.allocatedBy.map((f) => ({ ...f, origin: f.name.startsWith('main.') ? 0 : 3 }))}
              />
            </section>
          )}
        </div>
      )}
    </aside>
  )
}

const capital = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1)

function Way({ n }: { readonly n: HeapNode }) {
  if (n.place.kind === 'top') return null
  return (
    <section class="sec">
      <div class="lab">
        <span>{n.way.length === 0 ? 'Nothing holds it: garbage' : 'Shortest way from a root'}</span>
        <span>{n.way.length > 0 && `${n.way.length} steps`}</span>
      </div>
      <ol class="way">
        {n.way.slice(0, 60).map((s, k) => (
          <li key={k}>
            <NodeLine name={s.place.name} detail={s.place.detail} node={s.node} />
            {s.by !== '' && <code class="t3 way-by">{displayName(s.by)}</code>}
          </li>
        ))}
      </ol>
      {n.way.length > 60 && <p class="t3 xs">and {n.way.length - 60} more</p>}
    </section>
  )
}

function NodeLine({
  name,
  detail,
  node,
}: {
  readonly name: string
  readonly detail: string
  readonly node: number
}) {
  return (
    <button
      type="button"
      class="node-line"
      onClick={() => selectNode(node)}
      title={`${displayName(name)}  ${displayName(detail)}`}
    >
      <span class="m cut">{displayName(name)}</span>
      <span class="t3 xs cut">{displayName(detail)}</span>
    </button>
  )
}
