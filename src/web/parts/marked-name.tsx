// Names and texts with what a search found in them marked.

import { splitFunctionName } from '../../core/analysis/display-names.ts'
import { matchRanges } from '../../core/analysis/name-search.ts'
import { displayName, isBlank, NO_NAME, shortName } from './name.tsx'

/** A text with what the words fit marked; `from` and `to` show a part of it. */
export function Marked(props: {
  readonly text: string
  readonly words: readonly string[]
  readonly from?: number
  readonly to?: number
}) {
  const { text, words, from = 0, to = text.length } = props
  const out = []
  let at = from
  for (const [a, b] of matchRanges(text, words)) {
    const start = Math.max(a, from)
    const end = Math.min(b, to)
    if (start >= end) continue
    out.push(text.slice(at, start), <mark key={start}>{text.slice(start, end)}</mark>)
    at = end
  }
  return (
    <>
      {out}
      {text.slice(at, to)}
    </>
  )
}

/** A function's name in one line, the path giving way, with what the words fit marked. */
export function MarkedName({ name, words }: { readonly name: string; readonly words: readonly string[] }) {
  const shown = isBlank(name) ? NO_NAME : shortName(name)
  const { path } = splitFunctionName(shown)
  return (
    <span class="name" title={displayName(name)}>
      <span class="pk">
        <bdi dir="ltr">
          <Marked text={shown} words={words} to={path.length} />
        </bdi>
      </span>
      <span class="fn">
        <Marked text={shown} words={words} from={path.length} />
      </span>
    </span>
  )
}
