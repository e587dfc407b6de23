// Whose code a function is: the user's, a module's, the standard library's, or which part of the
// runtime's. Profiles do not say, so it is told from the import path in the name and from where the file lies:
//
//   /usr/local/go/src/net/http/server.go     standard library; GOROOT is found by where runtime's files lie
//   net/http/server.go                       the same, built with -trimpath
//   .../pkg/mod/github.com/x/y@v1.2.3/z.go   a module (also without what is in front, with -trimpath)
//   .../vendor/github.com/x/y/z.go           a module
//   anything else                            the user's

import type { Profile } from '../model/profile.ts'
import { splitFunctionName } from './display-names.ts'

/** Origins in the order of legends. 'main' is all of the main module, 'cgo' is C and other native code as well. */
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

/** First elements of the standard library's import paths (go list std, Go 1.19 to 1.27). */
const STD = new Set(
  (
    'archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar ' +
    'flag fmt go hash html image index internal io iter log maps math mime net os path plugin reflect ' +
    'regexp runtime simd slices sort strconv strings structs sync syscall testing text time unicode unique ' +
    'unsafe uuid vendor weak'
  ).split(' '),
)

/** Packages of std that are not the runtime, though their paths begin like it. */
const RUNTIME_FOR_USERS = /^runtime\/(cgo|coverage|debug|metrics|pprof|race|trace)$/
const SYSCALL_PACKAGE =
  /^(syscall|internal\/(runtime\/)?syscall|runtime\/internal\/syscall|golang\.org\/x\/sys)(\/|$)/
const OTHERS_CODE = /@v\d|(^|\/)(vendor|third_party|external)\//

/** Parts of the runtime by the function's name without its package; the first that matches. */
const RUNTIME_PARTS: readonly (readonly [Origin, RegExp])[] = [
  ['cgo', /^(cgo|asmcgo|_cgo|x_cgo|\(\*cgo)/],
  [
    'syscall',
    /^(futex(sleep|wakeup)?|madvise|osyield|usleep\w*|nanosleep|tgkill|tkill|raise\w*|epoll\w*|kevent|kqueue|read|write1?|open|closefd|mmap|munmap|sys(Used|Unused|HugePage|Fault|Map|Reserve|Free)\w*|sigprocmask|rtsigprocmask|pthread_\w+|mach_\w+|semasleep|semawakeup|libcCall|stdcall\w*|asmstdcall)(\.|$)/,
  ],
  [
    'gc',
    /^(gc(?!stopm)\w*|\(\*gc|bg(sweep|scavenge)|scan\w*|\(\*scaveng|mark\w*|greyobject|findObject|spanOf\w*|sweep\w*|\(\*(sweep|activeSweep)|finishsweep|shade|wb(Move|Zero|Buf)\w*|\(\*wbBuf|bulkBarrier\w*|type(PointersOf|Pointers)|\(?\*?typePointers|tryDeferToSpanScan|\(\*mspan\)\.(sweep|markBits|nextUninitialized|heapBits|typePointers|scannedBits|inlineMark|moveInlineMarks)|\(\*(lfstack|workbuf|unwinder)|trygetfull|getempty|putfull|putempty|getfull|deductAssistCredit|\(\*pageAlloc\)\.scavenge|freeSomeWbufs|pollFractionalWorkerExit|forEachP|stackScan|startTheWorld\w*|stopTheWorld\w*)/,
  ],
  [
    'alloc',
    /^(mallocgc\w*|new(object|array|MarkBits|AllocBits)|reflect_\w*new|make(slice|map|chan)\w*|growslice|nextslicecap|memclr\w*|nextFree\w*|\(\*(mcache|mcentral|mheap|mspan|fixalloc|pageAlloc|pallocBits|pallocData|pageCache|linearAlloc|spanSet|atomicSpanSet|gcBits)|\w*HeapBits\w*|heapSetType\w*|persistentalloc\w*|raw(byteslice|string|runeslice)\w*|concat(string|byte)\w*|slice(byte|rune)tostring\w*|stringtoslice(byte|rune)|convT\w*|roundupsize|deductSweepCredit|publicationBarrier|getMCache|profilealloc|mProf_\w+|divRoundUp|spanClass|makeSpanClass|allocm\w*|stackalloc|stackcache\w*|stackfree|stackpool\w*|copystack)/,
  ],
  [
    'sched',
    /^(schedule|findRunnable|findrunnable|mcall|park_m|gopark\w*|goready|ready|readyWithTime|goparkunlock|wakep|startm|stopm|mPark|mput|mget|gcstopm|execute|gogo|runq\w*|stealWork|resetspinning|lock\w*|unlock\w*|note\w+|gosched\w*|goyield\w*|gopreempt_m|newstack|morestack\w*|goexit\w*|gdestroy|preempt\w*|\(\*m\)\.|asyncPreempt\w*|suspendG|resumeG|check(Timers|dead|Runqs)\w*|\(\*timers?\)|netpoll\w*|casgstatus|casGTo\w+|sysmon|retake|handoffp|newproc\w*|newm\w*|mstart\w*|acquirep|releasep|pidle\w*|injectglist|sema\w*|\(\*sema|semrelease\w*|semacquire\w*|procyield\w*|entersyscall\w*|exitsyscall\w*|reentersyscall|globrunq\w*|shouldStealTimers|runSafePointFn|signalM|osPreempt\w*|dropg|wirep|acquirem|releasem|timeSleep)(\.|$)/,
  ],
]

/** Where sources lie, as far as a profile tells. */
interface Roots {
  /** Directory of the standard library's sources with its slash, '' if not found or -trimpath. */
  readonly goroot: string
  /** Module that main.main came from, if that was fetched: its directory with its version; else ''. */
  readonly mainModule: string
}

const NO_ROOTS: Roots = { goroot: '', mainModule: '' }

/**
 * The origin of a function by its name and file alone (either may be ''), as if built with -trimpath; for
 * what is no function, 'cgo'. `Origins` knows more.
 */
export function originOf(name: string, file: string): Origin {
  const at = file.lastIndexOf('/src/runtime/')
  const roots = at >= 0 ? { goroot: file.slice(0, at + 5), mainModule: '' } : NO_ROOTS
  return classify(name, file, roots) ?? 'cgo'
}

/** Tells the origins of one profile's functions. */
export class Origins {
  private readonly profile: Profile
  private readonly roots: Roots
  private fileByName: Map<string, string> | undefined
  private readonly known = new Map<string, Origin | undefined>()

  constructor(profile: Profile) {
    this.profile = profile
    let goroot = ''
    let mainModule = ''
    const { functions, strings } = profile
    for (let fn = 1; fn <= functions.count && (goroot === '' || mainModule === ''); fn++) {
      const file = functions.filename[fn]
      if (file === 0) continue
      const name = strings.bytesOf(functions.name[fn])
      // Compared as bytes first: most names are of neither.
      if (goroot === '' && startsWith(name, RUNTIME_DOT)) {
        const at = strings.get(file).lastIndexOf('/src/runtime/')
        if (at >= 0) goroot = strings.get(file).slice(0, at + 5)
      } else if (mainModule === '' && startsWith(name, MAIN_DOT))
        mainModule = /^.*@v\d[^/]*\//.exec(strings.get(file))?.[0] ?? ''
    }
    this.roots = { goroot, mainModule }
  }

  /** The directory `src/` of the Go installation that built the program, '' if that cannot be told. */
  get gorootSource(): string {
    return this.roots.goroot
  }

  /** The origin of a function of this profile by its name; undefined for what is no function (a label, an address). */
  ofName(name: string): Origin | undefined {
    if (this.known.has(name)) return this.known.get(name)
    const file = this.fileOf(name)
    // A frame that was made of a label is no function of the profile.
    const o = file === undefined && !name.startsWith('[') ? undefined : classify(name, file ?? '', this.roots)
    this.known.set(name, o)
    return o
  }

  /** The origin of a source file; undefined for what is none. */
  ofFile(file: string): Origin | undefined {
    if (file === '' || isNoName(file)) return undefined
    const std = stdPath(file, this.roots)
    if (std === undefined) return ofOthersFile(file, this.roots)
    const pkg = std.slice(0, Math.max(0, std.lastIndexOf('/')))
    return isRuntime(pkg) ? 'runtime' : SYSCALL_PACKAGE.test(pkg) ? 'syscall' : 'std'
  }

  /** undefined if the profile has no such function. */
  private fileOf(name: string): string | undefined {
    if (this.fileByName === undefined) {
      this.fileByName = new Map()
      const { functions, strings } = this.profile
      for (let fn = 1; fn <= functions.count; fn++)
        if (functions.filename[fn] !== 0 || !this.fileByName.has(strings.get(functions.name[fn])))
          this.fileByName.set(strings.get(functions.name[fn]), strings.get(functions.filename[fn]))
    }
    return this.fileByName.get(name)
  }
}

/** `[libc.so.6]`, `<unknown>`, `0x4a5b`. */
function isNoName(name: string): boolean {
  return /^([[<]|0x|[0-9a-f]{16}$)/.test(name)
}

/** Path below GOROOT/src; undefined if the file is not the standard library's. */
function stdPath(file: string, roots: Roots): string | undefined {
  if (roots.goroot !== '') return file.startsWith(roots.goroot) ? file.slice(roots.goroot.length) : undefined
  const slash = file.indexOf('/')
  return slash > 0 && STD.has(file.slice(0, slash)) ? file : undefined
}

function ofOthersFile(file: string, roots: Roots): Origin {
  if (/\.(c|cc|cpp|cxx|h|hpp|rs|py|js|java)$/.test(file)) return 'cgo'
  if (roots.mainModule !== '' && file.startsWith(roots.mainModule)) return 'main'
  return OTHERS_CODE.test(file) ? 'module' : 'main'
}

function classify(name: string, file: string, roots: Roots): Origin | undefined {
  // What is mapped but has no symbols is native code, the kernel's pages apart.
  if (name.startsWith('[')) return /^\[(vdso|vsyscall|kernel|linux-vdso)/.test(name) ? 'syscall' : 'cgo'
  if (name === '' || isNoName(name)) return undefined
  const { path, fn } = splitFunctionName(name)
  const std = file === '' ? undefined : stdPath(file, roots)
  // Assembly and C have no package in their names.
  if (!path.endsWith('.')) {
    if (std !== undefined) return /^(runtime|internal\/runtime)\//.test(std) ? part(fn) : 'runtime'
    if (file.endsWith('.go') || file.endsWith('.s')) return ofOthersFile(file, roots)
    return file === '' && /[:=\s]/.test(name) && !name.includes('::') ? undefined : 'cgo'
  }
  if (fn.startsWith('_Cfunc_') || fn.startsWith('_cgo')) return 'cgo'
  const pkg = path.slice(0, -1)
  if (pkg === 'main') return 'main'
  if (pkg === 'type:' || pkg === 'go:' || pkg === 'type') return 'runtime'
  const first = pkg.split('/', 1)[0]
  if (SYSCALL_PACKAGE.test(pkg)) return 'syscall'
  if (STD.has(first) && (file === '' || std !== undefined)) {
    if (!isRuntime(pkg)) return 'std'
    return pkg === 'runtime' ? part(fn) : /\/gc(\/|$)/.test(pkg) ? 'gc' : 'runtime'
  }
  if (file !== '') return ofOthersFile(file, roots)
  return first.includes('.') ? 'module' : 'main'
}

const RUNTIME_DOT = new TextEncoder().encode('runtime.')
const MAIN_DOT = new TextEncoder().encode('main.')

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let i = 0; i < start.length; i++) if (bytes[i] !== start[i]) return false
  return true
}

function isRuntime(pkg: string): boolean {
  return (
    pkg === 'runtime' ||
    pkg.startsWith('internal/runtime/') ||
    pkg === 'internal/runtime' ||
    pkg === 'internal/bytealg' ||
    (pkg.startsWith('runtime/') && !RUNTIME_FOR_USERS.test(pkg))
  )
}

function part(fn: string): Origin {
  return RUNTIME_PARTS.find(([, names]) => names.test(fn))?.[0] ?? 'runtime'
}
