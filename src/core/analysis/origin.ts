// Whose code a function is: what pictures and bars are coloured by.

/** Origins in the order of legends. */
export const ORIGINS = ['main', 'module', 'std', 'runtime', 'alloc', 'gc', 'sched', 'syscall', 'cgo'] as const

export type Origin = (typeof ORIGINS)[number]

export const ORIGIN_TITLES: Readonly<Record<Origin, string>> = {
  main: 'Your code',
  module: 'Modules',
  std: 'Standard library',
  runtime: 'Runtime',
  alloc: 'Allocation',
  gc: 'Garbage collector',
  sched: 'Scheduler',
  syscall: 'System calls',
  cgo: 'C and native',
}

/** First elements of the import paths of Go's own packages (go list std, Go 1.21 to 1.27). */
const STANDARD = new Set(
  `archive arena bufio builtin bytes cmd cmp compress container context crypto database debug embed encoding
  errors expvar flag fmt go hash html image index internal io iter log maps math mime net os path plugin
  reflect regexp runtime simd slices sort strconv strings structs sync syscall testing text time type unicode
  unique unsafe vendor weak`.split(/\s+/),
)

const SYSTEM_CALL = /^runtime\.(?:futex|madvise|osyield|usleep|tgkill|epoll|read|write|mmap|munmap)\w*$/
const COLLECTOR =
  /^(?:runtime\.(?:\(\*)?)(?:gc|scan|mark|sweep|bgsweep|bgscavenge|grey|findObject|bulkBarrier|wbBuf|wbMove|typePointers|tryDefer|spanOf|scavenge|pageAlloc)|Mark|Sweep|Assist|[sS]caveng|DeadSpan/
const ALLOCATION =
  /malloc|newobject|make(?:slice|map|chan)|growslice|memclr|mcache|mcentral|mheap|nextFree|alloc|mspan|roundupsize|concatstring|heapBits|rawbyteslice|rawstring/i
const SCHEDULER =
  /sched|park|mcall|findRunnable|lock|futex|osyield|execute|casgstatus|pidle|runq|usleep|morestack|newstack|goexit|Preempt|wakep|startm|resetspinning|stealWork|runtimer|timers|netpoll|gopreempt|sema(?:sleep|wakeup)|note(?:sleep|wakeup)|mstart|stopm|newproc|goready|chan(?:send|recv)|selectgo/

/** Beyond this many characters a name is not worth looking at: what it belongs to stands in front. */
const ENOUGH = 400

/**
 * The origin of a function by its name, with the help of its file (either may be ''). Packages that are
 * neither Go's nor have a dot in their path's first element are of the main module, by Go's own rule.
 */
export function originOf(name: string, file: string): Origin {
  const n = name.length > ENOUGH ? name.slice(0, ENOUGH) : name
  if (n.startsWith('main.')) return 'main'
  if (n.startsWith('_cgo') || n.startsWith('runtime.cgo') || n.startsWith('_Cfunc_')) return 'cgo'
  if (n.startsWith('[') || n.startsWith('<') || n.startsWith('0x'))
    return /vdso|vsyscall|kernel/.test(n) ? 'syscall' : 'cgo'
  const slash = n.indexOf('/')
  const dot = n.indexOf('.')
  // A name without a package is C, or assembly of the runtime such as aeshashbody.
  if (dot < 0) return file.endsWith('.s') ? 'runtime' : 'cgo'
  const first = slash > 0 && slash < n.indexOf('(') >>> 0 ? n.slice(0, slash) : n.slice(0, dot)
  if (/::|\s/.test(first)) return 'cgo'
  if (first === 'syscall' || /^(?:internal\/)?(?:runtime\/)?syscall[./]/.test(n)) return 'syscall'
  if (n.startsWith('internal/runtime/syscall')) return 'syscall'
  if (first === 'runtime' || n.startsWith('internal/runtime/') || n.startsWith('type:')) return runtimePart(n)
  if (STANDARD.has(first)) return 'std'
  return slash > 0 && first.includes('.') ? 'module' : 'main'
}

function runtimePart(n: string): Origin {
  if (SYSTEM_CALL.test(n)) return 'syscall'
  if (COLLECTOR.test(n)) return 'gc'
  if (ALLOCATION.test(n)) return 'alloc'
  return SCHEDULER.test(n) ? 'sched' : 'runtime'
}
