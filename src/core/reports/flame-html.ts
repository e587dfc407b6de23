import { base64, sha256 } from '../base/sha256.ts'
import { encodeUtf8 } from '../base/utf8.ts'
import { visibleText } from '../base/visible-text.ts'
import type { FlameDoc } from './flame.ts'
import { flameData } from './flame-data.ts'
import { layoutFlame } from './flame-layout.ts'
import { markupText } from './flame-names.ts'
import { FLAME_SCRIPT } from './flame-script.ts'
import { flameStyle } from './flame-style.ts'

/** What makes the file, for its status line, e.g. `goscope 0.1.0`. */
export interface FlameFileOptions {
  readonly producer: string
}

/**
 * The flame graph as one HTML page that loads nothing and runs nothing but its own script, which its content
 * security policy names by hash. Names are data, never markup.
 */
export function flameHtml(doc: FlameDoc, o: FlameFileOptions): string {
  const style = flameStyle()
  const hash = (text: string): string => `'sha256-${base64(sha256(encodeUtf8(text)))}'`
  const policy = `default-src 'none'; script-src ${hash(FLAME_SCRIPT)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`
  const title = markupText(visibleText(doc.title))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${markupText(visibleText(o.producer))}">
<title>${title} – flame graph</title>
<style>${style}</style>
</head>
<body>
<noscript>This page draws with a script of its own, and scripts are switched off. The SVG of the same command (goscope flame -o FILE.svg) shows the picture without one.</noscript>
<script type="application/json" id="goscope-data">${flameData(doc, layoutFlame(doc.tree, 0), o.producer)}</script>
<script>${FLAME_SCRIPT}</script>
</body>
</html>
`
}
