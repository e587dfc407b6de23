// Memory statistics from files, capture folders and addresses, as snapshots in order of time.

import { inOrderOfTime } from '../../core/analysis/memory/trend.ts'
import { DecodeError, UserError } from '../../core/base/errors.ts'
import { decodeMemory, MAX_MEMORY_BYTES, sniffMemory } from '../../core/formats/memory/index.ts'
import type { MemorySnapshot } from '../../core/model/memory.ts'
import { readAll } from '../read-bytes.ts'
import { filesOf } from './files-of.ts'

export interface MemorySources {
  /** Oldest first, at least one. What has no time of its own (smaps, status) belongs to the newest. */
  readonly snapshots: readonly MemorySnapshot[]
  /** Names of the sources that were used. */
  readonly sources: readonly string[]
}

/** Reads them. Files of a folder that hold no statistics are passed over. Throws UserError, DecodeError. */
export async function readMemory(args: readonly string[]): Promise<MemorySources> {
  const items: { snapshot: MemorySnapshot; name: string }[] = []
  for (const arg of args) {
    if (/^\w+:|^-$/.test(arg))
      items.push({ snapshot: decodeMemory(await readAll(arg, MAX_MEMORY_BYTES)), name: arg })
    else {
      const files = filesOf([arg])
      const folder = files.length !== 1 || files[0]!.path !== arg
      for (const { path, name } of files) {
        const bytes = await readAll(path, MAX_MEMORY_BYTES)
        if (folder && !isMemory(bytes)) continue
        items.push({ snapshot: decode(bytes, name), name })
      }
    }
  }
  if (items.length === 0)
    throw new UserError(
      `${args.join(', ')}: no memory statistics in it (memstats, vars, metrics as JSON; smaps, status)`,
    )
  return {
    snapshots: joinMoments(inOrderOfTime(items).map((i) => i.snapshot)),
    sources: items.map((i) => i.name),
  }
}

/** Whether it holds statistics. Not every heap profile in text form does: C++ writes them too. */
export function isMemory(bytes: Uint8Array): boolean {
  if (sniffMemory(bytes.subarray(0, 4096)) === undefined) return false
  return (
    bytes[0] !== 0x68 ||
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('# runtime.MemStats')
  )
}

function decode(bytes: Uint8Array, name: string): MemorySnapshot {
  try {
    return decodeMemory(bytes)
  } catch (e) {
    if (!(e instanceof DecodeError)) throw e
    const at = e.offset >= 0 ? ` (at byte ${e.offset})` : ''
    throw new UserError(`${name}: ${e.message}${at}`)
  }
}

/** Puts what has no moment of its own to the newest snapshot of statistics. */
function joinMoments(snapshots: readonly MemorySnapshot[]): MemorySnapshot[] {
  const timed = snapshots.filter((s) => s.memstats !== undefined)
  const others = snapshots.filter((s) => s.memstats === undefined)
  const newest: MemorySnapshot = Object.assign({}, timed.at(-1), ...others)
  return [...timed.slice(0, -1), newest]
}
