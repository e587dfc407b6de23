import { Int64Column } from '../base/int64.ts'
import { MAPPING_HAS, type MappingTable, type Profile } from '../model/profile.ts'

const row0 = (v: number): Int64Column => Int64Column.of([0, v])

/** A profile without mappings gets one for all its locations: the old runtimes wrote none. */
export function withDefaultMapping(p: Profile): Profile {
  if (p.mappings.count > 0) return p
  const mappings: MappingTable = {
    count: 1,
    id: row0(1),
    start: row0(0),
    limit: row0(0),
    offset: row0(0),
    file: new Uint32Array(2),
    buildId: new Uint32Array(2),
    has: new Uint8Array(2),
  }
  const mapping = new Uint32Array(p.locations.count + 1).fill(1)
  mapping[0] = 0
  return { ...p, mappings, locations: { ...p.locations, mapping } }
}

/** Sets the main binary's file, and its build id if it has none. '' and undefined leave them. */
export function withMainBinary(p: Profile, file: string | undefined, buildId: string): Profile {
  if (file === undefined && buildId === '') return p
  const t = p.mappings
  const files = t.file.slice()
  const ids = t.buildId.slice()
  if (file !== undefined) files[1] = p.strings.intern(file)
  if (buildId !== '' && ids[1] === 0) ids[1] = p.strings.intern(buildId)
  return { ...p, mappings: { ...t, file: files, buildId: ids } }
}

const NAMED = MAPPING_HAS.functions | MAPPING_HAS.filenames | MAPPING_HAS.lineNumbers

/** Rows of mappings that have locations with addresses and no names yet (with `force`, also those that have). */
export function mappingsToSymbolize(p: Profile, force: boolean): number[] {
  const used = new Uint8Array(p.mappings.count + 1)
  const { address, mapping, count } = p.locations
  // Frames of folded stacks and their like have no addresses: no executable knows them.
  for (let loc = 1; loc <= count; loc++) if (address.f[loc] !== 0) used[mapping[loc]] = 1
  const out: number[] = []
  for (let m = 1; m <= p.mappings.count; m++)
    if (used[m] === 1 && (force || (p.mappings.has[m] & NAMED) === 0)) out.push(m)
  return out
}

/** Of these, the rows of mappings with locations that have no lines at all: whoever made the others named them. */
export function namelessMappings(p: Profile): number[] {
  const { lineStart, lineEnd, mapping, count } = p.locations
  const bare = new Uint8Array(p.mappings.count + 1)
  for (let loc = 1; loc <= count; loc++) if (lineStart[loc] === lineEnd[loc]) bare[mapping[loc]] = 1
  return mappingsToSymbolize(p, false).filter((m) => bare[m] === 1)
}
