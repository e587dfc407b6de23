// The search box of a flame view: matches are lit, never hidden; how many and how much of all.

import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { groupDigits, shareText } from '../../core/base/people-fmt.ts'
import { engineFor, loadRe2Engine } from '../../core/base/re2-engine.ts'
import { compileRegexp } from '../../core/base/regexp.ts'
import type { ProfileQuery } from '../../core/engine/workbench/profile-query.ts'
import type { FlameTree } from '../../core/engine/workbench/questions/flame-tree.ts'
import { go, param } from '../address.ts'
import { readBoot } from '../boot.ts'
import { type Matches, matchBoxes } from '../draw/flame-geometry.ts'
import { type PanelId, useEscape } from '../keys.ts'
import { patternProblem, type TextTest, textTest } from '../parts/filter-rows.ts'
import { Icon } from '../parts/icons.tsx'
import { displayName } from '../parts/name.tsx'
import { ask } from '../session.ts'
import { quoted } from '../shell/options.ts'
import { setPivot } from './flame-state.ts'

export interface Search {
  readonly pattern: string
  readonly regexp: boolean
  /** undefined while nothing is looked for. */
  readonly test: TextTest | undefined
  readonly problem: string
}

/** The search in the address; while an expression's engine loads, what was found before stays. */
export function useSearch(): Search {
  const pattern = param('q')
  const regexp = param('qre') !== '0'
  const [found, setFound] = useState<{ test: TextTest | undefined; problem: string }>({
    test: undefined,
    problem: '',
  })
  // At once: effects that wait for the next frame of a busy screen cost more than the search.
  useLayoutEffect(() => {
    let gone = false
    textTest(pattern, regexp).then(
      (test) => !gone && setFound({ test, problem: '' }),
      (e: unknown) => !gone && setFound((f) => ({ test: f.test, problem: displayName(patternProblem(e)) })),
    )
    return () => {
      gone = true
    }
  }, [pattern, regexp])
  return {
    pattern,
    regexp,
    test: pattern === '' ? undefined : found.test,
    problem: pattern === '' ? '' : found.problem,
  }
}

/** What all samples say, where boxes were left out: undefined until it is known, or not needed. */
function useExactWeight(
  search: Search,
  tree: FlameTree | undefined,
  query: ProfileQuery | undefined,
): number | undefined {
  const needed =
    tree !== undefined && tree.trimmed.count > 0 && search.test !== undefined && search.problem === ''
  const pattern = `(?i)${search.regexp ? search.pattern : quoted(search.pattern)}`
  const key = needed ? `${JSON.stringify(query)} ${pattern}` : ''
  const [exact, setExact] = useState<{ key: string; weight: number }>()
  useEffect(() => {
    if (key === '' || query === undefined) return
    let gone = false
    ask('flame-search', { query, pattern }).then(
      (m) => !gone && setExact({ key, weight: m.total }),
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [key])
  return exact !== undefined && exact.key === key ? exact.weight : undefined
}

/** What was warmed up for. */
const warmed = new WeakSet<FlameTree>()
/** Names enough for the engine to compile what reads them. */
const WARM_NAMES = 8000

/**
 * Searches once for what nobody has: the first search of a page would be slow, with code that has never run and the
 * library of expressions not loaded.
 */
async function warmUp(tree: FlameTree): Promise<void> {
  if (warmed.has(tree)) return
  warmed.add(tree)
  const engine = loadRe2Engine()
  for (const pattern of ['\u0001', '\u0001.*\u0002|[\u0003-\u0005]\u0001']) {
    const test = await textTest(pattern, true)
    const names = tree.frames.names.slice(0, WARM_NAMES)
    if (test !== undefined) for (const name of names) test(name)
  }
  matchBoxes(tree.boxes, new Uint8Array(tree.frames.names.length))
  await engine
}

/** On pprof's addresses Enter does what it does on pprof's page. */
const ENTER_PIVOTS = readBoot().addresses === 'pprof'

/**
 * The pivot for what is searched for: pprof tells capitals from small letters, so where that finds less the expression
 * says that it does not.
 */
async function pivotFor({ pattern, regexp, test }: Search, names: readonly string[]): Promise<string> {
  const pivot = regexp ? pattern : quoted(pattern)
  const exact = compileRegexp(pivot, await engineFor([pivot]))
  return test === undefined || names.every((n) => !test(n) || exact.test(n)) ? pivot : `(?i)${pivot}`
}

export function FlameSearch(props: {
  readonly panel: PanelId
  readonly search: Search
  readonly matches: Matches | undefined
  readonly tree: FlameTree | undefined
  readonly query: ProfileQuery | undefined
  readonly onNext: (step: 1 | -1) => void
  readonly inputRef: { current: HTMLInputElement | null }
}) {
  const { panel, search, matches, tree, query, onNext, inputRef } = props
  const { pattern, regexp, problem } = search
  const clear = (): void => go({ set: { q: undefined } })
  useEscape('search', pattern !== '', clear)
  const exact = useExactWeight(search, tree, query)
  const weight = exact ?? matches?.total
  return (
    <label
      class={`search fl-search${problem === '' ? '' : ' wrong'}`}
      title={problem || (ENTER_PIVOTS ? 'Enter: callers and callees of all that match' : undefined)}
    >
      <Icon name="search" />
      <input
        ref={inputRef}
        type="text"
        spellcheck={false}
        autocomplete="off"
        value={pattern}
        placeholder={
          tree === undefined ? 'Search' : `Search ${groupDigits(tree.frames.names.length - 1)} functions`
        }
        aria-label="Search functions"
        aria-invalid={problem !== ''}
        onFocus={() => {
          if (tree !== undefined) setTimeout(() => warmUp(tree))
        }}
        onInput={(e) => go({ set: { q: e.currentTarget.value || undefined } }, { replace: true })}
        onKeyDown={(e) => {
          if (e.key !== 'Enter') return
          e.preventDefault()
          if (!ENTER_PIVOTS || e.shiftKey || pattern === '') onNext(e.shiftKey ? -1 : 1)
          else
            pivotFor(search, tree?.frames.names ?? []).then(
              (pivot) => setPivot(panel, pivot),
              // What is wrong with the expression stands beside it.
              () => undefined,
            )
        }}
      />
      {problem !== '' ? (
        <span class="search-note wrong cut">{problem.replace(/^error parsing regexp: /, '')}</span>
      ) : (
        matches !== undefined &&
        tree !== undefined && (
          <span class="search-note" role="status">
            {matches.count === 0 && (exact ?? 0) === 0 ? (
              'no match'
            ) : (
              <>
                {groupDigits(matches.count)} {matches.count === 1 ? 'frame' : 'frames'} ·{' '}
                <b>{shareText(weight ?? 0, tree.whole)}</b>
              </>
            )}
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
        onClick={() => go({ set: { qre: regexp ? '0' : undefined } }, { replace: true })}
      >
        .*
      </button>
      {pattern === '' && <kbd>/</kbd>}
    </label>
  )
}
