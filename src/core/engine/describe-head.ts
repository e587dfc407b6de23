interface Kind {
  /** Completes "this is …". */
  readonly what: string
  readonly test: (bytes: Uint8Array, text: string) => boolean
}

const starts =
  (...magic: number[]): Kind['test'] =>
  (b) =>
    magic.every((v, i) => b[i] === v)

const KINDS: readonly Kind[] = [
  {
    what: 'a web page (HTML), perhaps an error page of the server',
    test: (_, t) => /^\s*<(!doctype html|html|head|body)\b/i.test(t),
  },
  {
    what: 'an ELF executable, which goes in front of a profile: goscope pprof BINARY PROFILE',
    test: starts(0x7f, 0x45, 0x4c, 0x46),
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
    what: 'an execution trace, which goscope does not read yet (go tool trace does)',
    test: (_, t) => /^go 1\.\d+ trace\0/.test(t),
  },
  { what: 'a heap dump of debug.WriteHeapDump', test: (_, t) => /^go1\.\d+ heap dump\n/.test(t) },
  {
    what: 'a goroutine dump (debug=2) rather than a profile; fetch the goroutine profile without debug=2',
    test: (_, t) => /^goroutine \d+ \[/m.test(t),
  },
  { what: 'a perf.data file; run perf script and give its output', test: (_, t) => t.startsWith('PERFILE2') },
  { what: 'a zip archive', test: starts(0x50, 0x4b, 3, 4) },
  { what: 'JSON', test: (_, t) => /^\s*[[{]/.test(t) },
  { what: 'plain text', test: (b) => b.every((c) => c >= 0x20 || c === 9 || c === 10 || c === 13) },
]

/** What a file that is no profile seems to be, as it completes "this is …"; undefined if that cannot be told. */
export function describeHead(head: Uint8Array): string | undefined {
  const bytes = head.subarray(0, 1024)
  const text = String.fromCharCode(...bytes)
  return KINDS.find((k) => k.test(bytes, text))?.what
}
