// Graph layout: Graphviz itself, compiled to WebAssembly.

import v8 from 'node:v8'

/** What Graphviz can write without libraries of the system. */
export type GraphvizFormat = 'svg' | 'ps' | 'eps'

/** The graph could not be laid out; the message is for the user. */
export class LayoutError extends Error {
  override readonly name = 'LayoutError'
}

/** Lays out a graph of the DOT language and draws it. Throws LayoutError. */
export type Graphviz = (dot: string, format: GraphvizFormat) => string

/**
 * Loads Graphviz. After a LayoutError a new one must be loaded: where the stack ran out, its memory is in no
 * known state.
 */
export async function openGraphviz(): Promise<Graphviz> {
  // V8 of Node 20 begins to optimise a wasm function after so little work that one layout of 80 nodes
  // waits longer for the compiler (130 ms) than it takes (70 ms). Later versions have about this budget.
  if (Number.parseInt(process.versions.v8, 10) < 12) v8.setFlagsFromString('--wasm-tiering-budget=20000000')
  const { instance } = await import('@viz-js/viz')
  const viz = await instance()
  return (dot, format) => {
    let result: ReturnType<typeof viz.render>
    try {
      // With 'ps2' the page has the picture's size; with 'ps' it has that of the printer.
      result = viz.render(dot, { format: format === 'ps' ? 'ps2' : format, engine: 'dot' })
    } catch (e) {
      // The compiled C recurses along paths of the graph.
      if (e instanceof RangeError || (e instanceof Error && e.name === 'RuntimeError'))
        throw new LayoutError('the graph is too deep or too large for Graphviz')
      throw e
    }
    if (result.status === 'success') return format === 'svg' ? result.output : latin1Postscript(result.output)
    const errors = result.errors.filter((e) => e.level === 'error')
    throw new LayoutError(
      `Graphviz could not lay out the graph: ${errors[0]?.message ?? 'it does not say why'}`,
    )
  }
}

/**
 * Graphviz's PostScript sets its fonts to Latin-1 but writes the text as it came, in UTF-8. Characters of
 * Latin-1 become octal escapes; for others PostScript's own fonts have no shape.
 */
function latin1Postscript(ps: string): string {
  return ps.replace(/[^\0-\x7f]/gu, (c) => {
    const code = c.codePointAt(0)!
    if (code < 0x100) return `\\${code.toString(8)}`
    return c === '…' ? '...' : '?'
  })
}
