// The addresses of `go tool trace`, and which view of the workbench stands for each of its pages.

import type { WaitKind } from '../../core/analysis/trace/waiting-profiles.ts'
import { statId } from '../../core/engine/workbench/trace-stats.ts'

export type TraceRoute =
  | { readonly kind: 'page' }
  | { readonly kind: 'timeline' }
  | { readonly kind: 'jsontrace' }
  | { readonly kind: 'mmu' }
  | { readonly kind: 'waits'; readonly of: WaitKind; readonly regions: boolean }

const WAITS: readonly (readonly [name: string, of: WaitKind])[] = [
  ['io', 'net'],
  ['block', 'sync'],
  ['syscall', 'syscall'],
  ['sched', 'sched'],
]

const ROUTES: ReadonlyMap<string, TraceRoute> = new Map<string, TraceRoute>([
  ['/trace', { kind: 'timeline' }],
  ...['/', '/goroutines', '/goroutine', '/usertasks', '/usertask', '/userregions', '/userregion'].map(
    (path): [string, TraceRoute] => [path, { kind: 'page' }],
  ),
  ['/jsontrace', { kind: 'jsontrace' }],
  ['/mmu', { kind: 'mmu' }],
  ...WAITS.flatMap(([name, of]): [string, TraceRoute][] => [
    [`/${name}`, { kind: 'waits', of, regions: false }],
    [`/region${name}`, { kind: 'waits', of, regions: true }],
  ]),
])

/** The route of a path, taken as it is: there is no decoding, and nothing like a file behind it. */
export function traceRouteOf(path: string): TraceRoute | undefined {
  return ROUTES.get(path)
}

/** Which parameter of a view a parameter of the reference's page becomes. */
type Mapped = Readonly<Record<string, string>>

const PAGES: Readonly<Record<string, readonly [view: string, params: Mapped, fixed?: Mapped]>> = {
  '/': ['trace', {}],
  '/goroutines': ['trace-goroutines', {}],
  '/goroutine': [
    'trace-goroutines',
    { name: 'trace-goroutines.group', sortby: 'trace-goroutines.groups.sort' },
  ],
  '/usertasks': ['trace-tasks', {}],
  '/usertask': [
    'trace-tasks',
    {
      type: 'trace-tasks.type',
      complete: 'trace-tasks.complete',
      latmin: 'trace-tasks.latmin',
      latmax: 'trace-tasks.latmax',
      logtext: 'trace-tasks.logtext',
    },
    { 'trace-tasks.list': '1' },
  ],
  '/userregions': ['trace-regions', {}],
  '/userregion': [
    'trace-regions',
    {
      type: 'trace-regions.type',
      pc: 'trace-regions.pc',
      latmin: 'trace-regions.latmin',
      latmax: 'trace-regions.latmax',
      sortby: 'trace-regions.sort',
    },
    { 'trace-regions.list': '1' },
  ],
  '/mmu': ['trace-mmu', { flags: 'trace-mmu.flags' }],
}

const WAIT_GROUP: Mapped = { name: 'trace-waits.group' }
const WAIT_REGIONS: Mapped = {
  type: 'trace-waits.type',
  pc: 'trace-waits.pc',
  latmin: 'trace-waits.latmin',
  latmax: 'trace-waits.latmax',
}

/** The workbench's address for a page: a view and its parameters. */
export function startOf(path: string, query: URLSearchParams): string {
  const route = traceRouteOf(path)
  const [view, names, fixed = {}] =
    route?.kind === 'waits'
      ? ([
          'trace-waits',
          route.regions ? WAIT_REGIONS : WAIT_GROUP,
          { 'trace-waits.kind': route.of, ...(route.regions && { 'trace-waits.regions': '1' }) },
        ] as const)
      : (PAGES[path] ?? PAGES['/']!)
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(fixed)) params.set(name, value)
  for (const [from, to] of Object.entries(names)) {
    const value = query.get(from)
    if (value === null || (value === '' && from !== 'name')) continue
    params.set(to, from === 'sortby' ? sortOf(value) : value)
  }
  const text = params.toString()
  return text === '' ? view : `${view}?${text}`
}

/** The column of a table by the reference's name of a statistic, the largest first. */
function sortOf(name: string): string {
  return name === 'Total execution time' ? '-total' : `-${statId(name)}`
}

/** The timeline's address for /trace: which tracks, and what of them is selected. */
export function timelineStart(query: URLSearchParams): string {
  const id = (name: string): string | undefined => /^\d{1,20}$/.exec(query.get(name) ?? '')?.[0]
  const params = new URLSearchParams({ 'timeline.file': '0' })
  const [goid, focustask, taskid] = [id('goid'), id('focustask'), id('taskid')]
  const oriented = goid !== undefined || (focustask === undefined && taskid !== undefined)
  params.set('timeline.by', oriented ? 'goroutine' : query.get('view') === 'thread' ? 'thread' : 'proc')
  const task = focustask ?? taskid
  if (goid !== undefined) params.set('timeline.sel', `G${goid}`)
  else if (task !== undefined) params.set('timeline.sel', `T${task}`)
  return `timeline?${params}`
}

/** What the page at /trace runs: only the browser knows the part behind the #, a range in milliseconds. */
export const TIMELINE_SCRIPT = `const link = document.querySelector('a').getAttribute('href')
const m = /^#([-+.\\de]+):([-+.\\de]+)$/.exec(location.hash)
const [from, to] = m === null ? [] : [Math.round(m[1] * 1e6), Math.round(m[2] * 1e6)]
location.replace(from < to ? link + '&timeline.from=' + from + '&timeline.to=' + to + '&timeline.range=' + from + '~' + to : link)`

/** The page at /trace: goes on to the timeline. */
export function timelinePage(query: URLSearchParams): string {
  // Values are percent-encoded: nothing in them ends an attribute but the & between them.
  const href = `/#${timelineStart(query)}`.replaceAll('&', '&amp;').replaceAll("'", '%27')
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>goscope</title><p><a href="${href}">Timeline</a></p><script>${TIMELINE_SCRIPT}</script></html>\n`
}
