// Linux: /proc/PID/smaps, maps and status (proc(5)).

import { DecodeError } from '../../base/errors.ts'
import type { MemoryMapping, MemorySnapshot } from '../../model/memory.ts'

const HEADER = /^([\da-f]+)-([\da-f]+) ([r-][w-][x-][ps]) [\da-f]+ [\da-f]+:[\da-f]+ \d+ *(.*)$/

/** smaps, or maps (then sizes of what is resident are -1). Throws DecodeError. */
export function decodeSmaps(text: string): MemorySnapshot {
  const mappings: { -readonly [K in keyof MemoryMapping]: MemoryMapping[K] }[] = []
  let offset = 0
  for (const line of text.split('\n')) {
    const field = /^(\w+): +(\d+) kB/.exec(line)
    const last = mappings.at(-1)
    if (field !== null && last !== undefined) {
      const bytes = Number(field[2]) * 1024
      switch (field[1]) {
        case 'Rss':
          last.rss = bytes
          break
        case 'Anonymous':
          last.anonymous = bytes
          break
        case 'Swap':
          last.swap = bytes
          break
        case 'LazyFree':
          last.lazyFree = bytes
          break
        case 'AnonHugePages':
          last.hugePages = bytes
          break
      }
    } else {
      const head = HEADER.exec(line)
      if (head !== null) {
        const start = BigInt(`0x${head[1]}`)
        const end = BigInt(`0x${head[2]}`)
        if (end < start) throw new DecodeError('memory', offset, 'a mapping ends before it starts')
        mappings.push({
          start,
          end,
          perms: head[3],
          name: head[4].replace(/\r$/, ''),
          size: Number(end - start),
          rss: -1,
          anonymous: -1,
          swap: -1,
          lazyFree: -1,
          hugePages: -1,
        })
      }
    }
    offset += line.length + 1
  }
  if (mappings.length === 0) throw new DecodeError('memory', 0, 'no mappings in the file')
  return { mappings }
}

/** Throws DecodeError. */
export function decodeStatus(text: string): MemorySnapshot {
  const sizes = new Map<string, number>()
  let name = ''
  let threads: number | undefined
  for (const line of text.split('\n')) {
    const size = /^(\w+):\s+(\d+) kB/.exec(line)
    if (size !== null) sizes.set(size[1], Number(size[2]) * 1024)
    else if (line.startsWith('Name:')) name = line.slice(5).trim()
    else if (line.startsWith('Threads:')) threads = Number(line.slice(8).trim())
  }
  if (sizes.size === 0)
    throw new DecodeError(
      'memory',
      0,
      'a status without sizes: that of a kernel thread or of a process that has ended',
    )
  const maxRss = sizes.get('VmHWM')
  return { status: { name, sizes, threads }, ...(maxRss !== undefined && { maxRss }) }
}
