// The events of the v2 wire format as one table; what readers need to know of an event's shape is derived
// from it.

/** Numbers of the events that the code names. */
export const EV = {
  EventBatch: 1,
  Stacks: 2,
  Stack: 3,
  Strings: 4,
  String: 5,
  CPUSamples: 6,
  CPUSample: 7,
  Frequency: 8,
  ProcsChange: 9,
  ProcStart: 10,
  ProcStop: 11,
  ProcSteal: 12,
  ProcStatus: 13,
  GoCreate: 14,
  GoCreateSyscall: 15,
  GoStart: 16,
  GoDestroy: 17,
  GoDestroySyscall: 18,
  GoStop: 19,
  GoBlock: 20,
  GoUnblock: 21,
  GoSyscallBegin: 22,
  GoSyscallEnd: 23,
  GoSyscallEndBlocked: 24,
  GoStatus: 25,
  STWBegin: 26,
  STWEnd: 27,
  GCActive: 28,
  GCBegin: 29,
  GCEnd: 30,
  GCSweepActive: 31,
  GCSweepBegin: 32,
  GCSweepEnd: 33,
  GCMarkAssistActive: 34,
  GCMarkAssistBegin: 35,
  GCMarkAssistEnd: 36,
  HeapAlloc: 37,
  HeapGoal: 38,
  GoLabel: 39,
  UserTaskBegin: 40,
  UserTaskEnd: 41,
  UserRegionBegin: 42,
  UserRegionEnd: 43,
  UserLog: 44,
  GoSwitch: 45,
  GoSwitchDestroy: 46,
  GoCreateBlocked: 47,
  GoStatusStack: 48,
  ExperimentalBatch: 49,
  Sync: 50,
  ClockSnapshot: 51,
  EndOfGeneration: 52,
  Span: 128,
  SpanAlloc: 129,
  SpanFree: 130,
  HeapObject: 131,
  HeapObjectAlloc: 132,
  HeapObjectFree: 133,
  GoroutineStack: 134,
  GoroutineStackAlloc: 135,
  GoroutineStackFree: 136,
} as const

/** Arguments by name. `stack` and `new_stack` are stack ids, `…_string` string ids; `dt` first: it has a time. */
const ARGS: Record<keyof typeof EV, string> = {
  EventBatch: 'gen m time size',
  Stacks: '',
  Stack: 'id nframes',
  Strings: '',
  String: 'id',
  CPUSamples: '',
  CPUSample: 'time m p g stack',
  Frequency: 'freq',
  ProcsChange: 'dt procs_value stack',
  ProcStart: 'dt p p_seq',
  ProcStop: 'dt',
  ProcSteal: 'dt p p_seq m',
  ProcStatus: 'dt p pstatus',
  GoCreate: 'dt new_g new_stack stack',
  GoCreateSyscall: 'dt new_g',
  GoStart: 'dt g g_seq',
  GoDestroy: 'dt',
  GoDestroySyscall: 'dt',
  GoStop: 'dt reason_string stack',
  GoBlock: 'dt reason_string stack',
  GoUnblock: 'dt g g_seq stack',
  GoSyscallBegin: 'dt p_seq stack',
  GoSyscallEnd: 'dt',
  GoSyscallEndBlocked: 'dt',
  GoStatus: 'dt g m gstatus',
  STWBegin: 'dt kind_string stack',
  STWEnd: 'dt',
  GCActive: 'dt gc_seq',
  GCBegin: 'dt gc_seq stack',
  GCEnd: 'dt gc_seq',
  GCSweepActive: 'dt p',
  GCSweepBegin: 'dt stack',
  GCSweepEnd: 'dt swept_value reclaimed_value',
  GCMarkAssistActive: 'dt g',
  GCMarkAssistBegin: 'dt stack',
  GCMarkAssistEnd: 'dt',
  HeapAlloc: 'dt heapalloc_value',
  HeapGoal: 'dt heapgoal_value',
  GoLabel: 'dt label_string',
  UserTaskBegin: 'dt task parent_task name_string stack',
  UserTaskEnd: 'dt task stack',
  UserRegionBegin: 'dt task name_string stack',
  UserRegionEnd: 'dt task name_string stack',
  UserLog: 'dt task key_string value_string stack',
  GoSwitch: 'dt g g_seq',
  GoSwitchDestroy: 'dt g g_seq',
  GoCreateBlocked: 'dt new_g new_stack stack',
  GoStatusStack: 'dt g m gstatus stack',
  ExperimentalBatch: 'exp gen m time',
  Sync: '',
  ClockSnapshot: 'dt mono sec nsec',
  EndOfGeneration: '',
  Span: 'dt id npages_value kindclass',
  SpanAlloc: 'dt id npages_value kindclass',
  SpanFree: 'dt id',
  HeapObject: 'dt id type',
  HeapObjectAlloc: 'dt id type',
  HeapObjectFree: 'dt id',
  GoroutineStack: 'dt id order',
  GoroutineStackAlloc: 'dt id order',
  GoroutineStackFree: 'dt id',
}

/** The shape of an event. */
export interface EventSpec {
  readonly type: number
  readonly name: string
  /** Names of all arguments, `dt` included. */
  readonly args: readonly string[]
  /** Belongs into event batches: its first argument is `dt`, the ticks since the event before. */
  readonly timed: boolean
  /** Positions of arguments that are stack ids, `dt` not counted; the event's own stack comes first. */
  readonly stacks: readonly number[]
  /** Positions of arguments that are string ids, `dt` not counted. */
  readonly strings: readonly number[]
  /** Followed by a length and that many bytes. */
  readonly hasData: boolean
}

/** By type number; undefined where there is no such event. */
export const EVENT_SPECS: readonly (EventSpec | undefined)[] = specs()

function specs(): (EventSpec | undefined)[] {
  const out: (EventSpec | undefined)[] = new Array(256).fill(undefined)
  for (const name of Object.keys(EV) as (keyof typeof EV)[]) {
    const type = EV[name]
    const args = ARGS[name] === '' ? [] : ARGS[name].split(' ')
    const timed = args[0] === 'dt'
    const where = (is: (arg: string) => boolean): number[] =>
      args.flatMap((arg, i) => (is(arg) ? [timed ? i - 1 : i] : []))
    out[type] = {
      type,
      name,
      args,
      timed,
      stacks: [...where((a) => a === 'stack'), ...where((a) => a === 'new_stack')],
      strings: where((a) => a.endsWith('_string')),
      hasData: type === EV.String || type === EV.ExperimentalBatch,
    }
  }
  return out
}

/** Arguments after `dt` that any event has at most. */
export const MAX_ARGS = 4

/** By type: number of arguments after `dt`; NOT_TIMED for everything that has no place in an event batch. */
export const TIMED_ARGS = Uint8Array.from(EVENT_SPECS, (s) => (s?.timed ? s.args.length - 1 : 255))
export const NOT_TIMED = 255

/** Type numbers from here on belong to experiments. */
export const FIRST_EXPERIMENTAL = 128

/** Types below this make up the table of a version (`-d=wire` knows no others). */
export function tableEnd(minor: number): number {
  if (minor >= 26) return EV.GoroutineStackFree + 1
  if (minor >= 25) return EV.ClockSnapshot + 1
  return (minor >= 23 ? EV.ExperimentalBatch : EV.UserLog) + 1
}
