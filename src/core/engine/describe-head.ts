interface Kind {
  /** Completes "this is …". */
  readonly what: string
  readonly test: (bytes: Uint8Array, text: string) => boolean
}

const starts =
  (...magic: number[]): Kind['test'] =>
  (b) =>
    magic.every((v, i) => b[i] === v)

const ELF = starts(0x7f, 0x45, 0x4c, 0x46)
/** e_type (System V ABI) */
const ET_CORE = 4

const KINDS: readonly Kind[] = [
  {
    what: 'a web page (HTML), perhaps an error page of the server',
    test: (_, t) => /^\s*<(!doctype html|html|head|body)\b/i.test(t),
  },
  {
    what: 'a core file, what a crashed program leaves; debuggers read it: dlv core BINARY CORE',
    test: (b, t) => ELF(b, t) && (b[5] === 2 ? b[17] : b[16]) === ET_CORE,
  },
  {
    what: 'an ELF executable, which goes in front of a profile: goscope pprof BINARY PROFILE',
    test: ELF,
  },
  {
    what: 'a Mach-O executable, which goes in front of a profile: goscope pprof BINARY PROFILE',
    test: (b) =>
      [0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe].includes(
        ((b[0] << 24) | (b[1] << 16) | (b[2] << 8) | b[3]) >>> 0,
      ),
  },
  {
    what: 'a Windows executable, which goes in front of a profile: goscope pprof BINARY PROFILE',
    test: starts(0x4d, 0x5a),
  },
  {
    what: 'an execution trace; goscope trace reads it: goscope trace FILE',
    test: (_, t) => /^go 1\.\d+ trace\0/.test(t),
  },
  {
    what: 'a heap dump of debug.WriteHeapDump; goscope heapdump reads it: goscope heapdump FILE',
    test: (_, t) => /^go1\.\d+ heap dump\n/.test(t),
  },
  {
    what: 'a goroutine dump (debug=2) rather than a profile; goscope goroutines reads it: goscope goroutines FILE',
    test: (_, t) => /^goroutine \d+ \[/m.test(t),
  },
  { what: 'a perf.data file; run perf script and give its output', test: (_, t) => t.startsWith('PERFILE2') },
  {
    what: 'the log of GODEBUG=gctrace=1; goscope gc reads it: goscope gc FILE',
    test: (_, t) => /^gc \d+ @[\d.]+s \d+%: /m.test(t),
  },
  {
    what: 'the log of GODEBUG=schedtrace=…; goscope sched reads it: goscope sched FILE',
    test: (_, t) => /^SCHED \d+ms: gomaxprocs=/m.test(t),
  },
  { what: 'a zip archive; unpack it first', test: starts(0x50, 0x4b, 3, 4) },
  {
    what: 'an xz, bzip2 or lz4 archive; unpack it first',
    test: (b, t) =>
      starts(0xfd, 0x37, 0x7a, 0x58)(b, t) || /^BZh[1-9]/.test(t) || starts(0x04, 0x22, 0x4d, 0x18)(b, t),
  },
  {
    what: 'a picture, perhaps one that was made of a profile; name the profile itself',
    test: (_, t) =>
      /^(\x89PNG|GIF8|\xff\xd8\xff|%PDF-|%!PS)/.test(t) ||
      /^\s*(<\?xml[^>]*>\s*)?(<!DOCTYPE svg|<svg)/i.test(t),
  },
  { what: 'JSON', test: (_, t) => /^\s*[[{]/.test(t) },
  { what: 'plain text', test: (b) => b.every((c) => c >= 0x20 || c === 9 || c === 10 || c === 13) },
]

/** What a file that is no profile seems to be, as it completes "this is …"; undefined if that cannot be told. */
export function describeHead(head: Uint8Array): string | undefined {
  const bytes = head.subarray(0, 1024)
  const text = String.fromCharCode(...bytes)
  return KINDS.find((k) => k.test(bytes, text))?.what
}
