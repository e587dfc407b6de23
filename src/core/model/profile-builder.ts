import { GrowIds, GrowU32 } from '../base/grow.ts'
import { type Int, Int64Builder, Int64Column } from '../base/int64.ts'
import { Strings } from '../base/strings.ts'
import { LabelSetBuilder } from './label-sets.ts'
import type { Profile, ValueType } from './profile.ts'

/** A label of a sample: text or a number with an optional unit. */
export type Label =
  | { readonly key: string; readonly text: string }
  | { readonly key: string; readonly num: Int; readonly unit?: string }

/** One source line of a location; `fn` is a row given by addFunction. */
export interface LineInput {
  readonly fn: number
  readonly line?: Int
  readonly column?: Int
}

/**
 * Builds a profile row by row: for formats where speed of building does not matter, and for tests.
 * Nothing is deduplicated but label sets; rows are given out in order, from 1. Ids equal rows.
 */
export class ProfileBuilder {
  readonly strings: Strings
  sampleTypes: ValueType[] = []
  defaultSampleType = ''
  dropFrames = ''
  keepFrames = ''
  timeNanos: Int = 0
  durationNanos: Int = 0
  periodType: ValueType = { type: '', unit: '' }
  period: Int = 0
  comments: string[] = []
  docUrl = ''

  private readonly labels: LabelSetBuilder
  private readonly stackStart = new GrowU32()
  private readonly stackEnd = new GrowU32()
  private readonly frame = new GrowIds()
  private readonly labelSet = new GrowU32()
  private readonly value: Int64Builder[] = []

  private readonly locMapping = new GrowU32()
  private readonly locAddress = new Int64Builder()
  private readonly lineStart = new GrowU32()
  private readonly lineEnd = new GrowU32()
  private readonly folded = new GrowU32()

  private readonly lineFn = new GrowU32()
  private readonly lineNo = new Int64Builder()
  private readonly column = new Int64Builder()

  private readonly fnName = new GrowU32()
  private readonly fnSystemName = new GrowU32()
  private readonly fnFile = new GrowU32()
  private readonly fnStart = new Int64Builder()

  private readonly mapStart = new Int64Builder()
  private readonly mapLimit = new Int64Builder()
  private readonly mapOffset = new Int64Builder()
  private readonly mapFile = new GrowU32()
  private readonly mapBuildId = new GrowU32()
  private readonly mapHas = new GrowU32()

  constructor(strings = new Strings()) {
    this.strings = strings
    this.labels = new LabelSetBuilder()
    // Row 0, "none", of every table that has one.
    this.addFunction('')
    this.addMapping({})
    this.addLocation({})
  }

  addFunction(name: string, o: { systemName?: string; filename?: string; startLine?: Int } = {}): number {
    this.fnName.push(this.strings.intern(name))
    this.fnSystemName.push(this.strings.intern(o.systemName ?? name))
    this.fnFile.push(this.strings.intern(o.filename ?? ''))
    this.fnStart.push(o.startLine ?? 0)
    return this.fnName.length - 1
  }

  /** `has` is a sum of MAPPING_HAS bits. */
  addMapping(o: {
    start?: Int
    limit?: Int
    offset?: Int
    file?: string
    buildId?: string
    has?: number
  }): number {
    this.mapStart.push(o.start ?? 0)
    this.mapLimit.push(o.limit ?? 0)
    this.mapOffset.push(o.offset ?? 0)
    this.mapFile.push(this.strings.intern(o.file ?? ''))
    this.mapBuildId.push(this.strings.intern(o.buildId ?? ''))
    this.mapHas.push(o.has ?? 0)
    return this.mapFile.length - 1
  }

  addLocation(o: {
    address?: Int
    mapping?: number
    lines?: readonly LineInput[]
    folded?: boolean
  }): number {
    this.lineStart.push(this.lineFn.length)
    for (const l of o.lines ?? []) {
      this.lineFn.push(l.fn)
      this.lineNo.push(l.line ?? 0)
      this.column.push(l.column ?? 0)
    }
    this.lineEnd.push(this.lineFn.length)
    this.locAddress.push(o.address ?? 0)
    this.locMapping.push(o.mapping ?? 0)
    this.folded.push(o.folded ? 1 : 0)
    return this.locMapping.length - 1
  }

  /** `stack` is location rows, leaf first; `values` one per sample type. Returns the sample's row. */
  addSample(stack: ArrayLike<number>, values: readonly Int[], labels: readonly Label[] = []): number {
    this.stackStart.push(this.frame.length)
    this.frame.reserve(stack.length)
    for (let i = 0; i < stack.length; i++) this.frame.push(stack[i])
    this.stackEnd.push(this.frame.length)
    for (let k = 0; k < values.length; k++) {
      this.value[k] ??= new Int64Builder()
      this.value[k].push(values[k])
    }
    for (const l of labels) {
      const key = this.strings.intern(l.key)
      if ('text' in l) this.labels.addText(key, this.strings.intern(l.text))
      else this.labels.addNumber(key, l.num, this.strings.intern(l.unit ?? ''))
    }
    this.labelSet.push(this.labels.endSet())
    return this.labelSet.length - 1
  }

  done(): Profile {
    const ids = (n: number): Int64Column => new Int64Column(Float64Array.from({ length: n }, (_, i) => i))
    const value = this.sampleTypes.map((_, k) => (this.value[k] ?? new Int64Builder(0)).done())
    return {
      strings: this.strings,
      sampleTypes: this.sampleTypes,
      defaultSampleType: this.defaultSampleType,
      samples: {
        count: this.labelSet.length,
        stackStart: this.stackStart.done(),
        stackEnd: this.stackEnd.done(),
        frame: this.frame.done(),
        labelSet: this.labelSet.done(),
        value,
      },
      labelSets: this.labels.done(),
      locations: {
        count: this.locMapping.length - 1,
        id: ids(this.locMapping.length),
        mapping: this.locMapping.done(),
        address: this.locAddress.done(),
        lineStart: this.lineStart.done(),
        lineEnd: this.lineEnd.done(),
        folded: Uint8Array.from(this.folded.done()),
      },
      lines: {
        count: this.lineFn.length,
        fn: this.lineFn.done(),
        line: this.lineNo.done(),
        column: this.column.done(),
      },
      functions: {
        count: this.fnName.length - 1,
        id: ids(this.fnName.length),
        name: this.fnName.done(),
        systemName: this.fnSystemName.done(),
        filename: this.fnFile.done(),
        startLine: this.fnStart.done(),
      },
      mappings: {
        count: this.mapFile.length - 1,
        id: ids(this.mapFile.length),
        start: this.mapStart.done(),
        limit: this.mapLimit.done(),
        offset: this.mapOffset.done(),
        file: this.mapFile.done(),
        buildId: this.mapBuildId.done(),
        has: Uint8Array.from(this.mapHas.done()),
      },
      dropFrames: this.dropFrames,
      keepFrames: this.keepFrames,
      timeNanos: this.timeNanos,
      durationNanos: this.durationNanos,
      periodType: this.periodType,
      period: this.period,
      comments: this.comments,
      docUrl: this.docUrl,
    }
  }
}
