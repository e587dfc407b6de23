// Addresses of a file -> functions and source lines.

import { covers } from './dwarf-info.ts'
import type { Executable } from './executable.ts'
import { bytesAt } from './image.ts'

/** One frame: a function, or a call that was inlined into the next one of the list. */
export interface SourceFrame {
  /** '' if unknown. */
  readonly fn: string
  /** '' if unknown. */
  readonly file: string
  /** 0 or less if unknown. */
  readonly line: number
  /** Line where the function is declared, 0 if unknown. */
  readonly startLine: number
}

/**
 * What `go tool pprof` finds for an address: one frame, inlined calls are not told apart. Go's line
 * table first, then debug information (for C code); undefined if neither knows it. Names and lines come out as there,
 * also where more could be known: functions of C that were inlined elsewhere have no name.
 */
export function sourceLine(exe: Executable, address: number): SourceFrame | undefined {
  const pcln = exe.go?.pcln
  const fn = pcln?.find(address) ?? -1
  if (fn >= 0) {
    return {
      fn: pcln!.name(fn),
      file: pcln!.file(fn, address),
      line: pcln!.line(fn, address),
      startLine: pcln!.startLine(fn),
    }
  }
  return debugLine(exe, address)
}

/** The part of sourceLine that reads debug information. */
export function debugLine(exe: Executable, address: number): SourceFrame | undefined {
  const { dwarf } = exe
  const unit = dwarf?.unitAt(address)
  const lines = unit === undefined ? undefined : dwarf!.lines(unit)
  const row = lines?.rowInOrder(address) ?? -1
  if (row < 0) return undefined
  const scopes = dwarf!.scopes(unit!)
  let name = ''
  for (let s = 0; s < scopes.count && name === ''; s++) {
    if (scopes.inlined[s] === 0 && covers(scopes, s, address)) name = dwarf!.ownName(scopes, s)
  }
  return { fn: name, file: lines!.path(lines!.file[row]), line: lines!.line[row], startLine: 0 }
}

/**
 * All frames at an address: innermost inlined call first, the function that holds the code last. From
 * Go's line table, else debug information, else (name only) the symbol tables. Empty if nothing is known.
 */
export function inlinedFrames(exe: Executable, address: number): SourceFrame[] {
  const { go } = exe
  const fn = go?.pcln.find(address) ?? -1
  if (fn >= 0) {
    const { pcln } = go!
    const frames = pcln.inlined(fn, address, (at, n) => exe.bytesAt(at, n), go!.goFunc())
    // Before Go 1.16 the trees are elsewhere; debug information has them too.
    const debug = pcln.version === 12 ? (exe.dwarf?.frames(address) ?? []) : []
    return debug.length > 1 ? debug : frames
  }
  const frames = exe.dwarf?.frames(address) ?? []
  if (frames.length > 0 && frames[frames.length - 1].fn !== '') return frames
  const name = symbolName(exe, address)
  if (frames.length > 0) return [...frames.slice(0, -1), { ...frames[frames.length - 1], fn: name }]
  return name === '' ? [] : [{ fn: name, file: '', line: 0, startLine: 0 }]
}

/** Name of the symbol that contains the address, '' if there is none. */
export function symbolName(exe: Executable, address: number): string {
  for (const table of [exe.symbols, exe.dynamicSymbols]) {
    const row = table?.at(address) ?? -1
    if (row >= 0) return table!.name(row)
  }
  return ''
}

/**
 * The function at an address as [start, end): from Go's line table, else from the symbols. undefined if
 * unknown.
 */
export function functionBounds(
  exe: Executable,
  address: number,
): { name: string; start: number; end: number } | undefined {
  const pcln = exe.go?.pcln
  const fn = pcln?.find(address) ?? -1
  if (fn >= 0) return { name: pcln!.name(fn), start: pcln!.entry[fn], end: pcln!.entry[fn + 1] }
  for (const table of [exe.symbols, exe.dynamicSymbols]) {
    const row = table?.at(address) ?? -1
    if (row >= 0) {
      const start = table!.address[row]
      return { name: table!.name(row), start, end: start + table!.size[row] }
    }
  }
  return undefined
}

/** Machine code [start, end), only as far as it lies in the code section; undefined if there is none. */
export function codeAt(
  exe: Executable,
  start: number,
  end: number,
): { start: number; bytes: Uint8Array } | undefined {
  const { text } = exe
  if (text === undefined) return undefined
  const from = Math.max(start, text.address)
  const to = Math.min(end, text.address + text.size)
  return from < to ? { start: from, bytes: bytesAt(exe.image, from, to - from) } : undefined
}
