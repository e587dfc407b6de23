// The panel at the right: everything about the selected function, always in the same order.

import { Fragment } from 'preact'
import { useState } from 'preact/hooks'
import { ORIGIN_TITLES, ORIGINS } from '../../core/analysis/origin.ts'
import { groupDigits, shareText, signedValueText, valueText } from '../../core/base/people-fmt.ts'
import type { Calls, FunctionFacts } from '../../core/engine/workbench/questions/profile-function.ts'
import { go, param } from '../address.ts'
import { FUNCTION_ACTIONS, FunctionMenuItems } from '../parts/function-actions.tsx'
import { Icon } from '../parts/icons.tsx'
import { MenuButton } from '../parts/menu.tsx'
import { displayName, FunctionName } from '../parts/name.tsx'
import { useAnswer } from '../session.ts'
import { hovered, profileQuery, selected } from '../state.ts'
import { typeTitle } from '../views/top-columns.tsx'
import { detailsOpen, toggleDetails } from './details-open.ts'

/** Longer names are opened on demand. */
const LONG = 400
const SHORT_LIST = 8

/** The panel; nothing while it is closed or there is no profile. */
export function Details() {
  const query = profileQuery.value
  const name = selected.value
  const open = detailsOpen() && query !== undefined
  const { value, error } = useAnswer('profile-function', open && name !== '' ? { query, name } : undefined)
  if (!open) return null
  return (
    <aside class="details panel" aria-label="Details">
      <div class="ph">
        <b class="b">Details</b>
        <span class="grow" />
        <button
          type="button"
          class="ctl q ic"
          aria-label="Close the details"
          title="Close ( ] )"
          onClick={toggleDetails}
        >
          <kbd>]</kbd>
        </button>
      </div>
      <div class="scroll">
        {name === '' ? (
          <p class="details-none t2">
            Select a function: what it takes, who calls it and what it calls stand here.
          </p>
        ) : error !== undefined ? (
          <p class="details-none t2" role="alert">
            {error.message}
          </p>
        ) : value === undefined || value.name !== name ? (
          <section class="sec">
            <FullName name={name} />
            {value === undefined && query !== undefined && (
              <p class="t2 sm">Not in this profile, as it is shown.</p>
            )}
          </section>
        ) : (
          <Facts f={value} />
        )}
      </div>
    </aside>
  )
}

function FullName({ name }: { readonly name: string }) {
  const [whole, setWhole] = useState('')
  const shown = displayName(name)
  const cut = shown.length > LONG && whole !== name
  return (
    <h2 class="details-name m b">
      {cut ? `${shown.slice(0, LONG)}…` : shown}
      {cut && (
        <button type="button" class="ctl q" onClick={() => setWhole(name)}>
          all {groupDigits(shown.length)} characters
        </button>
      )}
    </h2>
  )
}

function Facts({ f }: { readonly f: FunctionFacts }) {
  const type = f.types[f.selected]!
  const show = f.difference ? signedValueText : valueText
  const text = (v: number): string => show(v, type.unit, param('u') || 'auto')
  const origin = ORIGINS[f.origin]
  const where = [
    f.file === '' ? 'no source file' : `${displayName(f.file)}${f.line > 0 ? `:${f.line}` : ''}`,
    origin === undefined ? '' : ORIGIN_TITLES[origin].toLowerCase(),
    f.inlined ? 'inlined somewhere' : '',
  ].filter((t) => t !== '')
  const first = FUNCTION_ACTIONS.filter((a) => ['focus', 'hide', 'source'].includes(a.id))
  return (
    <>
      <section class="sec">
        <FullName name={f.name} />
        <p class="t2 sm details-place">{where.join(' · ')}</p>
        <div class="details-actions">
          {first
            .sort((a, b) => 'fhs'.indexOf(a.id[0]!) - 'fhs'.indexOf(b.id[0]!))
            .map((a) => (
              <button
                key={a.id}
                type="button"
                class="ctl"
                title={`${a.title}${a.keys ? ` (${a.keys.toUpperCase()})` : ''}`}
                onClick={() => a.run(f.name)}
              >
                {a.icon && <Icon name={a.icon} />}
                {a.title.replace(/:.*| .*/, '')}
              </button>
            ))}
          <MenuButton label="More actions" class="ctl ic" align="end" button={<Icon name="more" />}>
            {(close) => <FunctionMenuItems name={f.name} close={close} />}
          </MenuButton>
        </div>
      </section>
      <section class="sec">
        <div class="details-numbers">
          <Figure label="Total" text={text(type.total)} share={shareText(type.total, type.whole)} />
          <Figure label="Self" text={text(type.self)} share={shareText(type.self, type.whole)} />
        </div>
        <Parts f={f} />
        <p class="t2 xs">
          on {groupDigits(f.stacks)} of {groupDigits(f.allStacks)} kinds of stacks
        </p>
      </section>
      {f.types.length > 1 && (
        <section class="sec">
          <div class="lab">Other values</div>
          <div class="kv">
            {f.types.map((t, k) =>
              k === f.selected ? null : (
                <Fragment key={t.type}>
                  <button
                    type="button"
                    class="link"
                    title="Show this value everywhere"
                    onClick={() => go({ set: { si: t.type } })}
                  >
                    {typeTitle(t.type)}
                  </button>
                  <span>
                    {show(t.total, t.unit)} <span class="t3 xs">{shareText(t.total, t.whole)}</span>
                  </span>
                </Fragment>
              ),
            )}
          </div>
        </section>
      )}
      <CallList title="Callers" calls={f.callers} of={f} none="Nothing called it: stacks begin here." />
      <CallList title="Callees" calls={f.callees} of={f} none="It calls nothing that took a sample." />
    </>
  )
}

function Figure(props: { readonly label: string; readonly text: string; readonly share: string }) {
  return (
    <div>
      <div class="t2 xs">{props.label}</div>
      <div class="details-number">{props.text}</div>
      <div class="t2 xs">{props.share} of all</div>
    </div>
  )
}

/** Its total as a part of all, by whose code is at the leaves of its stacks. */
function Parts({ f }: { readonly f: FunctionFacts }) {
  const type = f.types[f.selected]!
  const parts = ORIGINS.map((origin, k) => ({ origin, weight: Math.abs(f.parts[k]!) }))
    .filter((p) => p.weight > 0)
    .sort((a, b) => b.weight - a.weight)
  const sum = parts.reduce((s, p) => s + p.weight, 0)
  const whole = Math.max(Math.abs(type.whole), sum)
  if (sum === 0) return null
  return (
    <>
      <div class="details-parts" aria-hidden="true">
        {parts.map((p) => (
          <i key={p.origin} class={`org ${p.origin}`} style={{ width: `${(p.weight / whole) * 100}%` }} />
        ))}
      </div>
      <div class="details-legend">
        {parts.slice(0, 5).map((p) => (
          <span key={p.origin} class="lg">
            <i class={`dot org ${p.origin}`} />
            {ORIGIN_TITLES[p.origin]} <span class="t3">{shareText(p.weight, sum)}</span>
          </span>
        ))}
      </div>
    </>
  )
}

function CallList(props: {
  readonly title: string
  readonly calls: Calls
  readonly of: FunctionFacts
  readonly none: string
}) {
  const { title, calls, of, none } = props
  const [all, setAll] = useState('')
  const key = `${title} ${of.name}`
  const count = calls.names.length
  const rows = all === key ? count : Math.min(count, SHORT_LIST)
  const type = of.types[of.selected]!
  const most = Math.max(Math.abs(type.total), Math.abs(calls.weight[0] ?? 0))
  const show = of.difference ? signedValueText : valueText
  return (
    <section class="sec" aria-label={title}>
      <div class="lab">
        <span>{title}</span>
        <span>{groupDigits(count)}</span>
      </div>
      {count === 0 && <p class="t2 sm">{none}</p>}
      {Array.from({ length: rows }, (_, i) => {
        const name = calls.names[i]!
        const weight = calls.weight[i]!
        return (
          <button
            type="button"
            key={name}
            class={`call${hovered.value === name ? ' same' : ''}`}
            onClick={() => go({ set: { sel: name } })}
            onPointerEnter={() => {
              hovered.value = name
            }}
            onPointerLeave={() => {
              hovered.value = ''
            }}
          >
            <FunctionName name={name} inlined={calls.inline[i] === 1} />
            <span class="call-weight">{show(weight, type.unit, param('u') || 'auto')}</span>
            <span class="meter">
              <i
                class={weight < 0 ? 'minus' : ''}
                style={{ width: `${most === 0 ? 0 : (Math.abs(weight) / most) * 100}%` }}
              />
            </span>
          </button>
        )
      })}
      {rows < count && (
        <button type="button" class="ctl q" onClick={() => setAll(key)}>
          Show all {groupDigits(count)}
        </button>
      )}
    </section>
  )
}
