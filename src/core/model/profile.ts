// A profile as columns, after profile.proto (google/pprof proto/profile.proto).
//
// Rows of locations, functions, mappings and label sets start at 1: row 0 stands for "none", as id 0
// does on the wire, so a profile whose ids are dense (every one that Go writes) needs no renumbering.
// All tables are immutable once built; a filter gives new tables that share the columns it left alone.
// String columns hold ids of `strings`; equal ids are equal strings, id 0 is "".

import type { IdColumn } from '../base/grow.ts'
import type { Int, Int64Column } from '../base/int64.ts'
import type { Strings } from '../base/strings.ts'

/** What one value of each sample means, e.g. {type: 'alloc_space', unit: 'bytes'}. */
export interface ValueType {
  readonly type: string
  readonly unit: string
}

export interface Profile {
  readonly strings: Strings
  readonly sampleTypes: readonly ValueType[]
  /** Type shown unless another is asked for; '' if the profile names none. */
  readonly defaultSampleType: string
  readonly samples: SampleTable
  readonly labelSets: LabelSetTable
  readonly locations: LocationTable
  readonly lines: LineTable
  readonly functions: FunctionTable
  readonly mappings: MappingTable
  /** Regular expressions of frames to drop on reading, and of those to keep all the same; '' if none. */
  readonly dropFrames: string
  readonly keepFrames: string
  /** Start, ns since 1970 (UTC); 0 if unknown. */
  readonly timeNanos: Int
  /** Wall time covered, ns; 0 if unknown. */
  readonly durationNanos: Int
  readonly periodType: ValueType
  /** Events between samples, in units of periodType. */
  readonly period: Int
  readonly comments: readonly string[]
  readonly docUrl: string
}

/** One row per sample (rows from 0, in file order). */
export interface SampleTable {
  readonly count: number
  /** The stack is frame[stackStart, stackEnd), leaf first. Ranges may overlap or leave gaps after filtering. */
  readonly stackStart: Uint32Array
  readonly stackEnd: Uint32Array
  /** Location rows, never 0. The one column whose width varies: it is most of a profile's memory. */
  readonly frame: IdColumn
  /** Row of labelSets, 0 = no labels. */
  readonly labelSet: Uint32Array
  /** One column per sample type. */
  readonly value: readonly Int64Column[]
}

/**
 * Distinct sets of labels; set 0 is empty. The rows of set s are [start[s], start[s + 1]). A set's
 * rows are ordered: text labels before numeric ones, each by key id, several values of a key in file order; so
 * equal sets have equal rows and are one set.
 */
export interface LabelSetTable {
  readonly count: number
  readonly start: Uint32Array
  readonly key: Uint32Array
  /** Text value, 0 for a numeric label (a text label is never empty). */
  readonly str: Uint32Array
  /** Numeric value, 0 for a text label. */
  readonly num: Int64Column
  /** Unit of the numeric value, 0 if not given. */
  readonly unit: Uint32Array
}

/** One row per instruction address (or whatever the producer distinguishes), from row 1. */
export interface LocationTable {
  /** Highest row; columns have count + 1 entries. */
  readonly count: number
  /** uint64, unique, not 0 (but for row 0). */
  readonly id: Int64Column
  /** Row of mappings, 0 = none. */
  readonly mapping: Uint32Array
  /** uint64 address in the process; 0 if unknown. */
  readonly address: Int64Column
  /** Source lines are lines[lineStart, lineEnd): innermost inlined callee first, the function itself last. */
  readonly lineStart: Uint32Array
  readonly lineEnd: Uint32Array
  /** 1 if several addresses were folded into this one. */
  readonly folded: Uint8Array
}

/** Source lines of locations, rows from 0. */
export interface LineTable {
  readonly count: number
  /** Row of functions, never 0. */
  readonly fn: Uint32Array
  /** int64 line number, 0 if unknown. */
  readonly line: Int64Column
  /** int64 column number, 0 if unknown. */
  readonly column: Int64Column
}

/** Functions, from row 1. */
export interface FunctionTable {
  readonly count: number
  readonly id: Int64Column
  /** For people, demangled. */
  readonly name: Uint32Array
  /** As the linker has it. */
  readonly systemName: Uint32Array
  readonly filename: Uint32Array
  /** int64 line of the declaration, 0 if unknown. */
  readonly startLine: Int64Column
}

/** Binaries and libraries as mapped, from row 1; row 1 is the main binary. */
export interface MappingTable {
  readonly count: number
  readonly id: Int64Column
  /** uint64 addresses [start, limit) and the file offset of start. */
  readonly start: Int64Column
  readonly limit: Int64Column
  readonly offset: Int64Column
  readonly file: Uint32Array
  readonly buildId: Uint32Array
  /** Bits of MAPPING_HAS: what symbolization has already filled in. */
  readonly has: Uint8Array
}

export const MAPPING_HAS = { functions: 1, filenames: 2, lineNumbers: 4, inlineFrames: 8 } as const
