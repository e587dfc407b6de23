// The box that filters rows: plain text or an expression, with the count of what it leaves.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { groupDigits } from '../../core/base/people-fmt.ts'
import { go, param } from '../address.ts'
import { useEscape, useKeys } from '../keys.ts'
import { filterRows, patternProblem, type TextTest, textTest } from './filter-rows.ts'
import { Icon } from './icons.tsx'
import { displayName } from './name.tsx'

export interface Filter {
  /** Rows that are left; undefined for all. */
  readonly rows: Uint32Array | undefined
  /** What is wrong with the expression; '' if nothing is. */
  readonly problem: string
  /** Parameter of the address that holds it; the one of `regexp` has `re` behind it. */
  readonly key: string
  readonly count: number
}

/**
 * The filter in the parameter `key` of the address (`q` is shared by the views of a profile), applied to rows whose
 * texts come from `data`. While an expression's engine is loading, what was left before is left.
 */
export function useFilter(key: string, count: number, text: (row: number) => string, data: unknown): Filter {
  const pattern = param(key)
  const regexp = param(`${key}re`) !== '0'
  const [found, setFound] = useState<{ test: TextTest | undefined; problem: string }>({
    test: undefined,
    problem: '',
  })
  useEffect(() => {
    let gone = false
    textTest(pattern, regexp).then(
      (test) => !gone && setFound({ test, problem: '' }),
      (e: unknown) => !gone && setFound((f) => ({ test: f.test, problem: patternProblem(e) })),
    )
    return () => {
      gone = true
    }
  }, [pattern, regexp])
  const test = pattern === '' ? undefined : found.test
  const rows = useMemo(
    () => (test === undefined ? undefined : filterRows(count, text, test)),
    [test, count, data],
  )
  return { rows, problem: pattern === '' ? '' : found.problem, key, count }
}

/** The box itself; `/` goes there, Esc empties it. */
export function FilterBox({ filter, what }: { readonly filter: Filter; readonly what: string }) {
  const { key, rows, count } = filter
  const problem = displayName(filter.problem)
  const input = useRef<HTMLInputElement>(null)
  const pattern = param(key)
  const regexp = param(`${key}re`) !== '0'
  useKeys('Tables', { '/': { does: 'filter', run: () => input.current?.select() } })
  useEscape('search', pattern !== '', () => go({ set: { [key]: undefined } }))
  return (
    <label class={`search${problem === '' ? '' : ' wrong'}`} title={problem || undefined}>
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        spellcheck={false}
        autocomplete="off"
        value={pattern}
        placeholder={`Filter ${groupDigits(count)} ${what}`}
        aria-label={`Filter ${what}`}
        aria-invalid={problem !== ''}
        onInput={(e) => go({ set: { [key]: e.currentTarget.value || undefined } }, { replace: true })}
        onKeyDown={(e) => {
          if (e.key !== 'ArrowDown' && e.key !== 'Enter') return
          e.preventDefault()
          e.currentTarget.closest('.panel')?.querySelector<HTMLElement>('.grid')?.focus()
        }}
      />
      {problem !== '' ? (
        <span class="search-note wrong cut">{problem.replace(/^error parsing regexp: /, '')}</span>
      ) : (
        rows !== undefined && (
          <span class="search-note" role="status">
            {groupDigits(rows.length)} of {groupDigits(count)}
          </span>
        )
      )}
      <button
        type="button"
        class={`search-re${regexp ? ' on' : ''}`}
        aria-pressed={regexp}
        title={
          regexp ? 'A regular expression; press for plain text' : 'Plain text; press for a regular expression'
        }
        aria-label="Regular expression"
        onClick={() => go({ set: { [`${key}re`]: regexp ? '0' : undefined } }, { replace: true })}
      >
        .*
      </button>
      {pattern === '' && <kbd>/</kbd>}
    </label>
  )
}
