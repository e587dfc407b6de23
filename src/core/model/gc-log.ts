// What GODEBUG=gctrace, gcpacertrace, scavtrace and inittrace tell, as tables. Sizes are in MB of 2^20
// bytes and times in ms unless a name says otherwise. NaN where a version prints no such value.

import { RowTable } from './row-table.ts'

/**
 * Columns of a garbage collection.
 *
 * - `process` row of RuntimeLog.processes; `number` as printed; `time` s since the start of the process;
 *   `wall` ms since 1970 by the prefix
 * - `shape` one of GC_SHAPES, which says what `wall0`… are
 * - `percent` of CPU that the collector took since the start of the process, whole, as printed
 * - `wall0`…`wall4` wall clock of the phases (PHASES)
 * - `cpuSweepTerm`, `cpuAssist`, `cpuBackground` (dedicated and fractional workers; in Go 1.5 with the scan
 *   phase), `cpuIdle`, `cpuMarkTerm` CPU time
 * - `before` heap when the cycle began; `after` when marking ended; `live` what was marked. Go 1.4 and
 *   older print the live heap of the cycle before: it is in `livePrevious`, and `live` is NaN
 * - `goal`, `stacks`, `globals`; `procs` GOMAXPROCS, or the threads that helped (Go 1.4 and older)
 * - `forced` 1 if by runtime.GC (or debug.FreeOSMemory); `leakCheck` 1 if it looked for leaked goroutines
 */
export const GC_COLUMNS = [
  'process',
  'shape',
  'number',
  'time',
  'wall',
  'percent',
  'wall0',
  'wall1',
  'wall2',
  'wall3',
  'wall4',
  'cpuSweepTerm',
  'cpuAssist',
  'cpuBackground',
  'cpuIdle',
  'cpuMarkTerm',
  'before',
  'after',
  'live',
  'livePrevious',
  'goal',
  'stacks',
  'globals',
  'procs',
  'forced',
  'leakCheck',
] as const
export type GcColumn = (typeof GC_COLUMNS)[number]

/** Forms of the line, oldest first; the number is a row's `shape`. */
export const GC_SHAPES = [
  'Go 1.1–1.2',
  'Go 1.3',
  'Go 1.4',
  'Go 1.5',
  'Go 1.6–1.17',
  'Go 1.18 or newer',
] as const
export const GC_SHAPE = { go1: 0, go3: 1, go4: 2, go5: 3, go6: 4, go18: 5 } as const

export interface GcPhase {
  readonly name: string
  /** Whether the world is stopped meanwhile. Phases that follow each other with the world stopped are one pause. */
  readonly stopped: boolean
}

const OLD_PHASES: readonly GcPhase[] = [
  { name: 'stop the world', stopped: true },
  { name: 'sweep', stopped: true },
  { name: 'mark', stopped: true },
  { name: 'wait for helpers', stopped: true },
]
const NEW_PHASES: readonly GcPhase[] = [
  { name: 'sweep termination', stopped: true },
  { name: 'mark and scan', stopped: false },
  { name: 'mark termination', stopped: true },
]

/** The phases that `wall0`… are, by shape. Forced collections before Go 1.9 stop the world all through. */
export const PHASES: readonly (readonly GcPhase[])[] = [
  [
    { name: 'mark', stopped: true },
    { name: 'sweep', stopped: true },
    { name: 'stop, start and the rest', stopped: true },
  ],
  OLD_PHASES,
  OLD_PHASES,
  [
    { name: 'sweep termination', stopped: true },
    { name: 'scan', stopped: false },
    { name: 'install write barriers', stopped: false },
    { name: 'mark', stopped: false },
    { name: 'mark termination', stopped: true },
  ],
  NEW_PHASES,
  NEW_PHASES,
]

/** What only Go 1.4 and older print, a row for each row of such a shape. Counts since the start but for sweeps and below. */
export const OLD_GC_COLUMNS = [
  'process',
  'number',
  'objects',
  'mallocs',
  'frees',
  'goroutines',
  'spans',
  'sweptBackground',
  'sweptStopped',
  'handoffs',
  'handedOff',
  'steals',
  'stolen',
  'procYields',
  'osYields',
  'sleeps',
] as const
export type OldGcColumn = (typeof OLD_GC_COLUMNS)[number]

/**
 * Lines of GODEBUG=gcpacertrace. `kind` is one of PACER_KINDS; `gc` the number of the collection before it.
 * Of 'start': assistRatio, scanMB, triggerMB, goalMB, workers (dedicated), fraction. Of 'end' (Go 1.18 on):
 * cpuPercent, cpuGoalPercent, heapWork, stackWork, globalsWork, expectedWork, triggerBytes, liveBytes,
 * goalDelta (bytes above the goal), consMark. Of 'sweep': heapMB, allocatedMB, pages, pagesPerByte.
 * Of 'end' up to Go 1.17 (the H_m line): triggerRatio (h_t), triggerBytes (H_T), actualRatio (h_a), liveBytes
 * (H_a), goalRatio (h_g), goalBytes (H_g), cpuPercent (100 u_a), cpuGoalPercent (100 u_g), heapWork (W_a).
 */
export const PACER_COLUMNS = [
  'process',
  'gc',
  'kind',
  'assistRatio',
  'scanMB',
  'triggerMB',
  'goalMB',
  'workers',
  'fraction',
  'cpuPercent',
  'cpuGoalPercent',
  'heapWork',
  'stackWork',
  'globalsWork',
  'expectedWork',
  'triggerBytes',
  'liveBytes',
  'goalDelta',
  'consMark',
  'heapMB',
  'allocatedMB',
  'pages',
  'pagesPerByte',
  'triggerRatio',
  'actualRatio',
  'goalRatio',
  'goalBytes',
  'reset',
] as const
export type PacerColumn = (typeof PACER_COLUMNS)[number]
export const PACER_KIND = { start: 0, end: 1, sweep: 2 } as const

/**
 * Lines about memory given back. `shape`: 0 'scvg#: # MB released', 1 'scvg#: inuse: …' (up to Go 1.13),
 * 2 'scav … KiB total' (Go 1.14–1.20), 3 'scav … KiB now' (Go 1.21 on). KiB but where the name says MB.
 * `work` is what was released since the line before (`workBackground` and `workEager` its parts);
 * `released` all that is released at the moment; `utilization` in percent.
 */
export const SCAVENGE_COLUMNS = [
  'process',
  'gc',
  'wall',
  'shape',
  'work',
  'workBackground',
  'workEager',
  'released',
  'utilization',
  'inuseMB',
  'idleMB',
  'sysMB',
  'consumedMB',
  'forced',
] as const
export type ScavengeColumn = (typeof SCAVENGE_COLUMNS)[number]

/** Package initialisations: `name` is a place in GcLog.initNames; `at` ms since start, `clock` ms. */
export const INIT_COLUMNS = ['process', 'name', 'at', 'clock', 'bytes', 'allocs'] as const
export type InitColumn = (typeof INIT_COLUMNS)[number]

/** Rows that are kept of each table: more are thinned out evenly. */
const MAX_ROWS = 1 << 19

export interface GcLog {
  readonly rows: RowTable<GcColumn>
  readonly old: RowTable<OldGcColumn>
  readonly pacer: RowTable<PacerColumn>
  readonly scavenge: RowTable<ScavengeColumn>
  readonly inits: RowTable<InitColumn>
  readonly initNames: string[]
  /** Lines 'GC forced': no collection for two minutes, so the runtime started one. */
  periodic: number
  /** Objects that were scanned, by gctrace=2 of Go 1.25 on; -1 if it says nothing. */
  scannedObjects: number
}

export function emptyGcLog(): GcLog {
  return {
    rows: new RowTable(GC_COLUMNS, MAX_ROWS, ['after', 'wall0', 'wall2', 'wall4']),
    old: new RowTable(OLD_GC_COLUMNS, MAX_ROWS),
    pacer: new RowTable(PACER_COLUMNS, MAX_ROWS / 2),
    scavenge: new RowTable(SCAVENGE_COLUMNS, MAX_ROWS / 2),
    inits: new RowTable(INIT_COLUMNS, MAX_ROWS / 8),
    initNames: [],
    periodic: 0,
    scannedObjects: -1,
  }
}
