import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { pictureLabel, pictureText } from '../../core/reports/picture-text.ts'
import { readDrawing } from './graph-drawing.ts'
import { type Graphviz, openGraphviz } from './graphviz.ts'

let graphviz: Graphviz
beforeAll(async () => {
  graphviz = await openGraphviz()
})

const piece = fc.oneof(
  fc.constantFrom('\n', '\\', '"', '&', '&lt;', '<', '>', ']]>', '\\n', '\\N', '--', ' ', '{', '}', '|', '.'),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
)
const name = fc.array(piece, { minLength: 1, maxLength: 60 }).map((pieces) => pieces.join(''))

/** Graphviz writes every second blank of a run as a no-break space, so that XML keeps it. */
const plainBlanks = (s: string): string => s.replaceAll('\u00a0', ' ').trimEnd()

test('every name comes out as it went in, line by line', () => {
  fc.assert(
    fc.property(name, name, (label, tooltip) => {
      const svg = graphviz(
        `digraph "${pictureText(tooltip)}" { N1 [label="${pictureLabel(pictureText(label))}" id="node1" shape=box tooltip="t ${pictureText(tooltip)}"] }`,
        'svg',
      )
      const shown = (s: string): string[] =>
        pictureText(s)
          .split('\\l')
          .map((line) => plainBlanks(line.replaceAll('&amp;', '&').replace(/\\(.)/gu, '$1')))
          .filter((line) => line.trim() !== '')
      const texts = readDrawing(svg).shapes.flatMap((shape) =>
        shape.kind === 'label' && shape.text.trim() !== '' ? [plainBlanks(shape.text)] : [],
      )
      expect(texts).toEqual(shown(label))
      expect(svg.match(/<a /g)).toHaveLength(1)
    }),
    { seed: 523578167, numRuns: 300 },
  )
})
