import type { PageContent } from './layout.ts'
import { Html, html } from './markup.ts'

const SCRIPT = /<script[^>]*><!\[CDATA\[([\s\S]*?)\]\]><\/script>/

/** Graphviz's SVG with the script that moves and zooms it, as part of a page. Its texts were escaped by Graphviz. */
export function graphContent(svg: string): PageContent {
  const picture = svg.slice(svg.indexOf('<svg'))
  const script = SCRIPT.exec(picture)?.[1]
  return {
    body: html`<main class="picture">${new Html(picture)}</main>`,
    ownScripts: script === undefined ? [] : [script],
  }
}
