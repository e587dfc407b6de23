// HTML that is safe to put together: what stands in a template is text unless it was made by a template.

import { markupText, visibleText } from '../../../core/reports/flame-names.ts'

/** A piece of a page. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Part = Html | string | number | false | undefined | readonly Part[]

/** Markup with its values: pieces of pages as they are, all else as text that shows every character. */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Html {
  let out = parts[0]!
  values.forEach((value, i) => {
    out += markupOf(value) + parts[i + 1]!
  })
  return new Html(out)
}

function markupOf(part: Part): string {
  if (part instanceof Html) return part.text
  if (typeof part === 'string') return shownText(part)
  if (typeof part === 'object') return part.map(markupOf).join('')
  return part === undefined || part === false ? '' : String(part)
}

/** Text as markup. Tabs stay: source is full of them. */
export function shownText(s: string): string {
  return s
    .split('\t')
    .map((piece) => markupText(visibleText(piece)))
    .join('\t')
}
