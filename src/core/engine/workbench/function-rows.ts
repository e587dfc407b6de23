// What the rows of a table of functions are: entries of a report by its granularity, or whole packages.

import type { ProfileNodes } from '../../analysis/nodes.ts'
import { ORIGINS, type Origin } from '../../analysis/origin.ts'
import { FrameOrigins, packageOf } from '../../analysis/transform/frame-names.ts'
import { baseName } from '../../base/go-path.ts'
import { hexInt, Int64Column } from '../../base/int64.ts'
import type { Profile } from '../../model/profile.ts'

/** The rows of nodes, as texts. */
export interface RowNames {
  readonly names: readonly string[]
  /** File, with a line where the granularity has lines; '' if unknown or if it is the name. */
  readonly places: readonly string[]
  /** Hexadecimal, where the granularity is addresses. */
  readonly addresses?: readonly string[]
  /** Index of ORIGINS, 255 for what is no function. */
  readonly origin: Uint8Array
}

/** What a package without a name is called: C and assembly have none. */
const NO_PACKAGE = '(no package)'

/**
 * The rows of `nodes` that some sample with a value has on its stack, in their order. Filters take samples away, and
 * leave locations.
 */
export function rowsInUse(p: Profile, { table, start, node }: ProfileNodes): Uint32Array {
  const { samples } = p
  const seen = new Uint8Array(p.locations.count + 1)
  for (let row = 0; row < samples.count; row++)
    if (samples.value.some((column) => column.f[row] !== 0))
      for (let i = samples.stackStart[row]; i < samples.stackEnd[row]; i++) seen[samples.frame[i]] = 1
  const used = new Uint8Array(table.count)
  for (let loc = 1; loc <= p.locations.count; loc++)
    if (seen[loc] === 1) for (let k = start[loc]; k < start[loc + 1]; k++) used[node[k]] = 1
  const rows = new Uint32Array(table.count)
  let n = 0
  for (let row = 0; row < table.count; row++) if (used[row] === 1) rows[n++] = row
  return rows.slice(0, n)
}

/** Describes rows of `nodes`, all of them unless `rows` are given. */
export function rowNames(p: Profile, nodes: ProfileNodes, rows?: Uint32Array): RowNames {
  const { table } = nodes
  const origins = new FrameOrigins(p)
  const names: string[] = []
  const places: string[] = []
  const addresses: string[] = []
  const count = rows?.length ?? table.count
  const origin = new Uint8Array(count).fill(255)
  const put = (at: number, o: Origin | undefined): void => {
    if (o !== undefined) origin[at] = ORIGINS.indexOf(o)
  }
  for (let at = 0; at < count; at++) {
    const row = rows?.[at] ?? at
    const name = p.strings.get(table.name[row])
    const file = p.strings.get(table.file[row])
    const line = table.line.f[row]
    const column = table.column.f[row]
    const address = table.address.get(row)
    const place = line === 0 ? file : `${file}:${line}${column === 0 ? '' : `:${column}`}`
    if (address !== 0) addresses[at] = hexInt(address)
    if (name !== '') {
      names.push(name)
      places.push(place)
      put(at, origins.ofName(name))
    } else if (place !== '') {
      names.push(place)
      places.push('')
      put(at, origins.ofFile(file))
    } else {
      const object = p.strings.get(table.objectFile[row])
      names.push(object === '' ? '<unknown>' : `[${baseName(object)}]`)
      places.push('')
    }
  }
  return { names, places, origin, ...(addresses.length > 0 && { addresses }) }
}

/** Nodes by package in place of functions: a frame is a node of its function's package. Origins are those of the first function met. */
export function packageNodes(
  p: Profile,
  { table, start, node }: ProfileNodes,
): { readonly nodes: ProfileNodes; readonly rows: RowNames } {
  const known = new Map<string, number>()
  const names: string[] = []
  const origin: number[] = []
  const origins = new FrameOrigins(p)
  const rowOf = new Int32Array(table.count)
  for (let row = 0; row < table.count; row++) {
    const name = p.strings.get(table.name[row])
    const pkg = packageOf(name) || NO_PACKAGE
    let at = known.get(pkg)
    if (at === undefined) {
      at = names.push(pkg) - 1
      known.set(pkg, at)
      const o = origins.ofName(name)
      // A package is of the runtime as a whole: allocation and collector are functions of one.
      origin.push(o === undefined ? 255 : ORIGINS.indexOf(pkg === 'runtime' ? 'runtime' : o))
    }
    rowOf[row] = at
  }
  const ids = Uint32Array.from(names, (n) => p.strings.intern(n))
  const none = new Int64Column(new Float64Array(names.length))
  const zero = new Uint32Array(names.length)
  return {
    nodes: {
      table: {
        count: names.length,
        name: ids,
        file: zero,
        address: none,
        line: none,
        column: none,
        startLine: none,
        objectFile: zero,
      },
      start,
      node: node.map((n) => rowOf[n]),
      inlined: new Uint8Array(names.length),
    },
    rows: { names, places: names.map(() => ''), origin: Uint8Array.from(origin) },
  }
}
