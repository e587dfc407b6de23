// Names from strangers, for the page: shown as they are written, never obeyed.

import { collapseTypeArguments, splitFunctionName } from '../../core/analysis/display-names.ts'

/** Longer names open on demand. */
const LONGEST = 400

/** Control, bidi and other invisible characters as `\u202e`. */
export function displayName(name: string): string {
  return name.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The name cut for places of one line; the whole is in the title. */
export function shortName(name: string): string {
  const shown = displayName(name)
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown
}

/** A function's name in one line: the path gives way from the left, the function never. */
export function FunctionName({
  name,
  inlined = false,
}: {
  readonly name: string
  readonly inlined?: boolean
}) {
  const { path, fn } = splitFunctionName(shortName(name))
  return (
    <span class="name" title={displayName(name).slice(0, 4000)}>
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
