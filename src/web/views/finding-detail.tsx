// One finding in full: the claim, what to do, how to check that it helped, and the evidence with ways into the views.

import type { ComponentChildren } from 'preact'
import { Fragment } from 'preact'
import { ORIGINS } from '../../core/analysis/origin.ts'
import { shareText, valueText } from '../../core/base/people-fmt.ts'
import { functionOfClosure } from '../../core/doctor/diagnose.ts'
import type { Evidence, Finding, Severity } from '../../core/doctor/finding.ts'
import { percent } from '../../core/doctor/words.ts'
import type { ProfileQuery } from '../../core/engine/workbench/profile-query.ts'
import type { FindingsAnswer } from '../../core/engine/workbench/questions/findings.ts'
import type { FunctionRows } from '../../core/engine/workbench/questions/profile-functions.ts'
import { go, linkTo } from '../address.ts'
import { hideFinding } from '../findings-state.ts'
import { copyText } from '../parts/clipboard.ts'
import { Icon, type IconName, SeverityMark } from '../parts/icons.tsx'
import { displayName, FunctionName } from '../parts/name.tsx'
import { Command } from '../parts/states.tsx'
import { useAnswer } from '../session.ts'
import { files } from '../state.ts'
import { type EvidenceLink, evidenceLink } from './evidence-link.ts'
import { Sketch } from './sketch.tsx'

const SEVERITY_TITLES: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  warning: 'Warning',
  info: 'Good to know',
}

export function FindingDetail(props: {
  readonly d: FindingsAnswer
  readonly at: number
  readonly id: string
  readonly hidden: boolean
}) {
  const { d, at, id, hidden } = props
  const f = d.findings[at]!
  const place = f.place
  return (
    <article class="finding-detail" aria-label={displayName(f.title)}>
      <header class="row">
        <SeverityMark mark={f.severity} />
        <b class={`sev ${f.severity}`}>{SEVERITY_TITLES[f.severity]}</b>
        <span class="chip" title={d.ruleTitles[f.cause]}>
          {f.cause}
        </span>
        <span class="chip">confidence {percent(f.confidence)}</span>
        <span class="grow" />
        <button
          type="button"
          class="ctl q"
          title="As Markdown"
          onClick={() => copyText(d.markdownOf[at]!, 'the finding as Markdown')}
        >
          Copy
        </button>
        <button
          type="button"
          class="ctl q"
          title={hidden ? '' : 'Hide it (X)'}
          onClick={() => hideFinding(id, !hidden)}
        >
          {hidden ? 'It is a problem' : 'Not a problem'}
        </button>
      </header>
      <h1 class="finding-title">
        <Marked text={f.title} names={f.culprits} />
      </h1>
      <p class="finding-why">
        <Marked text={f.why} names={f.culprits} />
      </p>
      <h3 class="h3">What to do</h3>
      {(f.culprits.length > 0 || place !== undefined) && (
        <p class="finding-place sm">
          {f.culprits.slice(0, 4).map((name, i) => (
            <Fragment key={name}>
              {i > 0 && ', '}
              <a
                href={linkTo({ view: 'source', set: { sel: name } })}
                title="Its source"
                onClick={(e) => follow(e, { view: 'source', title: '', params: { sel: name }, files: [] })}
              >
                <code>{displayName(name).slice(0, 200)}</code>
              </a>
            </Fragment>
          ))}
          {f.culprits.length > 4 && ` and ${f.culprits.length - 4} more`}
          {place !== undefined && (
            <span class="t2">
              {f.culprits.length > 0 && ' at '}
              <code>
                {displayName(place.file)}:{place.line}
              </code>
            </span>
          )}
        </p>
      )}
      <ol class="remedy">
        {f.remedy.map((r) => (
          <li key={r}>
            <Marked text={r} names={f.culprits} />
          </li>
        ))}
      </ol>
      <h3 class="h3">Check that it helped</h3>
      <div class="verify">
        <span>
          <Marked text={f.verify} names={f.culprits} />
        </span>
      </div>
      <div class="evidence-column">
        <h3 class="h3">Evidence</h3>
        <div class="evidences">
          {f.evidence.map((e, i) => (
            <EvidenceCard key={`${e.source} ${e.text}`} e={e} f={f} first={i === 0} />
          ))}
        </div>
      </div>
    </article>
  )
}

/** Goes there without loading the page again. */
function follow(e: MouseEvent, link: EvidenceLink): void {
  if (e.ctrlKey || e.metaKey || e.shiftKey || e.button !== 0) return
  e.preventDefault()
  go({ view: link.view, set: { base: undefined, f: undefined, q: undefined, t: undefined, ...link.params } })
}

/** A sentence with names and commands as code. */
function Marked({ text, names }: { readonly text: string; readonly names: readonly string[] }) {
  const wanted = [...new Set(names)].filter((n) => n.length > 2).sort((a, b) => b.length - a.length)
  const parts: ComponentChildren[] = []
  let rest = text
  while (rest !== '') {
    let at = rest.length
    let length = 0
    const take = (from: number, n: number): void => {
      if (from >= 0 && (from < at || (from === at && n > length))) {
        at = from
        length = n
      }
    }
    for (const n of wanted) take(rest.indexOf(n), n.length)
    // Code: commands, and what looks like Go (a selector or a call, never the end of a sentence).
    const code =
      /\bgoscope [a-z]+(?: -[\w=-]+| [\w./-]*[A-Z][\w./-]*)*|\b[a-zA-Z_]\w*(?:\.[A-Za-z_]\w*)+(?:\([^()\s]*\))?|\bGO[A-Z]+(?:=\S+\b)?/.exec(
        rest,
      )
    if (code !== null) take(code.index, code[0].length)
    if (at > 0) parts.push(displayName(rest.slice(0, at)))
    if (length > 0) parts.push(<code>{displayName(rest.slice(at, at + length)).slice(0, 400)}</code>)
    rest = rest.slice(at + Math.max(length, 0))
    if (length === 0) break
  }
  return <>{parts}</>
}

const VIEW_ICONS: Readonly<Record<string, IconName>> = { flame: 'flame', top: 'list', peek: 'list' }

function EvidenceCard({
  e,
  f,
  first,
}: {
  readonly e: Evidence
  readonly f: Finding
  readonly first: boolean
}) {
  const link = e.view === undefined ? undefined : evidenceLink(e.view, files.value ?? [])
  const profile = link?.files.at(-1)
  const ofProfile = profile?.kind === 'profile' && link !== undefined
  return (
    <section class={`evidence${first && ofProfile ? ' wide' : ''}`}>
      <header>
        <Icon name={VIEW_ICONS[link?.view ?? ''] ?? 'file'} />
        <span class="evidence-text">
          <Marked text={e.text} names={f.culprits} /> <span class="t3 nowrap">{displayName(e.source)}</span>
        </span>
        {link !== undefined && (
          <a href={linkTo({ view: link.view, set: link.params })} onClick={(event) => follow(event, link)}>
            Open in {link.title}
          </a>
        )}
      </header>
      {e.unit === 'share' && e.value !== undefined && (
        <div class="evidence-share">
          <span class="meter">
            <i class={f.severity} style={{ width: `${Math.max(0, Math.min(1, e.value)) * 100}%` }} />
          </span>
          <span class="sm">{percent(e.value)}</span>
        </div>
      )}
      {ofProfile && first && link.params.base === undefined ? (
        <Below link={link} f={f} />
      ) : ofProfile ? (
        <Heaviest link={link} />
      ) : (
        link === undefined && e.view !== undefined && <Command text={displayName(e.view)} />
      )}
    </section>
  )
}

const queryOf = (link: EvidenceLink): ProfileQuery => {
  const { src = '', base, f, si, q } = link.params
  const options: Record<string, string> = {}
  // Peek looks for the function; in a small table that is a focus.
  const focus = f ?? q
  if (focus !== undefined) options.f = focus
  if (si !== undefined) options.si = si
  return { of: [Number(src)], options, ...(base !== undefined && { base: [Number(base)] }) }
}

/** A flame of a few levels below the first culprit that the profile knows. */
function Below({ link, f }: { readonly link: EvidenceLink; readonly f: Finding }) {
  const name = f.culprits[0] ?? ''
  const query = queryOf(link)
  const { value } = useAnswer('profile-sketch', name === '' ? undefined : { query, name, levels: 6 })
  if (name === '' || (value !== undefined && value.names.length < 2)) return <Heaviest link={link} />
  if (value === undefined) return <div class="sketch-room" />
  return (
    <>
      <p class="t3 xs sketch-title">
        below {displayName(functionOfClosure(name)).slice(0, 120)}, {valueText(value.total, value.unit)}
      </p>
      <Sketch
        s={value}
        onChoose={(chosen) =>
          go({
            view: 'flame',
            set: { ...link.params, base: undefined, f: undefined, q: undefined, sel: chosen },
          })
        }
      />
    </>
  )
}

const FEW = 5

/** The heaviest functions of what the evidence is about. */
function Heaviest({ link }: { readonly link: EvidenceLink }) {
  const { value } = useAnswer('profile-functions', { query: queryOf(link) })
  if (value === undefined) return <div class="heaviest-room" />
  const rows = heaviest(value)
  const type = value.types[value.selected]!
  const whole = value.wholes[value.selected]!
  if (rows.length === 0) return null
  return (
    <div class="heaviest">
      {rows.map((row) => (
        <button
          type="button"
          key={row}
          class="heavy"
          onClick={() => go({ view: link.view, set: { ...link.params, sel: value.names[row]! } })}
        >
          <i class={`dot org ${ORIGINS[value.origin[row]!] ?? ''}`} />
          <FunctionName name={value.names[row]!} />
          <span class="num">{valueText(type.self[row]!, type.unit)}</span>
          <span class="num pc t3">{shareText(type.self[row]!, whole)}</span>
        </button>
      ))}
    </div>
  )
}

/** Rows with the most of their own. */
function heaviest(v: FunctionRows): number[] {
  const { self } = v.types[v.selected]!
  const best: number[] = []
  for (let row = 0; row < self.length; row++) {
    if (self[row] === 0) continue
    const size = Math.abs(self[row]!)
    let at = best.length
    while (at > 0 && Math.abs(self[best[at - 1]!]!) < size) at--
    if (at < FEW) {
      best.splice(at, 0, row)
      best.length = Math.min(best.length, FEW)
    }
  }
  return best
}
