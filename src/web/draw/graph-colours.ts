// Which token a box or line of the graph has.

import { ORIGINS } from '../../core/analysis/origin.ts'
import { packageOf } from '../../core/analysis/transform/frame-names.ts'
import type { CallGraph } from '../../core/engine/workbench/questions/graph.ts'
import { categoryOf, changeStep, changeToken } from './flame-colours.ts'

export const GRAPH_COLOURS = ['origin', 'package', 'weight', 'change'] as const

/** By whose code it is, by package, by the share of the whole, by what changed. */
export type GraphColour = (typeof GRAPH_COLOURS)[number]

/** The fill of a node; `strength` (0 to 1) mixes it with the background. */
export function nodeFill(g: CallGraph, row: number, by: GraphColour): { token: string; strength: number } {
  switch (by) {
    case 'change':
      return { token: changeToken(changeStep(g.total[row]!, Math.abs(g.whole))), strength: 1 }
    case 'weight': {
      const share = Math.min(1, Math.abs(g.total[row]!) / (Math.abs(g.whole) || 1))
      return { token: g.total[row]! < 0 ? 'diff-minus-3' : 'org-main', strength: 0.12 + 0.88 * share ** 0.6 }
    }
    case 'package': {
      const { token, lighter } = categoryOf(packageOf(g.names[row]!))
      return { token, strength: lighter ? 0.76 : 1 }
    }
    default: {
      const o = g.origin[row]!
      return { token: o === 255 ? 'org-runtime' : `org-${ORIGINS[o]}`, strength: 1 }
    }
  }
}

/** The stroke of a line. */
export function lineStroke(g: CallGraph, weight: number): string {
  if (!g.difference) return 'line-3'
  return weight > 0 ? 'diff-plus-text' : weight < 0 ? 'diff-minus-text' : 'line-3'
}
