// capture.json: what was captured, when, and what was not and why.

/** `goscope.capture/1`. Times are RFC 3339 in UTC. */
export interface Manifest {
  readonly schema: 'goscope.capture/1'
  readonly goscope: string
  readonly node: string
  /** Whether the plan was carried out to its end; 'running' while it is not. */
  state: 'running' | 'complete' | 'interrupted' | 'broken off'
  /** Address or command, without secrets. */
  readonly target: string
  started: string
  ended: string
  pid?: number
  executable?: string
  goVersion?: string
  /** Goroutines at the beginning. */
  goroutines?: number
  exitStatus?: number
  readonly files: CapturedFile[]
  /** What should have come and did not. */
  readonly failed: { readonly file: string; readonly why: string; readonly at: string }[]
  /** What was not asked for, or is not there, and why. */
  readonly left: { readonly file: string; readonly why: string }[]
  readonly notes: string[]
  readonly warnings: string[]
  /** Captures in sub-folders. */
  parts?: { readonly folder: string; readonly target: string }[]
}

export interface CapturedFile {
  readonly file: string
  readonly what: string
  /** Where it comes from, without secrets. */
  readonly from: string
  readonly started: string
  /** From the request to the end of the answer. */
  readonly seconds: number
  readonly bytes: number
  readonly note?: string
}

export function newManifest(target: string, goscope: string): Manifest {
  const now = new Date().toISOString()
  return {
    schema: 'goscope.capture/1',
    goscope,
    node: process.version,
    state: 'running',
    target,
    started: now,
    ended: now,
    files: [],
    failed: [],
    left: [],
    notes: [],
    warnings: [],
  }
}

/** The manifest as the text of the file. */
export function manifestText(m: Manifest): string {
  return `${JSON.stringify(m, null, 2)}\n`
}
