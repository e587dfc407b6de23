// Memory statistics from files, capture folders and addresses, as snapshots in order of time.

import { joinMoments, type NamedSnapshot } from '../../core/analysis/memory/moments.ts'
import { DecodeError, UserError } from '../../core/base/errors.ts'
import { decodeMemory, isCgroupFile, MAX_MEMORY_BYTES, sniffMemory } from '../../core/formats/memory/index.ts'
import type { MemorySnapshot } from '../../core/model/memory.ts'
import { readAll, readChunks } from '../read-bytes.ts'
import { archiveKind, unpackArchive } from './archive.ts'
import { filesOf } from './files-of.ts'

export interface MemorySources {
  /** Oldest first, at least one. What has no time of its own (smaps, status) belongs to the newest. */
  readonly snapshots: readonly MemorySnapshot[]
  /** Names of the sources that were used. */
  readonly sources: readonly string[]
}

/** Reads them. Files of a folder or an archive that hold no statistics are passed over. Throws UserError. */
export async function readMemory(args: readonly string[]): Promise<MemorySources> {
  const items: NamedSnapshot[] = []
  for (const arg of args) {
    if (/^pid:\d+$/.test(arg)) {
      items.push({ snapshot: await readProcess(arg), name: arg, folder: '' })
      continue
    }
    if (/^\w+:|^-$/.test(arg)) {
      const name = arg === '-' ? 'standard input' : arg
      items.push({ snapshot: decode(await readAll(arg, MAX_MEMORY_BYTES), name), name, folder: '' })
      continue
    }
    const files = filesOf([arg], args.length > 1)
    const folder = files.length !== 1 || files[0]!.path !== arg
    for (const { path, name } of files) {
      const head = await readHead(path)
      const archive = archiveKind(head)
      // Large files of other kinds are not read for nothing.
      if (folder && archive === undefined && !isMemoryFile(name, head)) continue
      const bytes = await readAll(path, archive === undefined ? MAX_MEMORY_BYTES : undefined)
      const contents = archive === undefined ? [{ name, bytes }] : await unpackArchive(name, bytes, archive)
      for (const file of contents)
        if ((!folder && archive === undefined) || isMemory(file.name, file.bytes))
          items.push({
            snapshot: decode(file.bytes, file.name),
            name: file.name,
            folder: folder || archive !== undefined ? arg : '',
          })
    }
  }
  if (items.length === 0)
    throw new UserError(
      `${args.join(', ')}: no memory statistics in it (memstats, vars, metrics as JSON; smaps, status)`,
    )
  return { snapshots: joinMoments(items), sources: items.map((i) => i.name) }
}

/** What the system says of a process of this machine, now: its mappings, its status, its container. Throws UserError. */
async function readProcess(arg: string): Promise<MemorySnapshot> {
  const { pidOf } = await import('../proc/pid-argument.ts')
  const { ProcError, procText } = await import('../proc/read-proc.ts')
  const { Cgroups } = await import('../proc/cgroup-files.ts')
  const pid = pidOf(arg)
  const file = (name: string): MemorySnapshot => {
    try {
      return decode(Buffer.from(procText(`/proc/${pid}/${name}`), 'latin1'), `/proc/${pid}/${name}`)
    } catch (e) {
      if (!(e instanceof ProcError)) throw e
      const why = e.why === 'forbidden' ? 'may not be read by this user' : 'there is no such process'
      throw new UserError(`${arg}: ${why}`)
    }
  }
  const status = file('status')
  const { memoryBytes: containerLimit } = new Cgroups().limits(pid)
  return { ...status, ...file('smaps'), ...(containerLimit !== undefined && { containerLimit }) }
}

/** The first bytes of a file, unpacked: at least 4 KiB if it has so many. */
async function readHead(path: string): Promise<Uint8Array> {
  for await (const chunk of readChunks(path)) return chunk.slice(0, 4096)
  return new Uint8Array(0)
}

const isMemoryFile = (name: string, head: Uint8Array): boolean =>
  isCgroupFile(name) || sniffMemory(head) !== undefined

/** Whether it holds statistics. Not every heap profile in text form does: C++ writes them too. */
export function isMemory(name: string, bytes: Uint8Array): boolean {
  if (!isMemoryFile(name, bytes.subarray(0, 4096))) return false
  return (
    bytes[0] !== 0x68 ||
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('# runtime.MemStats')
  )
}

function decode(bytes: Uint8Array, name: string): MemorySnapshot {
  try {
    return decodeMemory(bytes, name)
  } catch (e) {
    if (!(e instanceof DecodeError)) throw e
    const at = e.offset >= 0 ? ` (at byte ${e.offset})` : ''
    throw new UserError(`${name}: ${e.message}${at}`)
  }
}
