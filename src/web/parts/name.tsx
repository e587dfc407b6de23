// Names from strangers, for the page: shown as they are written, never obeyed.

import { collapseTypeArguments, splitFunctionName } from '../../core/analysis/display-names.ts'
import { visibleStart, visibleText } from '../../core/base/visible-text.ts'

/** Longer names open on demand. */
const LONGEST = 400
/** Nobody reads more of one name, and a browser takes seconds to lay out a megabyte in one line. */
const LONGEST_WHOLE = 4000
const LONGEST_TYPE = 40

/** Control, bidi and other invisible characters as `\u202e`; names of more than some thousand characters cut. */
export function displayName(name: string): string {
  return visibleStart(name, LONGEST_WHOLE)
}

/** The same of a text of several lines, such as a message. */
export function displayLines(text: string): string {
  return text.slice(0, LONGEST_WHOLE).split('\n').map(visibleText).join('\n')
}

/** The name cut for places of one line; the whole is in the title. */
export function shortName(name: string): string {
  return visibleStart(name, LONGEST)
}

/** A sample type or a unit in words: `alloc space`. */
export function typeWords(type: string): string {
  return visibleStart(type, LONGEST_TYPE).replaceAll('_', ' ')
}

/** Stands for the name of a function that is called nothing. */
export const NO_NAME = '(no name)'
export const isBlank = (name: string): boolean => name.length < 100 && name.trim() === ''

/** A function's name in one line: the path gives way from the left, the function never. */
export function FunctionName({
  name,
  inlined = false,
}: {
  readonly name: string
  readonly inlined?: boolean
}) {
  const { path, fn } = splitFunctionName(isBlank(name) ? NO_NAME : shortName(name))
  return (
    <span class="name" title={displayName(name)}>
      {/* Right to left makes the browser cut at the left; the text itself stays as it is. */}
      <span class="pk">
        <bdi dir="ltr">{path}</bdi>
      </span>
      <span class="fn">{collapseTypeArguments(fn)}</span>
      {inlined && (
        <span class="il" title="inlined into its callers somewhere">
          inl
        </span>
      )}
    </span>
  )
}
