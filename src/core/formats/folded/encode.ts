import { UserError } from '../../base/errors.ts'
import { Strings } from '../../base/strings.ts'
import type { Profile } from '../../model/profile.ts'
import type { EncodeOptions } from '../format.ts'
import { ByteRows, ChunkWriter } from './chunk-writer.ts'
import { countDecimals, formatDecimal } from './counts.ts'
import { locationFrames, unnamedFrame } from './frame-name.ts'
import { type MergedStacks, mergeStacks, sumByStack } from './stack-table.ts'

const SPACE = 32
const LF = 10
const SEMICOLON = 59

/**
 * A name as it can stand in a folded line. There is no escape that other readers of the format know,
 * so characters are replaced, as stackcollapse-*.pl do: `;` by `:`, line ends by a space. A number
 * after a blank at the end would be read as the first of two counts: `worker 7` becomes `worker_7`.
 */
export function foldedName(name: string): string {
  return joinNumber(name.replaceAll(';', ':').replace(/[\n\r\v\f\0\u2028\u2029]/g, ' '))
}

function joinNumber(name: string): string {
  const blank = (i: number): boolean => name[i] === ' ' || name[i] === '\t'
  // By hand: a regular expression takes quadratic time on a long run of blanks.
  let end = name.length
  while (end > 0 && blank(end - 1)) end--
  let digits = end
  while (digits > 0 && !blank(digits - 1)) digits--
  if (digits === 0 || !/^[-+]?\d+(?:\.\d*)?$/.test(name.slice(digits, end))) return name
  let before = digits
  while (before > 0 && blank(before - 1)) before--
  return `${name.slice(0, before)}_${name.slice(digits)}`
}

/**
 * Writes one sample type as folded stacks: a line for each distinct stack of names, in the order in
 * which they first occur, values summed, stacks whose sum is 0 left out. Inlined functions are frames of
 * their own. A sample without a stack gives a line with nothing before its count. Labels are lost.
 * Throws UserError if the profile has no such sample type.
 */
export function* encodeFolded(profile: Profile, options: EncodeOptions): Generator<Uint8Array> {
  const type = profile.sampleTypes[options.sampleType]
  if (type === undefined) throw new UserError(`the profile has no sample type number ${options.sampleType}`)
  const decimals = countDecimals(type.unit)
  const { stacks, names } = foldedStacks(profile)
  const { start, frames, count } = stacks.table
  const sum = sumByStack(stacks, profile.samples.value[options.sampleType])
  const out = new ChunkWriter()
  for (let stack = 0; stack < count; stack++) {
    const value = sum.get(stack)
    if (value === 0) continue
    const from = start.a[stack]
    const to = start.a[stack + 1]
    for (let i = from; i < to; i++) {
      const name = frames.a[i]
      const at = names.from(name)
      if (i > from) out.byte(SEMICOLON)
      // A line that starts with # is a comment.
      else if (names.arena.a[at] === 35) out.byte(95)
      out.bytes(names.arena.a, at, names.to(name))
    }
    out.byte(SPACE)
    if (decimals === 0 && typeof value === 'number' && value > 0 && value <= 0xffffffff) out.uint(value)
    else out.ascii(formatDecimal(value, decimals))
    out.byte(LF)
    if (out.full) yield out.take()
  }
  if (!out.empty) yield out.take()
}

/** Frame ids of `stacks` are rows of `names`. */
function foldedStacks(profile: Profile): { stacks: MergedStacks; names: ByteRows } {
  const ids = new Strings()
  const idOf = (text: string): number => ids.intern(foldedName(text))
  const nameOfFn = new Uint32Array(profile.functions.count + 1)
  const frames = locationFrames(
    profile,
    (line, location) => {
      const fn = profile.lines.fn[line]
      const name = profile.functions.name[fn]
      if (name === 0) return idOf(unnamedFrame(profile, location))
      if (nameOfFn[fn] === 0) nameOfFn[fn] = idOf(profile.strings.get(name))
      return nameOfFn[fn]
    },
    (location) => idOf(unnamedFrame(profile, location)),
  )
  const names = new ByteRows()
  for (let id = 0; id < ids.count; id++) names.push(ids.bytesOf(id))
  return { stacks: mergeStacks(profile, frames), names }
}
