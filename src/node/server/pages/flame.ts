import type { FlameDoc } from '../../../core/reports/flame.ts'
import { flameData } from '../../../core/reports/flame-data.ts'
import { layoutFlame } from '../../../core/reports/flame-layout.ts'
import { FLAME_SCRIPT } from '../../../core/reports/flame-script.ts'
import { flameStyle } from '../../../core/reports/flame-style.ts'
import type { Answer } from '../server.ts'
import { pageHead, type Surroundings } from './layout.ts'
import { Html, html } from './markup.ts'
import { HEAD_STYLE, PAGE_SCRIPT } from './style.ts'

/** The picture's own bar and our head share the window. */
const TOGETHER = 'body>.gs{flex:1;height:auto;min-height:0;width:100%}'

/** The picture's script takes the whole body: our head waits in a template until it has. */
const HEAD_SCRIPT = `document.body.prepend(document.getElementById('goscope-head').content);`

/** The flame graph of `goscope flame`, with our head above it. */
export function flamePage(s: Surroundings, doc: FlameDoc, producer: string): Answer {
  const styles = [flameStyle(), HEAD_STYLE, TOGETHER]
  const scripts = [HEAD_SCRIPT, PAGE_SCRIPT]
  const [first, ...others] = scripts.map((script) => html`<script>${new Html(script)}</script>`)
  const data = new Html(flameData(doc, layoutFlame(doc.tree, 0), producer))
  // The template is in the head, out of reach of what replaces the body; scripts of the body run all the same.
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${s.title} – Flame graph – goscope</title>
<link rel="icon" href="data:,">
${styles.map((style) => html`<style>${new Html(style)}</style>`)}
<template id="goscope-head">${pageHead(s)}</template>
</head>
<body>
<noscript>${pageHead(s)}<p>The flame graph draws with a script, and scripts are switched off. Top and Graph do without.</p></noscript>
<script type="application/json" id="goscope-data">${data}</script>
<script>${new Html(FLAME_SCRIPT)}</script>
${first}${others}
</body>
</html>
`.text
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    body,
    styles,
    scripts: [FLAME_SCRIPT, ...scripts],
  }
}
