// Trees for the flame view: asked for twice where they are large, quickly first and then whole, and a few of them kept.

import { useEffect, useRef, useState } from 'preact/hooks'
import type { FlameParams, FlameTree } from '../../core/engine/workbench/questions/flame-tree.ts'
import { AskError, ask, generation, type Progress } from '../session.ts'
import { shownProfiles } from '../state.ts'

/** A tree of two million boxes is 90 MB: few are kept. */
const KEPT_BOXES = 3_000_000
const KEPT = 12

const kept = new Map<string, FlameTree>()

function keep(key: string, tree: FlameTree): void {
  kept.delete(key)
  kept.set(key, tree)
  let boxes = 0
  for (const t of kept.values()) boxes += t.boxes.count
  for (const [oldest, t] of kept) {
    if (oldest === key || (boxes <= KEPT_BOXES && kept.size <= KEPT)) break
    kept.delete(oldest)
    boxes -= t.boxes.count
  }
}

type Wanted = Omit<FlameParams, 'detail'>

/** The same text for the same question, in whatever order its options were set. */
function keyOf(params: Wanted): string {
  const { options = {} } = params.query
  const sorted = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${generation.value} ${JSON.stringify({ ...params, query: { ...params.query, options: sorted } })}`
}

export interface FlameAnswer {
  /** While the next is under way the one before. */
  readonly tree?: FlameTree
  readonly error?: AskError
  readonly pending: boolean
  readonly progress?: Progress
  /** What the tree was asked with. */
  readonly key: string
}

/**
 * The tree of these parameters; undefined asks for nothing. `whole` asks for what the first answer left out, too,
 * unless the profile is too large for that to be quick.
 */
export function useFlame(params: Wanted | undefined, whole: boolean): FlameAnswer {
  const key = params === undefined ? '' : keyOf(params)
  const [, redraw] = useState(0)
  const state = useRef<FlameAnswer>({ pending: false, key: '' })
  const asked = useRef('')
  if (asked.current !== key) {
    asked.current = key
    const tree = kept.get(key)
    if (key === '') state.current = { pending: false, key }
    else if (tree !== undefined) state.current = { tree, pending: false, key }
    else {
      const { tree: before, key: shown } = state.current
      state.current = { pending: true, key: shown, ...(before && { tree: before }) }
    }
  }
  useEffect(() => {
    if (params === undefined) return
    let gone = false
    const tell = (answer: FlameAnswer): void => {
      if (gone) return
      state.current = answer
      redraw((n) => n + 1)
    }
    const run = async (): Promise<void> => {
      let tree = kept.get(key)
      if (tree === undefined) {
        tree = await ask(
          'flame-tree',
          { ...params, detail: 'first' },
          {
            progress: (progress) => tell({ ...state.current, pending: true, progress }),
          },
        )
        keep(key, tree)
        tell({ tree, pending: false, key })
      }
      if (!whole || tree.trimmed.count === 0 || tree.huge || tree.detail === 'all') return
      // The first one is on the screen before the worker is busy again.
      await new Promise((done) => setTimeout(done, 60))
      if (gone) return
      const all = await ask('flame-tree', { ...params, detail: 'all' })
      keep(key, all)
      tell({ tree: all, pending: false, key })
    }
    run().catch((e: unknown) => {
      tell({ error: e instanceof AskError ? e : new AskError(String(e), true), pending: false, key })
    })
    return () => {
      gone = true
    }
  }, [key, whole])
  return state.current
}

/** When nothing else has been asked for so long, ms. */
const IDLE = 1500
const FORESEEN = 4

/**
 * Builds what is likely asked for next while nothing is: other sample types and the other direction. Only first views,
 * so that the worker is never busy for long.
 */
export function useForesight(params: Wanted | undefined): void {
  const key = params === undefined ? '' : keyOf(params)
  useEffect(() => {
    if (params === undefined) return
    const { query } = params
    const types = shownProfiles.peek()[0]?.sampleTypes ?? []
    const likely: Wanted[] = [
      ...types.map((t) => ({ ...params, query: { ...query, options: { ...query.options, si: t.type } } })),
      { ...params, mode: params.mode === 'up' ? ('down' as const) : ('up' as const) },
    ]
    let gone = false
    const timer = setTimeout(async () => {
      let asked = 0
      for (const next of likely) {
        if (gone || asked === FORESEEN) return
        if (kept.has(keyOf(next))) continue
        asked++
        try {
          keep(keyOf(next), await ask('flame-tree', { ...next, detail: 'first' }))
        } catch {
          // Whoever asks for it is told.
        }
        await new Promise((done) => setTimeout(done, IDLE / 5))
      }
    }, IDLE)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [key])
}
