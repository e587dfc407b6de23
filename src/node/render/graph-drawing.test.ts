import { expect, test } from 'vitest'
import { readDrawing } from './graph-drawing.ts'

test('polygons, paths and texts are read and moved to where they are on the page', () => {
  const { width, height, shapes } = readDrawing(`<svg width="62pt" height="116pt"
 viewBox="0.00 0.00 62.00 116.00" xmlns="http://www.w3.org/2000/svg">
<g id="graph0" class="graph" transform="scale(1 1) rotate(0) translate(4 112)">
<title>not a text</title>
<polygon fill="#eddbd5" stroke="none" points="-4,4 -4,-112 58,-112.5 -4,4"/>
<g id="a_edge1"><a xlink:title="a &gt; b">
<path fill="none" stroke="#b23000" stroke-width="2" stroke-dasharray="1,5" d="M27,-71.7C27,-64.41 27,-55.73 26.5,-47.54"/>
</a></g>
<polyline fill="none" stroke="black" points="0,0 1e1,-5"/>
<text xml:space="preserve" text-anchor="middle" x="27" y="-85" font-family="Times,serif" font-size="12.00">a &amp; &lt;b&gt; &#45;</text>
</g>
</svg>`)
  expect([width, height]).toEqual([62, 116])
  expect(shapes).toEqual([
    {
      kind: 'line',
      points: [0, 116, 0, 0, 62, -0.5, 0, 116],
      curved: false,
      closed: true,
      fill: '#eddbd5',
      stroke: undefined,
      width: 1,
      dashes: undefined,
    },
    {
      kind: 'line',
      points: [31, 40.3, 31, 47.59, 31, 56.27, 30.5, 64.46].map((n) => expect.closeTo(n)),
      curved: true,
      closed: false,
      fill: undefined,
      stroke: '#b23000',
      width: 2,
      dashes: [1, 5],
    },
    expect.objectContaining({ points: [4, 112, 14, 107], curved: false, closed: false, stroke: 'black' }),
    { kind: 'label', text: 'a & <b> -', x: 31, y: 27, anchor: 'middle', size: 12, fill: 'black' },
  ])
})
