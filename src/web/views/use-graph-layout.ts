// The layout of a graph for the view: under way, there, stopped, or impossible.

import { useEffect, useState } from 'preact/hooks'
import type { GraphModel } from '../draw/graph-boxes.ts'
import type { GraphPlaces } from '../draw/graph-layout.ts'
import { LayoutStopped, layOut, stopLayout } from '../graph-client.ts'

export interface LayoutState {
  readonly places?: GraphPlaces
  /** The model that `places` is of. */
  readonly model?: GraphModel
  /** How long it has been under way, whole seconds; 0 before the first. */
  readonly seconds: number
  readonly pending: boolean
  readonly stopped?: boolean
  readonly error?: string
  /** Boxes that nobody has said should be laid out all the same. */
  readonly tooLarge?: boolean
}

/** More than these take Graphviz minutes. */
const MOST_BOXES = 900
const MOST_LINES = 4000
/** Seconds after which a layout is given up, unless the reader wants to wait. */
const PATIENCE = 15
const MORE_PATIENCE = 120

/** Lays the model out; `patient` waits longer and takes graphs of any size. */
export function useGraphLayout(model: GraphModel | undefined, patient: boolean): LayoutState {
  const [state, setState] = useState<LayoutState>({ pending: false, seconds: 0 })
  useEffect(() => {
    if (model === undefined) return
    if (model.boxes.length === 0) {
      setState({ pending: false, seconds: 0 })
      return
    }
    if (!patient && (model.boxes.length > MOST_BOXES || model.lines.length > MOST_LINES)) {
      setState({ pending: false, seconds: 0, tooLarge: true })
      return
    }
    let gone = false
    const since = performance.now()
    setState((s) => ({ ...s, pending: true, seconds: 0, tooLarge: false, stopped: false }))
    const clock = setInterval(() => {
      const seconds = Math.floor((performance.now() - since) / 1000)
      if (seconds >= (patient ? MORE_PATIENCE : PATIENCE)) stopLayout()
      else setState((s) => ({ ...s, seconds }))
    }, 1000)
    layOut(model.order)
      .then(
        (places) => gone || setState({ places, model, pending: false, seconds: 0 }),
        (e: unknown) => {
          if (gone) return
          if (e instanceof LayoutStopped) setState({ pending: false, seconds: 0, stopped: true })
          else setState({ pending: false, seconds: 0, error: e instanceof Error ? e.message : String(e) })
        },
      )
      .finally(() => clearInterval(clock))
    return () => {
      gone = true
      clearInterval(clock)
    }
  }, [model, patient])
  return state
}
