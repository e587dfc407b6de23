// What is in force, in one line under the tabs: filters to be changed or taken out, what is compared, remarks.

import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { shareText, valueText } from '../../core/base/people-fmt.ts'
import { address, go, param } from '../address.ts'
import { Icon } from '../parts/icons.tsx'
import { displayName, shortName } from '../parts/name.tsx'
import { idsOf, profiles, shownProfiles } from '../state.ts'
import { VIEWS } from '../views/index.ts'
import {
  FILTERS,
  GRANULARITIES,
  isOn,
  isTrimmed,
  NUMBERS,
  resetOptions,
  SWITCHES,
  saysUnmatched,
  setOption,
} from './options.ts'
import { overlay } from './overlay.ts'
import { useProfileHead } from './profile-head.ts'
import { TextField } from './refine.tsx'
import { togetherName } from './source-names.ts'

/** Whether what is seen is made from profiles. */
function showsProfiles(): boolean {
  const { view, params } = address.value
  return [view, params.get('beside')].some((id) => VIEWS.find((v) => v.id === id)?.group === 'profile')
}

export function Chips() {
  const head = useProfileHead()
  const errors = head?.errors ?? {}
  if (!showsProfiles()) return null
  const base = idsOf(param('base')).flatMap((id) => profiles.value?.profiles.find((p) => p.id === id) ?? [])
  const filters = FILTERS.filter((f) => param(f.key) !== '')
  const others = [
    ...SWITCHES.filter((s) => isOn(s.key)).map((s) => ({ key: s.key, text: s.title })),
    ...(isTrimmed() ? [] : [{ key: 'trim', text: 'Not trimmed' }]),
    ...NUMBERS.filter((n) => param(n.key) !== '').map((n) => ({
      key: n.key,
      text: `${n.title} ${param(n.key)}`,
    })),
    ...(param('g') === ''
      ? []
      : [{ key: 'g', text: `By ${GRANULARITIES.find((g) => g.id === param('g'))?.title ?? param('g')}` }]),
    ...(param('unit') === '' ? [] : [{ key: 'unit', text: `In ${param('unit')}` }]),
  ]
  const remarks = head?.remarks ?? []
  const idle = (key: string): boolean => remarks.some((r) => saysUnmatched(r, key))
  const compared = base.length > 0 && address.value.view !== 'diff'
  const any = compared || filters.length > 0 || others.length > 0
  if (!any && Object.keys(errors).length === 0) return null
  const less = head !== undefined && head.lines.length > 0 && head.shown < head.total && filters.length > 0
  return (
    <div class="chips" role="group" aria-label="Filters in force">
      {compared && (
        <Chip
          label="compared with"
          onRemove={() => go({ set: { base: undefined, norm: undefined } })}
          removes="End the comparison"
        >
          <button
            type="button"
            class="chip-text"
            onClick={() => {
              overlay.value = 'compare'
            }}
          >
            {togetherName(base.map((p) => p.name))} → {togetherName(shownProfiles.value.map((p) => p.name))}
          </button>
        </Chip>
      )}
      {filters.map((f) => (
        <FilterChip
          key={f.key}
          name={f.key}
          title={f.title}
          example={f.example}
          error={errors[f.key]}
          idle={idle(f.key)}
        />
      ))}
      {others.map((o) => (
        <Chip
          key={o.key}
          label=""
          onRemove={() => setOption(o.key, undefined)}
          removes={`Drop ${shortName(o.text)}`}
        >
          <span class={`chip-text${errors[o.key] === undefined ? '' : ' wrong-text'}`}>
            {shortName(o.text)}
          </span>
          {errors[o.key] !== undefined && (
            <span class="chip-text wrong-text">{shortName(errors[o.key] ?? '')}</span>
          )}
        </Chip>
      ))}
      {filters.length + others.length > 1 && (
        <button type="button" class="ctl q small" onClick={resetOptions}>
          Reset
        </button>
      )}
      <span class="grow" />
      {less && (
        <span class="t2 xs" role="status">
          {valueText(head.shown, head.unit)} of {valueText(head.total, head.unit)} (
          {shareText(head.shown, head.total)})
        </span>
      )}
    </div>
  )
}

function Chip(props: {
  readonly label: string
  readonly removes: string
  readonly onRemove: () => void
  readonly wrong?: boolean
  readonly children: ComponentChildren
}) {
  return (
    <span class={`fchip${props.wrong ? ' wrong' : ''}`}>
      {props.label !== '' && <span class="t3">{props.label}</span>}
      {props.children}
      <button
        type="button"
        class="chip-x"
        aria-label={props.removes}
        title={props.removes}
        onClick={props.onRemove}
      >
        <Icon name="close" />
      </button>
    </span>
  )
}

function FilterChip(props: {
  readonly name: string
  readonly title: string
  readonly example: string
  readonly error: string | undefined
  /** It matched nothing. */
  readonly idle: boolean
}) {
  const { name, title, example, error, idle } = props
  const [editing, setEditing] = useState(false)
  return (
    <Chip
      label={title.toLowerCase()}
      wrong={error !== undefined}
      removes={`Take out ${title.toLowerCase()}`}
      onRemove={() => setOption(name, undefined)}
    >
      {editing || error !== undefined ? (
        <TextField
          name={name}
          label={title}
          placeholder={example}
          error={error}
          first
          onDone={() => setEditing(false)}
        />
      ) : (
        <button type="button" class="chip-text m" title="Change" onClick={() => setEditing(true)}>
          {displayName(param(name))}
        </button>
      )}
      {idle && error === undefined && <span class="warn-text">matches nothing</span>}
    </Chip>
  )
}
