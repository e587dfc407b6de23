import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { UserError } from '../../core/base/errors.ts'
import type { Picture } from '../../core/reports/index.ts'
import type { DrawnPicture } from './picture.ts'
import type { PictureAnswer, PictureJob } from './picture-worker.ts'

/** Draws pictures, one after the other, elsewhere than in the caller's thread. */
export interface Studio {
  /** Throws UserError if the graph cannot be laid out, or not in time. */
  draw(dot: string, format: Picture): Promise<DrawnPicture>
  close(): Promise<void>
}

export interface StudioOptions {
  /** How long one picture may take. */
  readonly seconds?: number
}

/** How long a picture may take; GOSCOPE_PICTURE_SECONDS sets another time. */
function pictureSeconds(): number {
  const set = Number(process.env.GOSCOPE_PICTURE_SECONDS)
  return set > 0 ? set : 60
}

/** Graphviz recurses along paths; a thread's usual 4 MB end at chains of some ten thousand calls. */
const STACK_MB = 64

/**
 * Opens a studio; its thread loads Graphviz while the caller reads the profile. An idle studio does not
 * keep the program alive.
 */
export function openStudio({ seconds = pictureSeconds() }: StudioOptions = {}): Studio {
  const script = new URL('./picture-worker.js', import.meta.url)
  const draw = existsSync(script) ? new DrawingThread(script, seconds) : new DrawingHere()
  let last: Promise<unknown> = Promise.resolve()
  return {
    draw(dot, format) {
      const mine = last.then(() => draw.draw(dot, format))
      last = mine.catch(() => {})
      return mine
    },
    close: () => draw.close(),
  }
}

function tooLarge(dot: string, why: string): UserError {
  const nodes = dot.match(/^N\d+ \[/gm)?.length ?? 0
  const edges = dot.match(/^N\d+ -> /gm)?.length ?? 0
  return new UserError(
    `${why} (${nodes} nodes, ${edges} edges): show less of it with -nodecount=80, -nodefraction=0.01 or -focus, or write the graph with -dot`,
  )
}

class DrawingThread {
  private readonly script: URL
  private readonly seconds: number
  private worker: Worker | undefined

  constructor(script: URL, seconds: number) {
    this.script = script
    this.seconds = seconds
    this.worker = this.start()
  }

  private start(): Worker {
    const worker = new Worker(this.script, { resourceLimits: { stackSizeMb: STACK_MB } })
    worker.unref()
    // Between pictures nobody listens; the next one starts another thread.
    worker.on('error', () => this.forget(worker))
    worker.on('exit', () => this.forget(worker))
    return worker
  }

  private forget(worker: Worker): void {
    if (this.worker === worker) this.worker = undefined
  }

  draw(dot: string, format: Picture): Promise<DrawnPicture> {
    this.worker ??= this.start()
    const worker = this.worker
    worker.ref()
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        worker.off('message', answered).off('error', failed).off('exit', gone)
        worker.unref()
      }
      const answered = (answer: PictureAnswer): void => {
        end()
        if ('picture' in answer) resolve(answer.picture)
        else reject(answer.layout ? tooLarge(dot, answer.failure) : new Error(answer.failure))
      }
      const failed = (e: Error): void => {
        end()
        const code = (e as NodeJS.ErrnoException).code
        reject(code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge(dot, 'not enough memory for the graph') : e)
      }
      const gone = (): void => failed(new Error('the drawing thread has ended'))
      const timer = setTimeout(() => {
        end()
        this.forget(worker)
        worker.terminate()
        reject(tooLarge(dot, `the graph is not laid out after ${this.seconds} s`))
      }, this.seconds * 1000)
      worker.on('message', answered).on('error', failed).on('exit', gone)
      worker.postMessage({ dot, format } satisfies PictureJob)
    })
  }

  async close(): Promise<void> {
    await this.worker?.terminate()
  }
}

/**
 * Where the thread's script is not built: run from source, without a limit of time. What draws loads here only then:
 * the thread is to start as early as it can.
 */
class DrawingHere {
  async draw(dot: string, format: Picture): Promise<DrawnPicture> {
    const [{ LayoutError, openGraphviz }, { drawPicture }] = await Promise.all([
      import('./graphviz.ts'),
      import('./picture.ts'),
    ])
    try {
      return await drawPicture(await openGraphviz(), dot, format)
    } catch (e) {
      throw e instanceof LayoutError ? tooLarge(dot, e.message) : e
    }
  }

  async close(): Promise<void> {}
}
