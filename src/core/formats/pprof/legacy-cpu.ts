import { asSigned, intFromHalves, mulInt, uintFromHalves } from '../../base/int64.ts'
import { LegacyDraft } from './legacy-draft.ts'
import { readCpuHeader } from './legacy-headers.ts'
import { finishWithJavaNames } from './legacy-java.ts'
import { LineReader, type Mismatch } from './legacy-text.ts'
import { finishWithMap } from './memory-map.ts'

/** Reads words of a profile as int32 halves. Reading beyond the end gives 0 and sets `at` to the end. */
class Words {
  hi = 0
  lo = 0
  at = 0
  private readonly view: DataView
  private readonly size: 4 | 8
  private readonly little: boolean

  constructor(bytes: Uint8Array, size: 4 | 8, little: boolean) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.size = size
    this.little = little
  }

  get left(): number {
    return this.view.byteLength - this.at
  }

  /** False if there is no whole word left. */
  read(): boolean {
    this.hi = 0
    this.lo = 0
    if (this.left < this.size) {
      this.at = this.view.byteLength
      return false
    }
    if (this.size === 4) this.lo = this.view.getInt32(this.at, this.little)
    else {
      this.lo = this.view.getInt32(this.at + (this.little ? 0 : 4), this.little)
      this.hi = this.view.getInt32(this.at + (this.little ? 4 : 0), this.little)
    }
    this.at += this.size
    return true
  }
}

/**
 * Reads a binary CPU profile (profilez of gperftools, early Go and Java): a header, then per stack its
 * count, its depth and its addresses, leaf first; then text: a memory map or names.
 */
export function readCpu(bytes: Uint8Array): LegacyDraft | Mismatch {
  const header = readCpuHeader(bytes)
  if (header === undefined) return { offset: 0, reason: 'no CPU profile header' }
  const draft = new LegacyDraft(
    [
      { type: 'samples', unit: 'count' },
      { type: 'cpu', unit: 'nanoseconds' },
    ],
    { type: 'cpu', unit: 'nanoseconds' },
  )
  draft.period = mulInt(asSigned(header.periodMicros), 1000)
  const words = new Words(bytes, header.wordSize, header.littleEndian)
  words.at = 5 * header.wordSize
  const mismatch = readSamples(words, draft, !header.java)
  if (mismatch !== undefined) return mismatch
  if (header.java) return finishWithJavaNames(draft, bytes, words.at)
  dropHandlerFrames(draft)
  finishWithMap(draft, new LineReader(bytes, words.at))
  dropDuplicateLeaves(draft)
  return draft
}

function readSamples(words: Words, draft: LegacyDraft, adjust: boolean): Mismatch | undefined {
  while (words.left > 0) {
    const offset = words.at
    words.read()
    const count = intFromHalves(words.hi, words.lo)
    const whole = words.read()
    const depth = words.lo >>> 0
    // Sic: with words of 8 bytes a stack may be twice as deep as the file is long; what is missing is 0.
    if (!whole || words.hi !== 0 || depth > words.left >> 2) {
      const reason = whole
        ? `CPU profile: a stack of ${uintFromHalves(words.hi, words.lo)} addresses does not fit into the rest of the file`
        : 'CPU profile ends within a sample'
      return { offset, reason }
    }
    for (let i = 0; i < depth; i++) {
      words.read()
      if (depth === 1 && count === 0 && words.hi === 0 && words.lo === 0) return undefined
      // Callers' addresses are where the call returns to.
      if (adjust && i > 0) {
        if (words.lo === 0) words.hi = (words.hi - 1) | 0
        words.lo = (words.lo - 1) | 0
      }
      draft.addFrame(words.hi, words.lo)
    }
    draft.value[0].push(count)
    draft.value[1].push(mulInt(count, draft.period))
    draft.endSample()
  }
  return undefined
}

/**
 * If nearly all samples have the same second frame, the signal handler left it there: it is taken out,
 * twice at most. One sample in 32 may differ.
 */
function dropHandlerFrames(draft: LegacyDraft): void {
  const samples = draft.sampleCount
  const needed = samples - Math.floor(samples / 32)
  for (let round = 0; round < 2; round++) {
    const uses = new Uint32Array(draft.locationCount + 1)
    for (let s = 0; s < samples; s++) {
      const second = draft.stackStart.a[s] + 1
      if (second < draft.stackEnd.a[s]) uses[draft.frame.a[second]]++
    }
    const handler = uses.findIndex((n) => n >= needed && n > 0)
    if (handler < 0) continue
    for (let s = 0; s < samples; s++) {
      const second = draft.stackStart.a[s] + 1
      if (second < draft.stackEnd.a[s] && draft.frame.a[second] === handler) draft.dropSecondFrame(s)
    }
  }
}

/**
 * Takes out second frames that are the leaf once more: it was found both in the registers and by
 * unwinding, and then moved back by one like a caller. For finished drafts; locations stay as they are.
 */
export function dropDuplicateLeaves(draft: LegacyDraft): void {
  const { hi, lo } = draft
  for (let s = 0; s < draft.sampleCount; s++) {
    const start = draft.stackStart.a[s]
    if (draft.stackEnd.a[s] - start < 2) continue
    const leaf = draft.frame.a[start]
    const second = draft.frame.a[start + 1]
    const next = (lo[second] + 1) | 0
    if (lo[leaf] === next && hi[leaf] === ((hi[second] + (next === 0 ? 1 : 0)) | 0)) draft.dropSecondFrame(s)
  }
}
