// The options of profile views, as pprof's page has them: their names for people, and how the address holds them.

import { address, go } from '../address.ts'
import type { IconName } from '../parts/icons.tsx'

/** A filter by a regular expression, or by a tag's value. */
export interface FilterOption {
  readonly key: string
  readonly title: string
  /** What it does to samples and frames. */
  readonly does: string
  readonly example: string
  readonly icon?: IconName
}

export const NAME_FILTERS: readonly FilterOption[] = [
  {
    key: 'f',
    title: 'Focus',
    does: 'only samples with a matching frame',
    example: 'json|proto',
    icon: 'focus',
  },
  { key: 'i', title: 'Ignore', does: 'no samples with a matching frame', example: '^runtime\\.gc' },
  {
    key: 'h',
    title: 'Hide',
    does: 'matching frames go, their samples stay',
    example: 'log\\.',
    icon: 'hide',
  },
  { key: 's', title: 'Show', does: 'only matching frames stay', example: '^main\\.' },
  { key: 'sf', title: 'Show from', does: 'frames above the outermost match go', example: 'ServeHTTP' },
  { key: 'prunefrom', title: 'Prune from', does: 'the match and what it calls go', example: 'mallocgc' },
]

export const TAG_FILTERS: readonly FilterOption[] = [
  { key: 'tf', title: 'Tag focus', does: 'only samples with such a label', example: 'handler=order, 1kb:' },
  { key: 'ti', title: 'Tag ignore', does: 'no samples with such a label', example: 'tenant=test' },
  { key: 'ts', title: 'Tag show', does: 'only such labels stay', example: 'handler' },
  { key: 'th', title: 'Tag hide', does: 'such labels go', example: 'bytes' },
  { key: 'tagroot', title: 'Tag root', does: 'a frame for the label’s value at the root', example: 'tenant' },
  { key: 'tagleaf', title: 'Tag leaf', does: 'a frame for the label’s value at the leaf', example: 'bytes' },
]

export const FILTERS: readonly FilterOption[] = [...NAME_FILTERS, ...TAG_FILTERS]

/** What remarks call the filters. */
const REMARKED_AS: Readonly<Record<string, string>> = {
  f: 'Focus',
  i: 'Ignore',
  h: 'Hide',
  s: 'Show',
  sf: 'ShowFrom',
  tf: 'TagFocus',
  ti: 'TagIgnore',
  ts: 'TagShow',
  th: 'TagHide',
  tagroot: 'TagRoot',
  tagleaf: 'TagLeaf',
}

/** Whether a remark says that a filter matched nothing. */
export function saysUnmatched(remark: string, key: string): boolean {
  return REMARKED_AS[key] !== undefined && remark.startsWith(`${REMARKED_AS[key]} expression matched no`)
}

/** Remarks but for those that the chip of a filter has already. */
export function withoutChips(remarks: readonly string[]): string[] {
  const chips = FILTERS.filter((f) => (address.value.params.get(f.key) ?? '') !== '')
  return remarks.filter((r) => !chips.some((f) => saysUnmatched(r, f.key)))
}

export interface SwitchOption {
  readonly key: string
  readonly title: string
  readonly does: string
}

export const SWITCHES: readonly SwitchOption[] = [
  { key: 'rel', title: 'Relative percentages', does: 'of what the filters left, not of everything' },
  { key: 'mean', title: 'Mean', does: 'divided by the first sample type, such as bytes an allocation' },
  { key: 'calltree', title: 'Call tree', does: 'graph: a node for each path to a function' },
  { key: 'noinlines', title: 'No inlined calls', does: 'they count as their callers’ own' },
  { key: 'showcolumns', title: 'Columns', does: 'tell calls of one line apart' },
  { key: 'compact', title: 'Compact labels', does: 'graph: short headers' },
  { key: 'dropneg', title: 'Drop negative', does: 'differences: only what grew' },
  { key: 'norm', title: 'Same total', does: 'differences: scaled to what was before' },
  { key: 'intel', title: 'Intel syntax', does: 'of disassembly' },
]

export const GRANULARITIES = [
  { id: '', title: 'as the view wants' },
  { id: 'functions', title: 'functions' },
  { id: 'filefunctions', title: 'functions by file' },
  { id: 'files', title: 'files' },
  { id: 'lines', title: 'lines' },
  { id: 'addresses', title: 'addresses' },
] as const

export const UNITS = [
  'minimum',
  'auto',
  'ns',
  'us',
  'ms',
  's',
  'minutes',
  'hours',
  'B',
  'kB',
  'MB',
  'GB',
] as const

export interface NumberOption {
  readonly key: string
  readonly title: string
  readonly initial: string
  readonly does: string
}

export const NUMBERS: readonly NumberOption[] = [
  { key: 'n', title: 'Nodes', initial: '80 in graphs', does: 'most nodes to show' },
  { key: 'nf', title: 'Node fraction', initial: '0.005', does: 'nodes below this share of the total go' },
  { key: 'ef', title: 'Edge fraction', initial: '0.001', does: 'edges below this share of the total go' },
]

/** Every key that the chips and Reset know; the sample type is no option. */
export const OPTION_KEYS: readonly string[] = [
  ...FILTERS.map((f) => f.key),
  ...SWITCHES.map((s) => s.key),
  ...NUMBERS.map((n) => n.key),
  'g',
  'unit',
  'trim',
  'sort',
]

const TRUE = new Set(['t', 'true', '1', 'yes', 'y'])
const FALSE = new Set(['f', 'false', '0', 'no', 'n'])

/** Whether an option that is off at first is on. */
export function isOn(key: string): boolean {
  return TRUE.has((address.value.params.get(key) ?? '').toLowerCase())
}

/** Whether trimming is on, as it is at first. */
export function isTrimmed(): boolean {
  return !FALSE.has((address.value.params.get('trim') ?? '').toLowerCase())
}

export function setOption(key: string, value: string | undefined, how?: { replace: boolean }): void {
  go({ set: { [key]: value === '' ? undefined : value } }, how)
}

export function switchOption(key: string): void {
  setOption(key, isOn(key) ? undefined : 't')
}

/** Drops all of them: pprof's Reset. */
export function resetOptions(): void {
  go({ set: Object.fromEntries([...OPTION_KEYS, 't', 'p'].map((key) => [key, undefined])) })
}

/** A text as a regular expression that means only itself. */
export function quoted(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}

/**
 * Sets a filter from what is selected or typed, as pprof's menu does: what Ignore and Hide have is kept, joined by a
 * bar; the others are replaced.
 */
export function refine(key: string, pattern: string): void {
  const before = address.value.params.get(key) ?? ''
  const joined = (key === 'i' || key === 'h') && before !== '' ? `${before}|${pattern}` : pattern
  setOption(key, joined)
}

/** Options in the address, to be kept under a name. */
export function currentOptions(): Record<string, string> {
  const out: Record<string, string> = {}
  for (const key of OPTION_KEYS) {
    const value = address.value.params.get(key)
    if (value !== undefined && value !== '') out[key] = value
  }
  return out
}

/** Takes kept options in place of those in force. */
export function applyOptions(options: Readonly<Record<string, string>>): void {
  go({ set: Object.fromEntries(OPTION_KEYS.map((key) => [key, options[key]])) })
}
