import { UserError } from '../../base/errors.ts'
import { addInt, type Int, type Int64Column, mulInt } from '../../base/int64.ts'
import { displayable } from '../../base/utf8.ts'
import type { Profile } from '../../model/profile.ts'
import { ChunkWriter } from '../folded/chunk-writer.ts'
import { countDecimals, formatDecimal } from '../folded/counts.ts'
import { baseName, type LocationFrames, locationFrames, unnamedFrame } from '../folded/frame-name.ts'
import { mergeStacks, type StackTable, sumByStack } from '../folded/stack-table.ts'
import type { EncodeOptions } from '../format.ts'
import { speedscopeUnit } from './units.ts'

const COMMA = 44
const OPEN = 91
const CLOSE = 93

export const SCHEMA = 'https://www.speedscope.app/file-format-schema.json'

/**
 * Writes all sample types as one speedscope file: a "sampled" profile for each, with
 * `options.sampleType` the one shown first. Equal stacks are merged, stacks whose sum is 0 left out
 * of their profile. A frame is a function, as in pprof's reports; its line is where the function
 * starts, or the lowest line that was sampled if the profile does not know. Labels are lost.
 * Throws UserError if the sample type does not exist, or if a stack's value is negative: speedscope refuses those.
 */
export function* encodeSpeedscope(profile: Profile, options: EncodeOptions): Generator<Uint8Array> {
  if (profile.sampleTypes[options.sampleType] === undefined) {
    throw new UserError(`the profile has no sample type number ${options.sampleType}`)
  }
  const { frames, json } = sharedFrames(profile)
  const stacks = mergeStacks(profile, frames)
  const weights = profile.sampleTypes.map((type, k) => {
    const { factor } = speedscopeUnit(type.unit)
    const sums = sumByStack(stacks, profile.samples.value[k])
    for (let stack = 0; stack < sums.length; stack++) {
      if (sums.f[stack] < 0) throw negative(type.type)
    }
    return factor === 1 ? sums : sums.map((v) => mulInt(v, factor))
  })

  const out = new ChunkWriter()
  out.ascii(`{"$schema":"${SCHEMA}","exporter":${text(`${options.tool.name}@${options.tool.version}`)}`)
  const binary = baseName(profile.strings.get(profile.mappings.file[1] ?? 0))
  if (binary !== '') out.ascii(`,"name":${text(binary)}`)
  out.ascii(`,"activeProfileIndex":${options.sampleType},"shared":{"frames":[`)
  for (let i = 0; i < json.length; i++) {
    if (i > 0) out.byte(COMMA)
    out.ascii(json[i])
    if (out.full) yield out.take()
  }
  out.ascii(']},"profiles":[')
  for (let k = 0; k < weights.length; k++) {
    if (k > 0) out.byte(COMMA)
    yield* sampledProfile(out, profile, k, stacks.table, weights[k])
  }
  out.ascii(']}\n')
  yield out.take()
}

function* sampledProfile(
  out: ChunkWriter,
  profile: Profile,
  k: number,
  table: StackTable,
  weight: Int64Column,
): Generator<Uint8Array> {
  const type = profile.sampleTypes[k]
  const decimals = countDecimals(type.unit)
  const { start, frames, count } = table
  out.ascii(`{"type":"sampled","name":${text(type.type)},"unit":"${speedscopeUnit(type.unit).unit}"`)
  out.ascii(',"startValue":0,"samples":[')
  let first = true
  for (let stack = 0; stack < count; stack++) {
    if (weight.f[stack] === 0) continue
    if (!first) out.byte(COMMA)
    first = false
    out.byte(OPEN)
    const from = start.a[stack]
    const to = start.a[stack + 1]
    for (let i = from; i < to; i++) {
      if (i > from) out.byte(COMMA)
      out.uint(frames.a[i])
    }
    out.byte(CLOSE)
    if (out.full) yield out.take()
  }
  out.ascii('],"weights":[')
  let total: Int = 0
  first = true
  for (let stack = 0; stack < count; stack++) {
    if (weight.f[stack] === 0) continue
    if (!first) out.byte(COMMA)
    first = false
    const v = weight.get(stack)
    total = addInt(total, v)
    out.ascii(formatDecimal(v, decimals))
    if (out.full) yield out.take()
  }
  out.ascii(`],"endValue":${formatDecimal(total, decimals)}}`)
}

function negative(type: string): UserError {
  return new UserError(
    `${displayable(type)} has negative values, as differences do, and speedscope cannot show those; folded stacks can hold them`,
  )
}

/** Frame ids are rows of `json`, the frame objects. */
function sharedFrames(profile: Profile): { frames: LocationFrames; json: string[] } {
  const known = new Map<string, number>()
  const json: string[] = []
  const add = (frame: string): number => {
    let id = known.get(frame)
    if (id === undefined) {
      id = json.length
      json.push(frame)
      known.set(frame, id)
    }
    return id
  }
  const { fn: fnOfLine, line: lineNo } = profile.lines
  const { functions, strings } = profile
  const lowest = new Float64Array(functions.count + 1)
  for (let line = 0; line < profile.lines.count; line++) {
    const no = lineNo.f[line]
    const fn = fnOfLine[line]
    if (no > 0 && (lowest[fn] === 0 || no < lowest[fn])) lowest[fn] = no
  }
  /** Function -> frame + 1. */
  const frameOfFn = new Uint32Array(functions.count + 1)
  const ofFunction = (fn: number): number => {
    let s = `{"name":${text(strings.get(functions.name[fn]))}`
    const file = strings.get(functions.filename[fn])
    if (file !== '') s += `,"file":${text(file)}`
    const line = functions.startLine.f[fn] > 0 ? functions.startLine.f[fn] : lowest[fn]
    if (line > 0) s += `,"line":${line}`
    return add(`${s}}`)
  }
  const unnamed = (location: number): number => add(`{"name":${text(unnamedFrame(profile, location))}}`)
  const frames = locationFrames(
    profile,
    (line, location) => {
      const fn = fnOfLine[line]
      if (functions.name[fn] === 0) return unnamed(location)
      if (frameOfFn[fn] === 0) frameOfFn[fn] = ofFunction(fn) + 1
      return frameOfFn[fn] - 1
    },
    unnamed,
  )
  return { frames, json }
}

/** A JSON string in ASCII, so that it can be written byte by byte. */
function text(s: string): string {
  return JSON.stringify(displayable(s)).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
