// The command palette: functions, goroutines, sources, views and commands in one list.

import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { nameRank, searchWords } from '../../core/analysis/name-search.ts'
import { shareText, valueText } from '../../core/base/people-fmt.ts'
import { visibleStart } from '../../core/base/visible-text.ts'
import { activeCommands } from '../commands.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icons.tsx'
import { Keycaps } from '../parts/kbd.tsx'
import { Marked, MarkedName } from '../parts/marked-name.tsx'
import { shortName } from '../parts/name.tsx'
import { useAnswer } from '../session.ts'
import { shownProfiles } from '../state.ts'
import { selectFunction } from './go-function.ts'
import { closeOverlay, paletteStart } from './overlay.ts'
import { patternCommands, sourceEntries, viewEntries } from './palette-entries.ts'
import { useGoroutines } from './palette-goroutines.ts'
import { type PaletteEntry, rankEntries } from './rank-entries.ts'
import { selectedType } from './title-bar.tsx'

interface Group {
  readonly title: string
  readonly entries: readonly PaletteEntry[]
  readonly note?: string
}

const FUNCTIONS = 12
const OTHERS = 8

export function Palette() {
  const [text, setText] = useState(paletteStart.peek())
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const uid = useId()
  const mode = /^[>#@]/.exec(text)?.[0] ?? ''
  const query = text.slice(mode.length).trim()
  const words = searchWords(query)
  const functions = useFunctions(query, mode === '')
  const goroutines = useGoroutines(mode === '#' || (mode === '' && words.length > 0))
  const groups = groupsOf(mode, query, words, functions, goroutines)
  const entries = groups.flatMap((g) => g.entries)
  const active = Math.min(at, entries.length - 1)

  useEffect(() => {
    list.current?.querySelector('.pi.on')?.scrollIntoView({ block: 'nearest' })
  }, [active, text])

  const choose = (entry: PaletteEntry | undefined, beside: boolean): void => {
    if (entry === undefined) return
    closeOverlay()
    if (beside && entry.beside !== undefined) entry.beside()
    else entry.run()
  }
  const onKeyDown = (e: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[e.key]
    if (step !== undefined && entries.length > 0) {
      const next = active + step
      setAt(
        Math.abs(step) > 1
          ? Math.max(0, Math.min(entries.length - 1, next))
          : (next + entries.length) % entries.length,
      )
    } else if (e.key === 'Enter') choose(entries[active], e.ctrlKey || e.metaKey)
    else return
    e.preventDefault()
  }

  let index = 0
  return (
    <Dialog label="Command palette" onClose={closeOverlay} class="palette">
      <div class="dq">
        <Icon name="search" />
        <input
          class="bare grow"
          role="combobox"
          aria-label="Find"
          aria-expanded="true"
          aria-controls={`${uid}list`}
          aria-activedescendant={entries.length > 0 ? `${uid}i${active}` : undefined}
          aria-autocomplete="list"
          placeholder="Find a function, goroutine or command"
          spellcheck={false}
          autocomplete="off"
          value={text}
          data-first
          onInput={(e) => {
            setText(e.currentTarget.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
        />
        <span class="chip">{MODES[mode] ?? 'everything'}</span>
      </div>
      <div class="plist scroll" role="listbox" id={`${uid}list`} aria-label="Found" ref={list}>
        {groups.map((g) => (
          <div key={g.title} role="group" aria-label={g.title}>
            <div class="pg" role="presentation">
              {g.title}
              {g.note !== undefined && <span class="pg-note">{g.note}</span>}
            </div>
            {g.entries.map((entry) => {
              const i = index++
              return (
                <div
                  key={entry.id}
                  id={`${uid}i${i}`}
                  class={`pi${i === active ? ' on' : ''}`}
                  role="option"
                  aria-selected={i === active}
                  aria-label={[entry.title, entry.hint, entry.value, entry.share]
                    .map((t) => shortName(t ?? ''))
                    .filter((t) => t !== '')
                    .join(', ')}
                  onPointerMove={() => at !== i && setAt(i)}
                  onClick={(e) => choose(entry, e.ctrlKey || e.metaKey)}
                >
                  <Icon name={entry.icon} />
                  {entry.fn ? (
                    <MarkedName name={entry.title} words={words} />
                  ) : (
                    <span class="grow cut">
                      <Marked text={shortName(entry.title)} words={entry.quotes ? [] : words} />
                      {entry.hint !== undefined && <span class="t3"> {shortName(entry.hint)}</span>}
                    </span>
                  )}
                  {entry.value !== undefined && <span class="t2 num p-value">{entry.value}</span>}
                  {entry.share !== undefined && <span class="t3 num p-share">{entry.share}</span>}
                  {entry.keys !== undefined && <Keycaps name={entry.keys} />}
                </div>
              )
            })}
          </div>
        ))}
        {entries.length === 0 && (
          <p class="p-none t2">
            {functions.pending ? 'Searching…' : `Nothing is called “${visibleStart(query, 60)}”.`}
          </p>
        )}
      </div>
      <div class="pf">
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> move
        </span>
        <span>
          <kbd>Enter</kbd> select
        </span>
        <span>
          <kbd>Ctrl Enter</kbd> open beside
        </span>
        <span class="grow" />
        <span>
          <kbd>&gt;</kbd> commands
        </span>
        <span>
          <kbd>#</kbd> goroutines
        </span>
        <span>
          <kbd>@</kbd> sources
        </span>
      </div>
      <p class="sr-only" role="status">
        {entries.length} found
      </p>
    </Dialog>
  )
}

const MODES: Readonly<Record<string, string>> = { '>': 'commands', '#': 'goroutines', '@': 'sources' }

interface Functions {
  readonly entries: readonly PaletteEntry[]
  readonly note?: string
  readonly pending: boolean
}

function useFunctions(text: string, wanted: boolean): Functions {
  const shown = shownProfiles.value
  const first = shown[0]
  const { value, pending } = useAnswer(
    'names',
    !wanted || first === undefined
      ? undefined
      : {
          query: { of: shown.map((p) => p.id), options: { si: selectedType(first) } },
          text,
          limit: FUNCTIONS,
        },
  )
  if (value === undefined || !wanted) return { entries: [], pending }
  const entries = value.names.map(
    (name, i): PaletteEntry => ({
      id: `fn ${name}`,
      title: name,
      fn: true,
      icon: 'flame',
      value: valueText(value.total[i]!, value.unit),
      share: shareText(value.total[i]!, value.whole),
      run: () => selectFunction(name, false),
      beside: () => selectFunction(name, true),
    }),
  )
  const more = value.count - entries.length
  return { entries, pending, ...(more > 0 && text !== '' && { note: `${more} more fit` }) }
}

function groupsOf(
  mode: string,
  query: string,
  words: readonly string[],
  functions: Functions,
  goroutines: readonly PaletteEntry[],
): Group[] {
  const commands = (): PaletteEntry[] =>
    activeCommands().map((c) => ({ ...c, id: `cmd ${c.id}`, icon: c.icon ?? 'right' }))
  const groups: Group[] = []
  const add = (title: string, entries: readonly PaletteEntry[], note?: string): void => {
    if (entries.length > 0) groups.push({ title, entries, ...(note !== undefined && { note }) })
  }
  if (mode === '#') add('Goroutines', rankEntries(goroutines, words, 50))
  else if (mode === '@') add('Sources', rankEntries(sourceEntries(), words, 50))
  else if (mode === '>') {
    add('Commands', rankEntries([...commands(), ...patternCommands(query)], words, 200))
    add('Views', rankEntries(viewEntries(), words, 40))
  } else if (words.length === 0) {
    add('Heaviest functions', functions.entries.slice(0, 5))
    add('Commands', commands().slice(0, 5), 'type > for all')
    add(
      'Views',
      viewEntries().filter((v) => !v.hint?.startsWith('no ')),
    )
  } else {
    const views = rankEntries(viewEntries(), words, 4)
    const cmds = rankEntries(commands(), words, OTHERS)
    // Words of menus are commands first, names of functions not.
    const named = (e: PaletteEntry | undefined): boolean =>
      e !== undefined && (nameRank(e.title, words) ?? 9) <= 1
    if (named(views[0])) add('Views', views)
    if (named(cmds[0])) add('Commands', cmds)
    add('Functions', functions.entries, functions.note)
    if (!named(views[0])) add('Views', views)
    add('Goroutines', rankEntries(goroutines, words, 4))
    add('Sources', rankEntries(sourceEntries(), words, 4))
    add(named(cmds[0]) ? 'With this text' : 'Commands', [
      ...patternCommands(query),
      ...(named(cmds[0]) ? [] : cmds),
    ])
  }
  return groups
}
