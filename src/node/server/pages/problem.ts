import type { View } from './layout.ts'
import { type Html, html } from './markup.ts'

/** Why a page has nothing to show, and what to do. */
export function problemBody(message: string, advice: readonly string[]): Html {
  return html`<main><p class="notice bad">${message.split('\n').map((line) => html`${line}<br>`)}</p>
${advice.map((a) => html`<p>${a}</p>`)}</main>`
}

/** What may help after an error. */
export function adviceFor(message: string, view: View): string[] {
  if (/^error setting config field/.test(message))
    return [
      'A parameter in the address of this page has a value that it cannot have. Reset leads back to a page without parameters.',
    ]
  if (/no matches found/.test(message))
    return view === 'disasm'
      ? [
          'Either no function with samples has such a name, or the program’s executable is not at hand: start with goscope pprof -http=: BINARY PROFILE, or set PPROF_BINARY_PATH.',
        ]
      : [
          'No function with samples has such a name. Letters of either case differ; a part of the name will do. Top lists all names.',
        ]
  if (/regexp/.test(message))
    return [
      'This is not a regular expression in Go’s syntax. A backslash takes the meaning from a sign: \\(\\*T\\)\\.Method.',
    ]
  return []
}
