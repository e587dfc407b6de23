// What of the timeline stands in the address, and how.

import type { TimelineOverview } from '../../core/engine/workbench/questions/timeline-open.ts'
import { go, param } from '../address.ts'
import type { Marker } from '../draw/timeline-painter.ts'
import { groupKey, type Row, type TrackMode } from '../draw/timeline-rows.ts'
import { heldSpan, type Span } from '../draw/timeline-scale.ts'

const MODES: readonly TrackMode[] = ['goroutine', 'proc', 'thread', 'task']

export function mode(): TrackMode {
  const m = param('timeline.by') as TrackMode
  return MODES.includes(m) ? m : 'goroutine'
}

const number = (text: string): number | undefined => {
  const n = Number(text)
  return text !== '' && Number.isFinite(n) ? n : undefined
}

/** What is in sight by the address: all where it does not say. */
export function viewOf(end: number): Span {
  const from = number(param('timeline.from'))
  const to = number(param('timeline.to'))
  if (from === undefined || to === undefined || to <= from) return { from: 0, to: Math.max(1, end) }
  return heldSpan({ from, to }, end)
}

/** Writes what is in sight; no step of the history. */
export function setView(view: Span, end: number): void {
  const whole = view.from <= 0 && view.to >= end
  go(
    {
      set: {
        'timeline.from': whole ? undefined : String(Math.round(view.from)),
        'timeline.to': whole ? undefined : String(Math.round(view.to)),
      },
    },
    { replace: true },
  )
}

/** Letters of rows in the address, as people write them, and those of row keys. */
const LETTERS: Readonly<Record<string, string>> = { G: 'g', P: 'p', M: 't', T: 'k' }

/** `G12@123456`: a row and a time on it. */
export interface Selected {
  readonly key: string
  /** ns; undefined = the row as a whole. */
  readonly time: number | undefined
}

export function selectedPlace(): Selected | undefined {
  const m = /^([GPMT])(\d+)(?:@(\d+(?:\.\d+)?))?$/.exec(param('timeline.sel'))
  if (m === null) return undefined
  return { key: `${LETTERS[m[1]!]}${m[2]}`, time: m[3] === undefined ? undefined : Number(m[3]) }
}

export function select(place: Selected | undefined, { replace = false } = {}): void {
  const letter = Object.keys(LETTERS).find((l) => place?.key.startsWith(LETTERS[l]!))
  const text =
    place === undefined || letter === undefined
      ? undefined
      : `${letter}${place.key.slice(1)}${place.time === undefined ? '' : `@${Math.round(place.time)}`}`
  go({ set: { 'timeline.sel': text } }, { replace })
}

/** Lists of row keys: `timeline.pins`, `timeline.hide`, `timeline.fold`, `timeline.open`, `timeline.order`. */
export type ListName = 'pins' | 'hide' | 'fold' | 'open' | 'order'

/** Names of functions hold commas in type arguments. */
const SEPARATOR = '~'

export function list(name: ListName): string[] {
  const text = param(`timeline.${name}`)
  return text === '' ? [] : text.split(SEPARATOR)
}

export function setLists(lists: Partial<Record<ListName, readonly string[]>>): void {
  const set: Record<string, string | undefined> = {}
  for (const [name, keys] of Object.entries(lists))
    set[`timeline.${name}`] = keys.length === 0 ? undefined : keys.join(SEPARATOR)
  go({ set })
}

/** Takes a key out of a list, or puts it in. */
export function toggled(keys: readonly string[], key: string): string[] {
  return keys.includes(key) ? keys.filter((k) => k !== key) : [...keys, key]
}

/** `123456_note~…`. */
export function markers(): Marker[] {
  return param('timeline.marks')
    .split(SEPARATOR)
    .flatMap((part) => {
      const m = /^(\d+)(?:_(.*))?$/s.exec(part)
      return m === null ? [] : [{ time: Number(m[1]), note: m[2] ?? '' }]
    })
}

export function setMarkers(all: readonly Marker[], { replace = false } = {}): void {
  const text = [...all]
    .sort((a, b) => a.time - b.time)
    .map((m) => `${Math.round(m.time)}${m.note === '' ? '' : `_${m.note.replaceAll(SEPARATOR, '-')}`}`)
    .join(SEPARATOR)
  go({ set: { 'timeline.marks': text === '' ? undefined : text } }, { replace })
}

/** The clock that other views know the trace's time by, and where on it the trace begins. */
function clockOf(file: number, o: TimelineOverview): { readonly key: string; readonly zero: number } {
  return o.wall === undefined ? { key: `trace${file}`, zero: 0 } : { key: 'unix', zero: o.wall }
}

/**
 * The chosen range. `range` is the one of all views, on a clock on which nanoseconds are lost; `timeline.range` is
 * the same exactly.
 */
export function chosenRange(file: number, o: TimelineOverview): Span | undefined {
  const shared = param('range')
  const own = /^(\d+)~(\d+)$/.exec(param('timeline.range'))
  if (own !== null) {
    const span = { from: Number(own[1]), to: Number(own[2]) }
    if (shared === sharedText(file, o, span)) return span
  }
  const m = /^([\w.]+):(-?[\d.e+]+)~(-?[\d.e+]+)$/.exec(shared)
  const clock = clockOf(file, o)
  if (m === null || m[1] !== clock.key) return undefined
  const from = Math.max(0, Number(m[2]) - clock.zero)
  const to = Math.min(o.end, Number(m[3]) - clock.zero)
  return to > from ? { from, to } : undefined
}

function sharedText(file: number, o: TimelineOverview, { from, to }: Span): string {
  const { key, zero } = clockOf(file, o)
  return `${key}:${Math.round(zero + from)}~${Math.round(zero + to)}`
}

export function chooseRange(file: number, o: TimelineOverview, span: Span | undefined): void {
  const whole = span && {
    from: Math.floor(span.from),
    to: Math.max(Math.floor(span.from) + 1, Math.ceil(span.to)),
  }
  go({
    set: {
      range: whole && sharedText(file, o, whole),
      'timeline.range': whole && `${whole.from}~${whole.to}`,
    },
  })
}

/** The lists after a click on a section's head: it folds, or unfolds. */
export function toggleFold(row: Row, overview: TimelineOverview): { fold: string[]; open: string[] } {
  const fold = list('fold').filter((k) => k !== row.key)
  const open = list('open').filter((k) => k !== row.key)
  const group = row.group === undefined ? undefined : overview.groups[row.group]
  if (row.open) fold.push(row.key)
  else if (group !== undefined && row.key === groupKey(group.name)) open.push(row.key)
  return { fold, open }
}
