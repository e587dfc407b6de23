// Which function a listing shows: the selected one, those that match the focus, or one of the heaviest.

import { useEffect, useState } from 'preact/hooks'
import { shareText, valueText } from '../../core/base/people-fmt.ts'
import { address, go } from '../address.ts'
import { readBoot } from '../boot.ts'
import { textTest } from '../parts/filter-rows.ts'
import { FunctionName } from '../parts/name.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type AskError, useAnswer } from '../session.ts'
import { profileQuery, selected } from '../state.ts'

const { settings } = readBoot()

/** As many as the reference shows at once. */
const MOST = 50

interface Candidate {
  readonly name: string
  readonly self: number
  readonly total: number
}

/** The functions of the profile, the heaviest first. */
function useCandidates(wanted: boolean): {
  readonly found?: { readonly list: readonly Candidate[]; readonly unit: string; readonly whole: number }
  readonly error?: AskError
} {
  const query = profileQuery.value
  const { value, error } = useAnswer(
    'profile-functions',
    wanted && query ? { query: { ...query, options: { ...query.options, g: 'functions' } } } : undefined,
  )
  if (error !== undefined) return { error }
  if (value === undefined) return {}
  const { self, total, unit } = value.types[value.selected]!
  const list = [...value.names.keys()]
    .filter((row) => value.origin[row] !== 255)
    .sort((a, b) => Math.abs(total[b]!) - Math.abs(total[a]!))
    .map((row) => ({ name: value.names[row]!, self: self[row]!, total: total[row]! }))
  return { found: { list, unit, whole: value.wholes[value.selected]! } }
}

/** Names of the functions to show; empty if the reader has to choose; undefined while that is not known. */
export function useChosen(): readonly string[] | undefined {
  const sel = selected.value
  // The command line's, unless the address says something else.
  const focus = address.value.params.get('f') ?? settings?.focus ?? ''
  const candidates = useCandidates(sel === '' && focus !== '')
  const [matching, setMatching] = useState<{ of: unknown; focus: string; names: readonly string[] }>()
  const list = candidates.found?.list
  useEffect(() => {
    if (list === undefined || focus === '') return
    let gone = false
    textTest(focus, true).then(
      (test) =>
        gone ||
        setMatching({
          of: list,
          focus,
          names: list
            .filter((c) => test === undefined || test(c.name))
            .slice(0, MOST)
            .map((c) => c.name),
        }),
      () => gone || setMatching({ of: list, focus, names: [] }),
    )
    return () => {
      gone = true
    }
  }, [list?.length, focus])
  if (sel !== '') return [sel]
  // Why there are none is told where one is to choose.
  if (focus === '' || candidates.error !== undefined) return []
  return matching?.focus === focus ? matching.names : undefined
}

/** A list to choose from. */
export function FunctionChoice({
  what,
  among,
}: {
  readonly what: 'source' | 'disasm'
  readonly among?: readonly string[]
}) {
  const { found, error } = useCandidates(true)
  if (error !== undefined) return <Failed error={error} />
  if (found === undefined) return <Loading what="looking for functions" />
  const { unit, whole } = found
  const some = among === undefined ? undefined : new Set(among)
  const list = found.list.filter((c) => some === undefined || some.has(c.name)).slice(0, MOST)
  if (list.length === 0)
    return (
      <Empty title="There is no function to show">No sample that is left has a function with a name.</Empty>
    )
  return (
    <div class={`scroll choice${some === undefined ? '' : ' few'}`}>
      {some === undefined && (
        <p class="t2 choice-note">
          Choose a function, here or anywhere else: its {what === 'source' ? 'source' : 'instructions'} will
          be here.
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th>Function</th>
            <th class="num w1">Self</th>
            <th class="num w2">Total</th>
          </tr>
        </thead>
        <tbody>
          {list.map((c) => (
            <tr key={c.name}>
              <td>
                <button type="button" class="row-link" onClick={() => go({ set: { sel: c.name } })}>
                  <FunctionName name={c.name} />
                </button>
              </td>
              <td class="num">{valueText(c.self, unit)}</td>
              <td class="num">
                {valueText(c.total, unit)} <span class="pc">{shareText(c.total, whole)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
