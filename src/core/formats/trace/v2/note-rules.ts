import { EVENT, NAME, SCOPE } from '../../../model/trace.ts'
import { EVENT_SPECS } from './events.ts'
import { GC, OrderContext } from './order-context.ts'
import { ABSENT, NO_KIND, type OpenRanges } from './states.ts'

/** The rules of events that do not move goroutines and procs: ranges of time, and what is noted by the way. */
export class NoteRules extends OrderContext {
  // Ranges.

  protected stwBegin(): boolean {
    const kind = this.arg(0)
    const stackId = this.arg(1)
    this.needsGoroutine()
    this.openRange(this.gRanges, this.g, kind)
    this.range(EVENT.RangeBegin, this.stwName(kind), SCOPE.Goroutine, this.g, stackId)
    return true
  }

  protected stwEnd(): boolean {
    this.needsGoroutine()
    const kind = this.gRanges.close(this.g, true)
    if (kind === undefined) return this.fail('a stop-the-world ends that did not begin')
    this.range(EVENT.RangeEnd, this.stwName(kind), SCOPE.Goroutine, this.g, 0)
    return true
  }

  protected assistBegin(): boolean {
    const stackId = this.arg(0)
    this.needsGoroutine()
    this.openRange(this.gRanges, this.g, NO_KIND)
    this.range(EVENT.RangeBegin, NAME.gcMarkAssist, SCOPE.Goroutine, this.g, stackId)
    return true
  }

  protected assistEnd(): boolean {
    this.needsGoroutine()
    if (this.gRanges.close(this.g, false) === undefined) this.fail('a mark assist ends that did not begin')
    this.range(EVENT.RangeEnd, NAME.gcMarkAssist, SCOPE.Goroutine, this.g, 0)
    return true
  }

  protected sweepBegin(): boolean {
    const stackId = this.arg(0)
    this.needsProc()
    this.openRange(this.pRanges, this.p, NO_KIND)
    this.range(EVENT.RangeBegin, NAME.gcSweep, SCOPE.Proc, this.p, stackId)
    return true
  }

  protected sweepEnd(): boolean {
    const swept = this.arg(0)
    const reclaimed = this.arg(1)
    this.needsProc()
    if (this.pRanges.close(this.p, false) === undefined) this.fail('a sweep ends that did not begin')
    const row = this.range(EVENT.RangeEnd, NAME.gcSweep, SCOPE.Proc, this.p, 0)
    this.value(row, 1, swept)
    this.value(row, 2, reclaimed)
    return true
  }

  /** A mark assist or sweep that a new generation finds open. */
  protected rangeActive(name: number): boolean {
    const id = this.arg(0)
    const sweep = name === NAME.gcSweep
    const states = sweep ? this.ps : this.gs
    const ranges = sweep ? this.pRanges : this.gRanges
    const owner = states.row(id)
    if (states.status(owner) === ABSENT) this.fail('a range is open on something that is not there')
    if (this.gen === this.initialGen) this.openRange(ranges, owner, NO_KIND)
    else if (!ranges.has(owner, NO_KIND)) this.fail('a range is open that did not begin')
    this.range(EVENT.RangeActive, name, sweep ? SCOPE.Proc : SCOPE.Goroutine, owner, 0)
    return true
  }

  protected openRange(ranges: OpenRanges, owner: number, kind: number): void {
    if (!ranges.open(owner, kind)) this.fail('a range begins that is open already')
  }

  protected gcActive(): boolean {
    const seq = this.arg(0)
    if (this.gen === this.initialGen) {
      if (this.gcState !== GC.Undetermined) this.fail('a collection is found running after it was heard of')
    } else {
      if (seq !== this.wides.next(this.gcSeq)) return false
      if (this.gcState !== GC.Running) this.fail('a collection is found running that did not begin')
      this.needsAll()
    }
    this.gcSeq = seq
    this.gcState = GC.Running
    this.range(EVENT.RangeActive, NAME.gcMark, SCOPE.None, -1, 0)
    return true
  }

  protected gcBegin(): boolean {
    const seq = this.arg(0)
    const stackId = this.arg(1)
    if (this.gcState !== GC.Undetermined) {
      if (seq !== this.wides.next(this.gcSeq)) return false
      if (this.gcState === GC.Running) this.fail('a collection begins while one is running')
      this.needsAll()
    }
    this.gcSeq = seq
    this.gcState = GC.Running
    this.range(EVENT.RangeBegin, NAME.gcMark, SCOPE.None, -1, stackId)
    return true
  }

  protected gcEnd(): boolean {
    const seq = this.arg(0)
    if (seq !== this.wides.next(this.gcSeq)) return false
    if (this.gcState !== GC.Running) this.fail('a collection ends that did not begin')
    this.needsAll()
    this.gcSeq = seq
    this.gcState = GC.NotRunning
    this.range(EVENT.RangeEnd, NAME.gcMark, SCOPE.None, -1, 0)
    return true
  }

  // What programs and the runtime note by the way.

  protected metric(name: number, needsGoroutine: boolean): boolean {
    const value = this.arg(0)
    const stackId = needsGoroutine ? this.arg(1) : 0
    if (needsGoroutine) this.needsAll()
    else this.needsProc()
    const row = this.out.add(EVENT.Metric, this.m, this.p, this.g)
    const b = this.out.block
    b.name[row] = name
    this.value(row, 1, value)
    if (stackId !== 0) b.stack[row] = this.stack(stackId)
    return true
  }

  protected label(): boolean {
    const label = this.arg(0)
    this.needsAll()
    const row = this.out.add(EVENT.Label, this.m, this.p, this.g)
    this.out.block.res[row] = this.g
    this.out.block.name[row] = this.string(label)
    return true
  }

  protected taskBegin(): boolean {
    const id = this.task(this.arg(0))
    const parent = this.arg(1)
    if (this.tasks.isActive(id)) this.fail('a task begins that is active already')
    this.needsAll()
    this.tasks.begin(id, parent === 0 ? -1 : this.task(parent), this.string(this.arg(2)))
    this.addTask(EVENT.TaskBegin, id, this.arg(3))
    return true
  }

  protected taskEnd(): boolean {
    const id = this.task(this.arg(0))
    this.needsAll()
    this.addTask(EVENT.TaskEnd, id, this.arg(1))
    this.tasks.end(id)
    return true
  }

  protected addTask(kind: number, id: number, stackId: number): void {
    const { tasks } = this
    const row = this.out.add(kind, this.m, this.p, this.g)
    const b = this.out.block
    const known = tasks.isActive(id)
    b.res[row] = id
    b.extra[row] = known ? tasks.parent(id) : -1
    b.name[row] = known ? tasks.name(id) : NAME.empty
    if (stackId !== 0) b.stack[row] = this.stack(stackId)
  }

  protected region(kind: number): boolean {
    const id = this.arg(0)
    const nameId = this.arg(1)
    const stackId = this.arg(2)
    this.needsGoroutine()
    const name = this.string(nameId)
    if (kind === EVENT.RegionBegin) this.regions.begin(this.g, id, name)
    else if (!this.regions.end(this.g, id, name)) this.fail('a region ends that is not the innermost one')
    const row = this.out.add(kind, this.m, this.p, this.g)
    const b = this.out.block
    b.res[row] = this.task(id)
    b.name[row] = name
    if (stackId !== 0) b.stack[row] = this.stack(stackId)
    return true
  }

  protected log(): boolean {
    const id = this.arg(0)
    const category = this.arg(1)
    const message = this.arg(2)
    const stackId = this.arg(3)
    this.needsAll()
    const row = this.out.add(EVENT.Log, this.m, this.p, this.g)
    const b = this.out.block
    b.res[row] = this.task(id)
    b.name[row] = this.string(category)
    b.extra[row] = this.string(message)
    if (stackId !== 0) b.stack[row] = this.stack(stackId)
    return true
  }

  protected experimental(type: number): boolean {
    if (this.m < 0) this.fail('an event needs a thread and has none')
    const spec = EVENT_SPECS[type]
    if (spec === undefined) return this.fail('an event of this type does not belong here')
    const row = this.out.add(EVENT.Experimental, this.m, this.p, this.g)
    const b = this.out.block
    const count = spec.args.length - 1
    b.name[row] = this.tables.strings.intern(spec.name)
    b.extra[row] = count
    b.from[row] = type
    for (let i = 0; i < count; i++) this.value(row, i + 1, this.arg(i))
    return true
  }
}
