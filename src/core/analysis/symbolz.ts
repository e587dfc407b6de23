// Names from the server that a profile was fetched from (google/pprof internal/symbolz, and the parts of
// internal/driver/fetch.go that keep track of servers).
//
// 1. nameMappings: a mapping that nothing else tells apart is called after its server, so that it stays
//    apart from those of other servers when profiles are merged.
// 2. planSymbolz: which servers are asked for which addresses.
// 3. addSymbolz: their answers become functions.
// 4. unnameMappings: the servers' names are taken back.

import { DecodeError, UserError } from '../base/errors.ts'
import { cleanPath } from '../base/go-path.ts'
import { asUint, hexInt, type Int, Int64Builder, toInt } from '../base/int64.ts'
import { decodeUtf8 } from '../base/utf8.ts'
import { MAPPING_HAS, type Profile } from '../model/profile.ts'

/** Where mappings come from: build id or file name -> the servers that have it, and where it starts there. */
export type MappingOrigins<Server> = ReadonlyMap<string, readonly MappingOrigin<Server>[]>

export interface MappingOrigin<Server> {
  readonly server: Server
  /** uint64 */
  readonly start: Int
}

/** The profile with mappings named after the server where they have neither build id nor file, and their origins. */
export function nameMappings<Server>(
  p: Profile,
  server: Server,
  name: string,
): { readonly profile: Profile; readonly origins: MappingOrigins<Server> } {
  const { mappings } = p
  const file = mappings.file.slice()
  const origins = new Map<string, MappingOrigin<Server>[]>()
  for (let m = 1; m <= mappings.count; m++) {
    if (mappings.buildId[m] === 0 && file[m] === 0) file[m] = p.strings.intern(name)
    const key = p.strings.get(mappings.buildId[m] === 0 ? file[m] : mappings.buildId[m])
    add(origins, key, { server, start: mappings.start.get(m) })
  }
  return { profile: { ...p, mappings: { ...mappings, file } }, origins }
}

/** All origins in one, in the order given. */
export function joinOrigins<Server>(parts: readonly MappingOrigins<Server>[]): MappingOrigins<Server> {
  const out = new Map<string, MappingOrigin<Server>[]>()
  for (const part of parts) for (const [key, origins] of part) for (const o of origins) add(out, key, o)
  return out
}

function add<K, T>(map: Map<K, T[]>, key: K, value: T): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, [value])
  else known.push(value)
}

/** Takes back file names that are addresses of servers; `isAddress` tells them. */
export function unnameMappings(p: Profile, isAddress: (file: string) => boolean): Profile {
  const { mappings } = p
  let file = mappings.file
  for (let m = 1; m <= mappings.count; m++) {
    if (mappings.buildId[m] !== 0 || !isAddress(p.strings.get(mappings.file[m]))) continue
    if (file === mappings.file) file = file.slice()
    file[m] = 0
  }
  return file === mappings.file ? p : { ...p, mappings: { ...mappings, file } }
}

/** What a server is to be asked about one mapping. */
export interface SymbolzQuery<Server> {
  /** Row of mappings. */
  readonly mapping: number
  readonly server: Server
  /** What to add to the profile's addresses to get the server's: merging may have moved the mapping. */
  readonly offset: bigint
  /** What to post; '' if there is nothing to ask. */
  readonly body: string
}

/** The queries that give names to the mappings without (`force`: to all), in order. Throws UserError. */
export function planSymbolz<Server>(
  p: Profile,
  origins: MappingOrigins<Server>,
  force: boolean,
): SymbolzQuery<Server>[] {
  const { mappings, locations } = p
  const out: SymbolzQuery<Server>[] = []
  const groups = byMapping(p)
  for (let m = 1; m <= mappings.count; m++) {
    if (!force && (mappings.has[m] & MAPPING_HAS.functions) !== 0) continue
    const byFile = origins.get(p.strings.get(mappings.file[m])) ?? []
    const byId = mappings.buildId[m] === 0 ? [] : (origins.get(p.strings.get(mappings.buildId[m])) ?? [])
    const origin = byFile[0] ?? byId[0]
    if (origin === undefined) continue
    const offset = BigInt(asUint(origin.start)) - BigInt(asUint(mappings.start.get(m)))
    const asked: string[] = []
    for (const loc of groups.get(m) ?? []) {
      if (locations.lineStart[loc] !== locations.lineEnd[loc]) continue
      const address = locations.address.get(loc)
      if (address === 0) continue
      const there = moved(BigInt(asUint(address)), offset)
      if (there === undefined)
        throw new UserError(`cannot adjust address ${asUint(address)} by ${offset}, it would overflow`)
      asked.push(`0x${hexInt(toInt(there))}`)
    }
    out.push({ mapping: m, server: origin.server, offset, body: asked.join('+') })
  }
  return out
}

/** Row of mappings -> rows of its locations. */
function byMapping(p: Profile): Map<number, number[]> {
  const out = new Map<number, number[]>()
  for (let loc = 1; loc <= p.locations.count; loc++) add(out, p.locations.mapping[loc], loc)
  return out
}

/** undefined if the sum is no uint64. */
function moved(address: bigint, by: bigint): bigint | undefined {
  const sum = address + by
  return sum >= 0n && sum < 1n << 64n ? sum : undefined
}

/** The path of the handler that names addresses, beside the path of a profile. */
export function symbolzPath(path: string): string {
  const named = path.includes('/debug/pprof/') || GPERFTOOLS.some((suffix) => path.endsWith(suffix))
  return cleanPath(`${path}/../${named ? 'symbol' : 'symbolz'}`)
}

const GPERFTOOLS = ['heap', 'growth', 'profile', 'pmuprofile', 'contention'].map((s) => `/pprof/${s}`)

/** An answer to a query: lines of an address and a name. What has another form is left out. Throws DecodeError. */
export function parseSymbolz(bytes: Uint8Array): Map<Int, string> {
  const out = new Map<Int, string>()
  let at = 0
  for (;;) {
    // What has no end of line may have been cut off.
    const end = bytes.indexOf(10, at)
    if (end < 0) return out
    const m = /(0x[0-9a-f]+)[ \t]+(.*?)\r?$/i.exec(decodeUtf8(bytes.subarray(at, end)))
    if (m !== null) {
      const [, digits, name] = m
      if (digits.replace(/^0x0*/i, '').length > 16)
        throw new DecodeError('symbolz', at, 'an address of more than 64 bits')
      if (name !== '') out.set(toInt(BigInt(digits)), name)
    }
    at = end + 1
  }
}

/** Names from one server, by its addresses. */
export interface SymbolzAnswer {
  readonly mapping: number
  readonly offset: bigint
  readonly names: ReadonlyMap<Int, string>
}

/** The profile with a function for each location that has a name in the answers. Lines are not known that way. */
export function addSymbolz(p: Profile, answers: readonly SymbolzAnswer[]): Profile {
  if (answers.length === 0) return p
  const { locations, lines, functions, mappings } = p
  const has = mappings.has.slice()
  const lineStart = locations.lineStart.slice()
  const lineEnd = locations.lineEnd.slice()
  /** Rows of the new functions' names; each is one line as well. */
  const names: number[] = []
  const newLines: number[] = []
  const groups = byMapping(p)
  for (const { mapping, offset, names: named } of answers) {
    has[mapping] |= MAPPING_HAS.functions
    const rows = new Map<string, number>()
    for (const loc of groups.get(mapping) ?? []) {
      const there = moved(BigInt(asUint(locations.address.get(loc))), offset)
      const name = there === undefined ? undefined : named.get(toInt(there))
      if (name === undefined) continue
      let fn = rows.get(name)
      if (fn === undefined) {
        names.push(p.strings.intern(name))
        fn = functions.count + names.length
        rows.set(name, fn)
      }
      lineStart[loc] = lines.count + newLines.length
      newLines.push(fn)
      lineEnd[loc] = lines.count + newLines.length
    }
  }
  return {
    ...p,
    locations: { ...locations, lineStart, lineEnd },
    lines: {
      count: lines.count + newLines.length,
      fn: joined(lines.fn, lines.count, newLines),
      line: extended(lines.line, lines.count, newLines, () => 0),
      column: extended(lines.column, lines.count, newLines, () => 0),
    },
    functions: {
      count: functions.count + names.length,
      id: extended(functions.id, functions.count + 1, names, (k) => functions.count + 1 + k),
      name: joined(functions.name, functions.count + 1, names),
      systemName: joined(functions.systemName, functions.count + 1, names),
      filename: joined(
        functions.filename,
        functions.count + 1,
        names.map(() => 0),
      ),
      startLine: extended(functions.startLine, functions.count + 1, names, () => 0),
    },
    mappings: { ...mappings, has },
  }
}

function joined(column: Uint32Array, count: number, more: readonly number[]): Uint32Array {
  const out = new Uint32Array(count + more.length)
  out.set(column.subarray(0, count))
  out.set(more, count)
  return out
}

function extended(
  column: Profile['lines']['line'],
  count: number,
  more: readonly number[],
  value: (k: number) => number,
): Profile['lines']['line'] {
  const out = new Int64Builder(count + more.length)
  for (let row = 0; row < count; row++) out.push(column.get(row))
  more.forEach((_, k) => {
    out.push(value(k))
  })
  return out.done()
}
