// The worker's side: takes orders, answers them from the workbench.

import { DecodeError, UserError } from '../../base/errors.ts'
import type { News, Order } from './protocol.ts'
import type { Asking, QuestionModule } from './question.ts'
import { QUESTIONS } from './questions/index.ts'
import type { Workbench } from './workbench.ts'

/** How news gets out. `give` lists buffers that the sender does not need any more. */
export type Post = (news: News, give: ArrayBuffer[]) => void

/** Answers orders. `ready` resolves when the files that were given so far are in; `breathe` when other work had its turn. */
export class WorkbenchServer {
  private readonly bench: Workbench
  private readonly post: Post
  private readonly ready: () => Promise<void>
  private readonly pause: () => Promise<void>
  private readonly cancelled = new Set<number>()
  private readonly running = new Set<number>()

  constructor(bench: Workbench, ready: () => Promise<void>, post: Post, pause: () => Promise<void>) {
    this.bench = bench
    this.ready = ready
    this.post = post
    this.pause = pause
  }

  /** Takes an order; never throws. */
  take(order: Order): void {
    if (order.kind === 'cancel') {
      if (this.running.has(order.id)) this.cancelled.add(order.id)
      return
    }
    void this.answer(order)
  }

  private async answer({ id, name, params }: Order & { kind: 'ask' }): Promise<void> {
    this.running.add(id)
    const { cancelled, pause, post } = this
    const asking: Asking = {
      progress: (done, total, what) => post({ kind: 'progress', id, done, total, what }, []),
      get cancelled() {
        return cancelled.has(id)
      },
      breathe: pause,
    }
    try {
      await this.ready()
      const question: QuestionModule<unknown, unknown> = await QUESTIONS[name]()
      const value = await question.answer(this.bench, params, asking)
      post({ kind: 'answer', id, value }, question.fresh ? buffersOf(value) : [])
    } catch (e) {
      post({ kind: 'failed', id, ...explain(e) }, [])
    } finally {
      this.running.delete(id)
      cancelled.delete(id)
    }
  }
}

function explain(e: unknown): { message: string; defect: boolean } {
  if (e instanceof DecodeError)
    return { message: `${e.message}${e.offset >= 0 ? ` (at byte ${e.offset})` : ''}`, defect: false }
  if (e instanceof UserError) return { message: e.message, defect: false }
  return { message: e instanceof Error ? (e.stack ?? e.message) : String(e), defect: true }
}

/** All buffers of typed arrays in an answer, each once. */
function buffersOf(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  const visit = (v: unknown, depth: number): void => {
    if (typeof v !== 'object' || v === null || depth > 6) return
    if (ArrayBuffer.isView(v)) found.add(v.buffer as ArrayBuffer)
    // Long lists hold texts or numbers.
    else if (Array.isArray(v)) {
      if (v.length <= 64) for (const x of v) visit(x, depth + 1)
    } else for (const x of Object.values(v)) visit(x, depth + 1)
  }
  visit(value, 0)
  return [...found]
}
