// Names and lines for the addresses of a profile, from executables on this machine (google/pprof
// internal/symbolizer doLocalSymbolize, cmd/pprof).

import { UserError } from '../base/errors.ts'
import { baseName } from '../base/go-path.ts'
import { GrowU32 } from '../base/grow.ts'
import { type Int, Int64Builder } from '../base/int64.ts'
import type { Executable } from '../binary/executable.ts'
import { type SourceFrame, sourceLine } from '../binary/lookup.ts'
import { goToolBase, objectAddress, tableAddress } from '../binary/object-address.ts'
import { MAPPING_HAS, type Profile } from '../model/profile.ts'

/** Finds the frames at an address of a process, innermost first; none if it knows nothing about it. */
export type AddressLookup = (address: Int) => readonly SourceFrame[]

export interface LocalSymbols {
  /** Opens a mapping's executable. Throws UserError. */
  readonly open: (file: string, start: Int) => AddressLookup
  readonly warn: (text: string) => void
}

/** Looks addresses up in an executable that is mapped at `start`, one frame each, as `go tool pprof` does. */
export function goToolLookup(exe: Executable, start: Int): AddressLookup {
  const base = goToolBase(exe.image, start)
  return (address) => {
    const frame = sourceLine(exe, tableAddress(objectAddress(address, base)))
    return frame === undefined ? [] : [frame]
  }
}

/** Mappings that no file can explain: the kernel's own, devices, memory without a name. */
function unsymbolizable(file: string): boolean {
  const name = baseName(file)
  return (
    name.startsWith('[') ||
    name.startsWith('linux-vdso') ||
    file.startsWith('/dev/dri/') ||
    file === '//anon' ||
    file.startsWith('/memfd:')
  )
}

/** A mapping that stands for the address which the profile was fetched from. */
function isWebAddress(file: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(file) && file.slice(0, file.indexOf(':')).toLowerCase().includes('http')
}

const MISSING =
  'Some binary filenames not available. Symbolization may be incomplete.\n' +
  'Try setting PPROF_BINARY_PATH to the search path for local binaries.'

/**
 * Gives names and lines to the locations of these mappings (see mappingsToSymbolize). Executables that cannot be
 * used are reported and left out. Nothing of the profile is changed; string ids stay valid.
 */
export function symbolizeLocally(p: Profile, unnamed: readonly number[], o: LocalSymbols): Profile {
  const lookups = new Map<number, AddressLookup>()
  let missing = false
  for (const m of unnamed) {
    const file = p.strings.get(p.mappings.file[m])
    const buildId = p.strings.get(p.mappings.buildId[m])
    if (file === '') {
      if (m === 1) o.warn('Main binary filename not available.')
      else missing = true
      continue
    }
    if (unsymbolizable(file) || (buildId === '' && isWebAddress(file))) continue
    try {
      lookups.set(m, o.open(file, p.mappings.start.get(m)))
    } catch (e) {
      if (!(e instanceof UserError)) throw e
      const name = baseName(file) + (buildId === '' ? '' : ` (build ID ${buildId})`)
      o.warn(`Local symbolization failed for ${name}: ${e.message}`)
      missing = true
    }
  }
  if (missing) o.warn(MISSING)
  return lookups.size === 0 ? p : withFrames(p, lookups)
}

/** The profile with the lines of all locations that a lookup knows; functions are added behind the others. */
function withFrames(p: Profile, lookups: ReadonlyMap<number, AddressLookup>): Profile {
  const { locations, mappings } = p
  const lines = new LineRows(p)
  const functions = new FunctionRows(p)
  const has = mappings.has.slice()
  const lineStart = new Uint32Array(locations.count + 1)
  const lineEnd = new Uint32Array(locations.count + 1)
  const folded = locations.folded.slice()
  // Mapping by mapping, so that new functions are numbered as in the reference.
  const groups = new Map<number, number[]>([...lookups.keys()].map((m) => [m, []]))
  for (let loc = 1; loc <= locations.count; loc++) {
    lineStart[loc] = locations.lineStart[loc]
    lineEnd[loc] = locations.lineEnd[loc]
    groups.get(locations.mapping[loc])?.push(loc)
  }
  for (const [m, group] of groups) {
    const found = lookUp(lookups.get(m)!, group, locations.address)
    for (const [i, loc] of group.entries()) {
      const frames = found[i]
      if (frames.length === 0) continue
      lineStart[loc] = lines.count
      for (const f of frames) {
        if (f.fn !== '') has[m] |= MAPPING_HAS.functions
        if (f.file !== '') has[m] |= MAPPING_HAS.filenames
        if (f.line !== 0) has[m] |= MAPPING_HAS.lineNumbers
        lines.push(functions.row(f.fn, f.file), f.line)
      }
      has[m] |= MAPPING_HAS.inlineFrames
      lineEnd[loc] = lines.count
      folded[loc] = 0
    }
  }
  return {
    ...p,
    locations: { ...locations, lineStart, lineEnd, folded },
    lines: lines.done(),
    functions: functions.done(),
    mappings: { ...mappings, has },
  }
}

/** The frames of locations, looked up in order of address: tables of lines are read from the start of a function. */
function lookUp(
  lookup: AddressLookup,
  group: readonly number[],
  address: Profile['locations']['address'],
): readonly (readonly SourceFrame[])[] {
  const found: (readonly SourceFrame[])[] = group.map(() => [])
  const order = Uint32Array.from(group, (_, i) => i).sort((a, b) => address.f[group[a]] - address.f[group[b]])
  for (const i of order) found[i] = lookup(address.get(group[i]))
  return found
}

/** The profile's lines, and more. */
class LineRows {
  private readonly fn = new GrowU32()
  private readonly line: Int64Builder
  private readonly column: Int64Builder

  constructor(p: Profile) {
    const { lines } = p
    this.fn.reserve(lines.count)
    this.line = new Int64Builder(lines.count + 16)
    this.column = new Int64Builder(lines.count + 16)
    for (let row = 0; row < lines.count; row++) {
      this.fn.push(lines.fn[row])
      this.line.push(lines.line.get(row))
      this.column.push(lines.column.get(row))
    }
  }

  get count(): number {
    return this.fn.length
  }

  push(fn: number, line: number): void {
    this.fn.push(fn)
    this.line.push(line)
    this.column.push(0)
  }

  done(): Profile['lines'] {
    return {
      count: this.count,
      fn: this.fn.done(),
      line: this.line.done(),
      column: this.column.done(),
    }
  }
}

/** The profile's functions, and new ones: one for each name and file, apart from those that were there. */
class FunctionRows {
  private readonly p: Profile
  private readonly known = new Map<string, number>()
  private readonly name: number[] = []
  private readonly filename: number[] = []

  constructor(p: Profile) {
    this.p = p
  }

  row(name: string, file: string): number {
    const key = `${name}\0${file}`
    let row = this.known.get(key)
    if (row === undefined) {
      this.name.push(this.p.strings.intern(name))
      this.filename.push(this.p.strings.intern(file))
      row = this.p.functions.count + this.name.length
      this.known.set(key, row)
    }
    return row
  }

  done(): Profile['functions'] {
    const f = this.p.functions
    const more = (old: Uint32Array, added: readonly number[]): Uint32Array => {
      const out = new Uint32Array(old.length + added.length)
      out.set(old)
      out.set(added, old.length)
      return out
    }
    const count = f.count + this.name.length
    const id = new Int64Builder(count + 1)
    const startLine = new Int64Builder(count + 1)
    for (let row = 0; row <= f.count; row++) {
      id.push(f.id.get(row))
      startLine.push(f.startLine.get(row))
    }
    for (let row = f.count + 1; row <= count; row++) {
      id.push(row)
      // cmd/pprof has no start lines either; list then begins 5 lines above the first sample.
      startLine.push(0)
    }
    return {
      count,
      id: id.done(),
      name: more(f.name, this.name),
      systemName: more(f.systemName, this.name),
      filename: more(f.filename, this.filename),
      startLine: startLine.done(),
    }
  }
}
