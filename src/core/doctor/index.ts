import type { Rule } from './rule.ts'
import { allocHotLoop } from './rules/alloc-hot-loop.ts'
import { blockingSyscallsThreads } from './rules/blocking-syscalls-threads.ts'
import { consumerBottleneck } from './rules/consumer-bottleneck.ts'
import { mutexContention, rwmutexReadContention } from './rules/contention.ts'
import { crash, dataRace, lockCycle } from './rules/crash.ts'
import { deepRecursionStacks } from './rules/deep-recursion-stacks.ts'
import { deferInLoop } from './rules/defer-in-loop.ts'
import { finalizerBacklog } from './rules/finalizer-backlog.ts'
import { gcChurnSmallHeap, memoryLimitSpiral } from './rules/gc-churn.ts'
import { gcForced } from './rules/gc-forced.ts'
import { gcManyPointers, mapsNeverShrink, markAssist, writeBarrier } from './rules/gc-work.ts'
import { goroutineLeaks } from './rules/goroutine-leak.ts'
import { goroutinesTooFine } from './rules/goroutines-too-fine.ts'
import { heapLeak, heapRetentionSubslice } from './rules/heap-leak.ts'
import { httpConnectionLeak } from './rules/http-connection-leak.ts'
import { lockInInnerLoop } from './rules/lock-in-inner-loop.ts'
import { loggingHeavy } from './rules/logging-heavy.ts'
import { memoryReturnedLate } from './rules/memory-returned-late.ts'
import { missingPrealloc } from './rules/missing-prealloc.ts'
import { offCpuSlowDownstream } from './rules/off-cpu-slow-downstream.ts'
import { loadImbalance, poorParallelism } from './rules/parallelism.ts'
import { profileHygiene } from './rules/profile-hygiene.ts'
import { reflectFormatHeavy } from './rules/reflect-format-heavy.ts'
import { regexpCompileHot } from './rules/regexp-compile-hot.ts'
import { longPauses, processorsSaturated, threadGrowth } from './rules/scheduler.ts'
import { specialEntries } from './rules/special-entries.ts'
import { sqlPrepareHot } from './rules/sql-prepare-hot.ts'
import { stringConcat } from './rules/string-concat.ts'
import { templateParseHot } from './rules/template-parse-hot.ts'
import { timersHot } from './rules/timers-hot.ts'
import { tlsSetupHot } from './rules/tls-setup-hot.ts'
import { unbufferedIo } from './rules/unbuffered-io.ts'
import { channelHot, cpuQuota, sleepInRequest } from './rules/waiting-hints.ts'

/** All rules, in the order of docs/doctor.md. */
export const RULES: readonly Rule[] = [
  crash,
  dataRace,
  lockCycle,
  allocHotLoop,
  regexpCompileHot,
  templateParseHot,
  tlsSetupHot,
  sqlPrepareHot,
  loggingHeavy,
  timersHot,
  reflectFormatHeavy,
  stringConcat,
  missingPrealloc,
  deferInLoop,
  lockInInnerLoop,
  unbufferedIo,
  goroutinesTooFine,
  channelHot,
  deepRecursionStacks,
  gcChurnSmallHeap,
  memoryLimitSpiral,
  gcForced,
  markAssist,
  writeBarrier,
  gcManyPointers,
  heapLeak,
  heapRetentionSubslice,
  finalizerBacklog,
  memoryReturnedLate,
  mapsNeverShrink,
  mutexContention,
  rwmutexReadContention,
  consumerBottleneck,
  poorParallelism,
  loadImbalance,
  offCpuSlowDownstream,
  blockingSyscallsThreads,
  threadGrowth,
  longPauses,
  processorsSaturated,
  sleepInRequest,
  cpuQuota,
  httpConnectionLeak,
  ...goroutineLeaks,
  specialEntries,
  profileHygiene,
]
