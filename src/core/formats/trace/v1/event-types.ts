/** Types of events in v1 traces. */
export const V1 = {
  Batch: 1,
  Frequency: 2,
  Stack: 3,
  Gomaxprocs: 4,
  ProcStart: 5,
  ProcStop: 6,
  GCStart: 7,
  GCDone: 8,
  STWStart: 9,
  STWDone: 10,
  GCSweepStart: 11,
  GCSweepDone: 12,
  GoCreate: 13,
  GoStart: 14,
  GoEnd: 15,
  GoStop: 16,
  GoSched: 17,
  GoPreempt: 18,
  GoSleep: 19,
  GoBlock: 20,
  GoUnblock: 21,
  GoBlockSend: 22,
  GoBlockRecv: 23,
  GoBlockSelect: 24,
  GoBlockSync: 25,
  GoBlockCond: 26,
  GoBlockNet: 27,
  GoSysCall: 28,
  GoSysExit: 29,
  GoSysBlock: 30,
  GoWaiting: 31,
  GoInSyscall: 32,
  HeapAlloc: 33,
  HeapGoal: 34,
  TimerGoroutine: 35,
  FutileWakeup: 36,
  String: 37,
  GoStartLocal: 38,
  GoUnblockLocal: 39,
  GoSysExitLocal: 40,
  GoStartLabel: 41,
  GoBlockGC: 42,
  GCMarkAssistStart: 43,
  GCMarkAssistDone: 44,
  UserTaskCreate: 45,
  UserTaskEnd: 46,
  UserRegion: 47,
  UserLog: 48,
  CPUSample: 49,
} as const

/** Types below this exist. */
export const V1_TYPES = 50

/** Type -> number of arguments between the time difference and the stack. */
const OWN = Uint8Array.of(
  ...[0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 2, 2, 2, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0],
  ...[0, 0, 0, 0, 3, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 2, 3, 0, 0, 0, 3, 1, 3, 2, 3],
)

const STACK = new Set<number>([
  ...[V1.Gomaxprocs, V1.GCStart, V1.GCSweepStart, V1.GoCreate, V1.GoStop, V1.GoSched, V1.GoPreempt],
  ...[V1.GoSleep, V1.GoBlock, V1.GoUnblock, V1.GoBlockSend, V1.GoBlockRecv, V1.GoBlockSelect],
  ...[V1.GoBlockSync, V1.GoBlockCond, V1.GoBlockNet, V1.GoSysCall, V1.GoUnblockLocal, V1.GoBlockGC],
  ...[V1.GCMarkAssistStart, V1.UserTaskCreate, V1.UserTaskEnd, V1.UserRegion, V1.UserLog, V1.CPUSample],
])

/** Type -> number of arguments after the time difference that come before the stack, if it has one. */
export const OWN_ARGUMENTS: Uint8Array = OWN

/** Type -> 1 if its last argument is a stack. */
export const HAS_STACK: Uint8Array = Uint8Array.from({ length: V1_TYPES }, (_, type) =>
  Number(STACK.has(type)),
)

/** Type -> whether it ends the time of its goroutine on the P, until another one starts. */
export const LEAVES: Uint8Array = Uint8Array.from({ length: V1_TYPES }, (_, type) =>
  Number(
    (type >= V1.GoEnd && type <= V1.GoBlock) ||
      (type >= V1.GoBlockSend && type <= V1.GoBlockNet) ||
      type === V1.GoSysBlock ||
      type === V1.GoBlockGC,
  ),
)

/** Type -> whether its goroutine waits from then on, for something that is no system call. */
export function blocks(type: number): boolean {
  return (
    type === V1.GoSleep ||
    type === V1.GoBlock ||
    type === V1.GoBlockGC ||
    (type >= V1.GoBlockSend && type <= V1.GoBlockNet)
  )
}

/** Type -> the same, but for the Local variants: they matter for order only, and mean the plain type. */
export const PLAIN: Uint8Array = Uint8Array.from({ length: V1_TYPES }, (_, type) => {
  if (type === V1.GoStartLocal) return V1.GoStart
  if (type === V1.GoUnblockLocal) return V1.GoUnblock
  return type === V1.GoSysExitLocal ? V1.GoSysExit : type
})

/** Numbers of procs that stand for no P: events that happen outside of one are shown on these. */
export const PSEUDO_PROC = { timer: 1000001, netpoll: 1000002, syscall: 1000003, gc: 1000004 } as const
