// Everything that pprof's page can filter and set: fields for filters, switches, numbers, and configurations by name.

import { useEffect, useRef, useState } from 'preact/hooks'
import { address, param } from '../address.ts'
import { Icon } from '../parts/icons.tsx'
import { MenuButton } from '../parts/menu.tsx'
import { displayName, shortName } from '../parts/name.tsx'
import { selected } from '../state.ts'
import { ConfigMenu } from './config-menu.tsx'
import {
  currentOptions,
  type FilterOption,
  GRANULARITIES,
  isOn,
  isTrimmed,
  NAME_FILTERS,
  NUMBERS,
  quoted,
  refine,
  resetOptions,
  SWITCHES,
  setOption,
  switchOption,
  TAG_FILTERS,
  UNITS,
} from './options.ts'
import { useProfileHead } from './profile-head.ts'

export function RefineButton() {
  const n = Object.keys(currentOptions()).length
  return (
    <MenuButton
      label="Refine"
      title="Filters and options"
      class={`ctl q${n > 0 ? ' on' : ''}`}
      menuClass="refine"
      role="dialog"
      align="end"
      button={
        <>
          <Icon name="sliders" />
          Refine
          {n > 0 && <span class="count">{n}</span>}
        </>
      }
    >
      {(close) => <Refine close={close} />}
    </MenuButton>
  )
}

function Refine({ close }: { readonly close: () => void }) {
  const errors = useProfileHead()?.errors ?? {}
  const difference = param('base') !== ''
  return (
    <>
      <ForSelection />
      <div class="refine-body scroll">
        <section aria-label="Filters of frames">
          <h3>Functions</h3>
          <p class="t3 xs">
            Regular expressions of Go (RE2), matched with function, file and binary. Sampling is not changed.
          </p>
          {NAME_FILTERS.map((f, i) => (
            <FilterField key={f.key} filter={f} error={errors[f.key]} first={i === 0} />
          ))}
        </section>
        <section aria-label="Filters of labels">
          <h3>Labels</h3>
          {TAG_FILTERS.map((f) => (
            <FilterField key={f.key} filter={f} error={errors[f.key]} />
          ))}
          <h3>Frames and units</h3>
          <SelectField
            title="Granularity"
            name="g"
            choices={GRANULARITIES.map((g) => [g.id, g.title] as const)}
          />
          <SelectField
            title="Unit"
            name="unit"
            choices={UNITS.map((u) => [u === 'minimum' ? '' : u, u] as const)}
          />
          <SelectField
            title="Sort texts by"
            name="sort"
            choices={[
              ['', 'self (flat)'],
              ['cum', 'total (cum)'],
            ]}
          />
        </section>
        <section aria-label="Options">
          <h3>Options</h3>
          {SWITCHES.map((s) => (
            <label class="switch" key={s.key}>
              <input type="checkbox" checked={isOn(s.key)} onChange={() => switchOption(s.key)} />
              <span>
                {s.title}
                <span class="t3 xs">
                  {s.does}
                  {(s.key === 'dropneg' || s.key === 'norm') && !difference && '; nothing is compared now'}
                </span>
              </span>
            </label>
          ))}
          <label class="switch">
            <input
              type="checkbox"
              checked={isTrimmed()}
              onChange={() => setOption('trim', isTrimmed() ? 'f' : undefined)}
            />
            <span>
              Trim
              <span class="t3 xs">graphs and texts leave out what is small</span>
            </span>
          </label>
          <div class="numbers">
            {NUMBERS.map((n) => (
              <div key={n.key} title={n.does}>
                <span class="t2 xs">{n.title}</span>
                <TextField name={n.key} label={n.title} placeholder={n.initial} error={errors[n.key]} />
              </div>
            ))}
          </div>
        </section>
      </div>
      <div class="pf">
        <ConfigMenu />
        <span class="grow" />
        <button type="button" class="ctl" onClick={resetOptions}>
          <Icon name="undo" /> Reset
        </button>
        <button type="button" class="ctl p" onClick={close}>
          Done
        </button>
      </div>
    </>
  )
}

/** pprof's Refine menu: the selected function, else the text that is searched for, becomes a filter. */
function ForSelection() {
  const name = selected.value
  const pattern = name === '' ? param('q') : `^${quoted(name)}$`
  if (pattern === '') return null
  return (
    <div class="refine-for">
      <span class="t2 sm">{name === '' ? 'What is searched for' : 'The selected function'}</span>
      <code class="cut">{shortName(name === '' ? pattern : name)}</code>
      <span class="grow" />
      {NAME_FILTERS.slice(0, 5).map((f) => (
        <button
          key={f.key}
          type="button"
          class="ctl small"
          title={f.does}
          onClick={() => refine(f.key, pattern)}
        >
          {f.title}
        </button>
      ))}
    </div>
  )
}

function FilterField(props: {
  readonly filter: FilterOption
  readonly error: string | undefined
  readonly first?: boolean
}) {
  const { filter, error, first } = props
  return (
    <div class="rf">
      <span class="t2 sm">
        {filter.title} <span class="t3 xs">{filter.does}</span>
      </span>
      <TextField
        name={filter.key}
        label={filter.title}
        placeholder={filter.example}
        error={error}
        {...(first && { first })}
      />
    </div>
  )
}

/** Typing rests this long before what is typed is in force. */
const REST_MS = 350

/** A text that is a parameter of the address: in force on Enter, on leaving, or when typing rests. */
export function TextField(props: {
  readonly name: string
  readonly label: string
  readonly placeholder: string
  readonly error: string | undefined
  readonly first?: boolean
  readonly onDone?: () => void
}) {
  const { name, label, placeholder, error, first, onDone } = props
  const value = param(name)
  const [typed, setTyped] = useState<string>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  /** A field's changes are one step of the history. */
  const stepped = useRef(false)
  useEffect(() => () => clearTimeout(timer.current), [])
  const apply = (text: string): void => {
    clearTimeout(timer.current)
    if (text === (address.peek().params.get(name) ?? '')) return
    setOption(name, text, { replace: stepped.current })
    stepped.current = true
  }
  return (
    <>
      <input
        class={`rf-text m${error === undefined ? '' : ' wrong'}`}
        aria-label={label}
        aria-invalid={error !== undefined}
        placeholder={placeholder}
        spellcheck={false}
        autocomplete="off"
        value={typed ?? value}
        {...(first && { 'data-first': true })}
        onInput={(e) => {
          const text = e.currentTarget.value
          setTyped(text)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => apply(text), REST_MS)
        }}
        onKeyDown={(e) => {
          if (e.key !== 'Enter') return
          e.preventDefault()
          apply(e.currentTarget.value)
          onDone?.()
        }}
        onBlur={(e) => {
          apply(e.currentTarget.value)
          setTyped(undefined)
          stepped.current = false
          onDone?.()
        }}
      />
      {error !== undefined && (
        <span class="field-error xs" role="alert">
          {displayName(error)}
        </span>
      )}
    </>
  )
}

function SelectField(props: {
  readonly title: string
  readonly name: string
  readonly choices: readonly (readonly [value: string, title: string])[]
}) {
  const { title, name, choices } = props
  const value = param(name)
  // An address may say what no choice of ours does.
  const all = choices.some(([v]) => v === value) ? choices : [...choices, [value, value] as const]
  return (
    <label class="rf inline">
      <span class="t2 sm">{title}</span>
      <select value={value} onChange={(e) => setOption(name, e.currentTarget.value)}>
        {all.map(([v, t]) => (
          <option key={v} value={v}>
            {t}
          </option>
        ))}
      </select>
    </label>
  )
}
