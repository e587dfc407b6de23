import type { Goroutines } from '../../model/goroutines.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'
import { type Origin, Origins } from '../origin.ts'

/** Whose code frames are, and which frame of a stack people look at first. */
export class FrameOrigins {
  private readonly g: Goroutines
  private readonly origins: Origins
  private readonly known: (Origin | undefined)[] = []

  constructor(g: Goroutines) {
    this.g = g
    const b = new ProfileBuilder()
    for (let frame = 1; frame <= g.frames.count; frame++)
      b.addFunction(g.strings.get(g.frames.fn[frame]), { filename: g.strings.get(g.frames.file[frame]) })
    this.origins = new Origins(b.done())
  }

  /** Origin of a row of frames. */
  of(frame: number): Origin {
    const { g } = this
    this.known[frame] ??= this.origins.ofName(g.strings.get(g.frames.fn[frame])) ?? 'cgo'
    return this.known[frame]
  }

  /** Whether the frame is of the program or one of its modules. */
  isUser(frame: number): boolean {
    const o = this.of(frame)
    return o === 'main' || o === 'module'
  }

  /** Whether the runtime or package sync made the frame: never what people look for. */
  isMachinery(frame: number): boolean {
    const o = this.of(frame)
    return (o !== 'main' && o !== 'module' && o !== 'std' && o !== 'cgo') || MACHINERY.test(this.name(frame))
  }

  name(frame: number): string {
    return this.g.strings.get(this.g.frames.fn[frame])
  }

  /**
   * The frame that says what a stack is about: the program's own first (leaf first), else a module's first, else
   * the outermost of the standard library, of package sync and the like, or of the runtime. 0 for an empty stack.
   */
  telling(stack: number): number {
    const { stacks, calls } = this.g
    let module = 0
    let library = 0
    let machinery = 0
    let runtime = 0
    for (let k = stacks.start[stack]; k < stacks.start[stack + 1]; k++) {
      const frame = calls.frame[stacks.call[k]]
      const o = this.of(frame)
      if (o === 'main') return frame
      if (module === 0 && o === 'module') module = frame
      if (!this.isMachinery(frame)) library = frame
      else if (!this.name(frame).startsWith('runtime.')) machinery = frame
      else if (runtime === 0 || !START.test(this.name(frame))) runtime = frame
    }
    return module || library || machinery || runtime
  }
}

/** Where every goroutine begins. */
const START = /^runtime\.(?:goexit\d?|mcall|mstart\d?|systemstack|morestack\w*)$/
const MACHINERY = /^(?:sync|internal\/sync|internal\/poll|internal\/synctest|time\.Sleep$)[.(]?/
