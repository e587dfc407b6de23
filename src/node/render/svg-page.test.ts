import { expect, test } from 'vitest'
import { plainSvg, svgPage } from './svg-page.ts'

const GRAPH = `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
 "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<!-- Title: shop Pages: 1 -->
<svg width="62pt" height="116pt"
 viewBox="0.00 0.00 62.00 116.00" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
<g id="graph0" class="graph" transform="scale(1 1) rotate(0) translate(4 112)">
<title>shop</title>
<text>$&amp; &lt;/svg&gt; $1</text>
</g>
</svg>
`

test('a page fills the window, has its script before the graph, and the graph in one group that moves', () => {
  const page = svgPage(GRAPH)
  expect(page).toMatch(
    /^<\?xml [^>]*>\n<!-- Title: shop Pages: 1 -->\n<svg width="100%" height="100%" viewBox="0\.00 0\.00 62\.00 116\.00" xmlns=/,
  )
  expect(page).toMatch(/\]\]><\/script>\n<g id="viewport">\n<g id="graph0"[\s\S]*<\/g>\n<\/g>\n<\/svg>\n$/)
  expect(page.match(/\]\]>/g)).toHaveLength(1)
  expect(page).toContain('<text>$&amp; &lt;/svg&gt; $1</text>')
})

test('the script compiles, and loads nothing', () => {
  const script = /<!\[CDATA\[([\s\S]*?)\]\]>/.exec(svgPage(GRAPH))![1]!
  expect(() => new Function(script)).not.toThrow()
  expect(script).not.toMatch(/import|fetch|XMLHttpRequest|https?:|innerHTML|eval/)
})

test('a plain SVG keeps its size and names no document type elsewhere', () => {
  expect(plainSvg(GRAPH)).toContain('<svg width="62pt" height="116pt"')
  expect(plainSvg(GRAPH)).not.toContain('DTD')
})

test('what is no SVG of Graphviz is refused', () => {
  expect(() => svgPage('<svg></svg>')).toThrow()
})
