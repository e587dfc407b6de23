import type { Int } from '../../../base/int64.ts'
import type { TraceTables } from '../../../model/trace.ts'
import {
  ARGS,
  type ArgNames,
  LANE,
  SECTION,
  type ViewerEntry,
  type ViewerSink,
  viewerEntry,
} from './entry.ts'
import { ViewerFrames } from './frames.ts'

/** A heap goal above this is "no goal": the runtime's way to say that the collector is off (Go issue 63864). */
const LARGEST_GOAL = 2 ** 50

interface Named {
  readonly tid: Int
  readonly name: string
  readonly index: number
}

/**
 * Fills entries and gives them to a sink, unless they lie outside the selected time or belong to a lane
 * that was filtered out. Times are nanoseconds since the trace's start, `tid`s unsigned ids.
 */
export class ViewerEmitter {
  readonly frames = new ViewerFrames()
  private readonly sink: ViewerSink
  private readonly from: number
  private readonly to: number
  /** Lanes that are shown; undefined: all. */
  private readonly lanes: ReadonlySet<Int> | undefined
  private readonly e: ViewerEntry = viewerEntry()
  private arrows = 0
  private asyncs = 0
  private procsRunning = 0
  private allocated: Int = 0
  private goal = 0
  private readonly resources: Named[] = []
  private readonly tasks = new Map<Int, Named>()

  constructor(sink: ViewerSink, from: number, to: number, lanes: ReadonlySet<Int> | undefined) {
    this.sink = sink
    this.from = from
    this.to = to
    this.lanes = lanes
    sink.begin(this.frames)
  }

  use(tables: TraceTables): void {
    this.frames.use(tables)
  }

  /**
   * A slice on a timeline. `group`: see ViewerEntry. `blocked`: '' or the argument of a syscall. Stacks are
   * rows; 0 and below: none.
   */
  slice(
    name: string,
    group: string,
    start: number,
    end: number,
    tid: Int,
    stack: number,
    endStack: number,
    blocked = '',
  ): void {
    if ((!this.within(start) && !this.within(end)) || !this.shown(tid)) return
    const e = this.fill('X', name, start, SECTION.timelines, tid)
    e.group = group
    e.duration = end - start
    e.stack = this.frames.node(stack)
    e.endStack = this.frames.node(endStack)
    if (blocked !== '') this.setArgs(ARGS.blocked, blocked)
    this.sink.entry(e)
  }

  /** A point on a timeline. */
  instant(name: string, time: number, tid: Int, stack: number, category = ''): void {
    if (this.startInstant(name, time, tid, stack, category)) this.sink.entry(this.e)
  }

  /** A point with the thread and the proc it concerns. */
  scheduleInstant(name: string, time: number, tid: Int, stack: number, thread: Int, proc: Int): void {
    if (!this.startInstant(name, time, tid, stack, '')) return
    this.setArgs(ARGS.schedule, thread, proc)
    this.sink.entry(this.e)
  }

  /** An arrow between timelines. */
  arrow(name: string, start: number, from: Int, stack: number, end: number, to: Int): void {
    if (this.shown(from) && this.shown(to))
      this.anyArrow(SECTION.timelines, name, start, from, stack, end, to)
  }

  /** A task: a slice in the section of tasks. The first call for a task also names its lane. */
  task(
    id: Int,
    name: string,
    start: number,
    end: number,
    stacks: readonly [number, number],
    goroutines: readonly [Int, Int],
    index: number,
  ): void {
    this.tasks.set(id, { tid: id, name: `T${id} ${name}`, index })
    if (!this.within(start) && !this.within(end)) return
    const e = this.fill('X', name, start, SECTION.tasks, id)
    e.duration = end - start
    e.stack = this.frames.node(stacks[0])
    e.endStack = this.frames.node(stacks[1])
    e.color = taskColor(id)
    this.setArgs(ARGS.task, id, goroutines[0], goroutines[1])
    this.sink.entry(e)
  }

  /** The arrow from a parent task to its child. */
  taskArrow(time: number, parent: Int, child: Int, stack: number): void {
    this.anyArrow(SECTION.tasks, 'newTask', time, parent, stack, time, child)
  }

  /** A region on a goroutine's timeline: two entries that the viewer joins. */
  region(
    name: string,
    start: number,
    end: number,
    tid: Int,
    stacks: readonly [number, number],
    task: Int,
  ): void {
    if (!this.within(start) && !this.within(end)) return
    if (!this.shown(tid)) return
    const id = ++this.asyncs
    for (const at of [0, 1]) {
      const e = this.fill(at === 0 ? 'b' : 'e', name, at === 0 ? start : end, SECTION.timelines, tid)
      e.category = 'Region'
      e.id = id
      e.scope = task.toString(16)
      e.stack = this.frames.node(stacks[at])
      e.color = task === 0 ? '' : taskColor(task)
      if (at === 1) this.setArgs(ARGS.region, task)
      this.sink.entry(e)
    }
  }

  /** How many goroutines are in which state from a time on. */
  goroutineCounts(time: number, running: Int, runnable: Int, waitingGc: Int): void {
    if (!this.within(time)) return
    this.fill('C', 'Goroutines', time, SECTION.stats, 0)
    this.setArgs(ARGS.goroutines, running, runnable, waitingGc)
    this.sink.entry(this.e)
  }

  /** A proc starts (+1) or stops (-1) running: the viewer's count of threads. */
  threadCount(time: number, delta: number): void {
    this.procsRunning += delta
    if (!this.within(time)) return
    this.fill('C', 'Threads', time, SECTION.stats, 0)
    this.setArgs(ARGS.threads, this.procsRunning, 0)
    this.sink.entry(this.e)
  }

  heapAllocated(time: number, bytes: Int): void {
    if (bytes === this.allocated) return
    this.allocated = bytes
    this.heap(time)
  }

  heapGoal(time: number, bytes: Int): void {
    const goal = bytes > LARGEST_GOAL ? 0 : Number(bytes)
    if (goal === this.goal) return
    this.goal = goal
    this.heap(time)
  }

  /** Names a lane. Lanes are ordered by their numbers. */
  resource(tid: Int, name: string, focused = false): void {
    if (this.shown(tid)) this.resources.push({ tid, name, index: focused ? -2 : sortIndex(tid) })
  }

  /** Emits the metadata. `type` names the section of timelines. */
  finish(type: string): void {
    this.processMeta(SECTION.stats, 'STATS', 0)
    if (this.tasks.size !== 0) this.processMeta(SECTION.tasks, 'TASKS', 1)
    for (const task of this.tasks.values()) this.threadMeta(SECTION.tasks, task)
    this.processMeta(SECTION.timelines, type, 2)
    this.threadMeta(SECTION.timelines, { tid: LANE.gc, name: 'GC', index: -6 })
    this.threadMeta(SECTION.timelines, { tid: LANE.network, name: 'Network', index: -5 })
    this.threadMeta(SECTION.timelines, { tid: LANE.timers, name: 'Timers', index: -4 })
    this.threadMeta(SECTION.timelines, { tid: LANE.syscalls, name: 'Syscalls', index: -3 })
    for (const resource of this.resources) this.threadMeta(SECTION.timelines, resource)
  }

  private heap(time: number): void {
    if (!this.within(time)) return
    const { allocated, goal } = this
    this.fill('C', 'Heap', time, SECTION.stats, 0)
    this.setArgs(ARGS.heap, allocated, goal > allocated ? goal - Number(allocated) : 0)
    this.sink.entry(this.e)
  }

  private anyArrow(
    pid: number,
    name: string,
    start: number,
    from: Int,
    stack: number,
    end: number,
    to: Int,
  ): void {
    if (!this.within(start) || !this.within(end)) return
    const id = ++this.arrows
    const tail = this.fill('s', name, start, pid, from)
    tail.id = id
    tail.stack = this.frames.node(stack)
    this.sink.entry(tail)
    const head = this.fill('t', name, end, pid, to)
    head.id = id
    this.sink.entry(head)
  }

  private startInstant(name: string, time: number, tid: Int, stack: number, category: string): boolean {
    if (!this.within(time) || !this.shown(tid)) return false
    const e = this.fill('I', name, time, SECTION.timelines, tid)
    e.scope = 't'
    e.category = category
    e.stack = this.frames.node(stack)
    return true
  }

  private processMeta(pid: number, name: string, index: number): void {
    this.meta('process_name', pid, 0, ARGS.name, name)
    this.meta('process_sort_index', pid, 0, ARGS.sortIndex, index)
  }

  private threadMeta(pid: number, { tid, name, index }: Named): void {
    this.meta('thread_name', pid, tid, ARGS.name, name)
    this.meta('thread_sort_index', pid, tid, ARGS.sortIndex, index)
  }

  private meta(name: string, pid: number, tid: Int, names: ArgNames, value: Int | string): void {
    const e = this.fill('M', name, 0, pid, tid)
    this.setArgs(names, value)
    this.sink.entry(e)
  }

  private fill(phase: string, name: string, time: number, pid: number, tid: Int): ViewerEntry {
    const { e } = this
    e.phase = phase
    e.name = name
    e.group = name
    e.category = ''
    e.scope = ''
    e.time = time
    e.duration = 0
    e.pid = pid
    e.tid = tid
    e.id = 0
    e.stack = 0
    e.endStack = 0
    e.color = ''
    e.argNames = ARGS.none
    return e
  }

  private setArgs(names: ArgNames, a: Int | string, b: Int | string = 0, c: Int | string = 0): void {
    this.e.argNames = names
    this.e.args[0] = a
    this.e.args[1] = b
    this.e.args[2] = c
  }

  private within(time: number): boolean {
    return this.from <= time && time <= this.to
  }

  private shown(tid: Int): boolean {
    return this.lanes === undefined || this.lanes.has(tid)
  }
}

/** Lanes are ordered by a signed number. */
function sortIndex(tid: Int): number {
  return typeof tid === 'number' ? tid : Number(BigInt.asIntN(64, tid))
}

/** Colours of Chromium's trace viewer, the only ones that it takes: tasks have these in turn. */
const TASK_COLORS = [
  'thread_state_uninterruptible',
  'thread_state_iowait',
  'thread_state_running',
  'thread_state_runnable',
  'thread_state_unknown',
  'light_memory_dump',
  'background_memory_dump',
  'detailed_memory_dump',
  'good',
  'bad',
  'terrible',
  'olive',
  'rail_response',
  'rail_animation',
  'rail_idle',
  'rail_load',
  'heap_dump_child_node_arrow',
  'cq_build_running',
  'cq_build_passed',
  'cq_build_failed',
  'cq_build_abandoned',
  'cq_build_attempt_runnig',
  'cq_build_attempt_passed',
]

function taskColor(task: Int): string {
  return TASK_COLORS[Number(BigInt(task) % BigInt(TASK_COLORS.length))]
}
