// What the mappings of a process say: whose memory is resident, as far as addresses and names tell.
//
// Since Go 1.25 the runtime names its mappings on Linux (kernels with CONFIG_ANON_VMA_NAME; the name begins
// with a blank, so that smaps shows `[anon: Go: heap]`; runtime/set_vma_name_linux.go). Without names the
// arenas of the heap are told by their addresses: the runtime asks for places below the system's mmap area
// and above binaries that lie low (runtime/malloc.go, arena hints: 0x00c0<<32 and up, arm64 0x0040<<32; a
// random place of 46 or 47 bits with the randomized heap base of Go 1.26).

import type { MemoryMapping } from '../../model/memory.ts'

export interface MappingSums {
  /** Sums over all mappings, bytes. */
  readonly resident: number
  readonly virtual: number
  readonly swapped: number
  /** Marked free, and resident until the system takes them. */
  readonly lazyFree: number
  readonly lazyInArenas: number
  /** Of the arenas: in transparent huge pages. */
  readonly hugeInArenas: number
  /** Resident in the arenas of the heap, which hold stacks, too; undefined if none was found. */
  readonly arenas: number | undefined
  /** Whether the runtime named its mappings. */
  readonly named: boolean
  /** Name that the runtime gave -> resident bytes. */
  readonly goNames: ReadonlyMap<string, number>
  /** Resident in the runtime's named mappings that are no arenas. */
  readonly goOther: number
  /** Binary, libraries and other files, with their zeroed data (.bss). */
  readonly files: number
  /** Files in memory: /dev/shm, memfd. */
  readonly shared: number
  /** [heap], the memory of C below its mmap threshold. */
  readonly cHeap: number
  /** Stack of the first thread. */
  readonly stack: number
  /** Resident, anonymous, and none of the above: the runtime's metadata where it has no names, C, mmap, threads' stacks. */
  readonly anonymous: number
}

/** Where arenas lie, by address. */
const LEAST_ARENA = 1n << 38n
const AMD64_ARENAS_END = 1n << 46n
const ARM64_ARENAS_END = 1n << 47n

/** Sums of smaps; undefined if the mappings do not say what is resident (maps), or are one sum already (smaps_rollup). */
export function sumMappings(mappings: readonly MemoryMapping[]): MappingSums | undefined {
  if (!mappings.some((m) => m.rss >= 0) || mappings.some((m) => m.name === '[rollup]')) return undefined
  const stack = mappings.find((m) => m.name === '[stack]')
  const arenasEnd =
    stack !== undefined && stack.start >= ARM64_ARENAS_END ? ARM64_ARENAS_END : AMD64_ARENAS_END
  const named = mappings.some((m) => goName(m) !== undefined)
  const sums = { resident: 0, virtual: 0, swapped: 0, lazyFree: 0, lazyInArenas: 0, hugeInArenas: 0 }
  const of = { arena: 0, go: 0, file: 0, shared: 0, 'c-heap': 0, stack: 0, kernel: 0, anonymous: 0 }
  const goNames = new Map<string, number>()
  let arenas = false
  let before: MemoryMapping | undefined
  for (const m of mappings) {
    const rss = Math.max(0, m.rss)
    sums.resident += rss
    sums.virtual += m.size
    sums.swapped += Math.max(0, m.swap)
    sums.lazyFree += Math.max(0, m.lazyFree)
    const name = goName(m)
    if (name !== undefined && rss > 0) goNames.set(name, (goNames.get(name) ?? 0) + rss)
    const kind =
      name !== undefined
        ? isArenaName(name)
          ? 'arena'
          : 'go'
        : m.name === '' && !named && m.start >= LEAST_ARENA && m.start < arenasEnd
          ? 'arena'
          : isZeroedData(m, before)
            ? 'file'
            : kindOf(m)
    of[kind] += rss
    if (kind === 'arena') {
      arenas = true
      sums.lazyInArenas += Math.max(0, m.lazyFree)
      sums.hugeInArenas += Math.max(0, m.hugePages)
    }
    before = m
  }
  return {
    ...sums,
    arenas: arenas ? of.arena : undefined,
    named,
    goNames,
    goOther: of.go,
    files: of.file,
    shared: of.shared,
    cHeap: of['c-heap'],
    stack: of.stack,
    anonymous: of.anonymous,
  }
}

/** `heap` of `[anon: Go: heap]`. */
function goName(m: MemoryMapping): string | undefined {
  return /^\[anon: Go: (.*)\]$/.exec(m.name)?.[1]
}

const isArenaName = (name: string): boolean => name === 'heap' || name === 'heap reservation'

/** Zeroed data of a binary is anonymous memory right behind its writable data. */
function isZeroedData(m: MemoryMapping, before: MemoryMapping | undefined): boolean {
  return (
    m.name === '' &&
    before !== undefined &&
    before.end === m.start &&
    /^.w/.test(before.perms) &&
    isFile(before)
  )
}

const isFile = (m: MemoryMapping): boolean => kindOf(m) === 'file'

function kindOf(m: MemoryMapping): 'file' | 'shared' | 'c-heap' | 'stack' | 'kernel' | 'anonymous' {
  if (m.name === '' || m.name.startsWith('[anon')) return 'anonymous'
  if (m.name === '[heap]') return 'c-heap'
  if (m.name.startsWith('[stack')) return 'stack'
  if (m.name.startsWith('[')) return 'kernel'
  return /^\/(dev\/(shm\/|zero)|memfd:|SYSV)/.test(m.name) ? 'shared' : 'file'
}
