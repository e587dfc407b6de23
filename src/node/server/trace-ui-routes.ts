// The addresses of `go tool trace`, and which view of the workbench stands for each of its pages.

import type { WaitKind } from '../../core/analysis/trace/waiting-profiles.ts'

export type TraceRoute =
  | { readonly kind: 'page' }
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
  ...[
    '/',
    '/trace',
    '/goroutines',
    '/goroutine',
    '/usertasks',
    '/usertask',
    '/userregions',
    '/userregion',
  ].map((path): [string, TraceRoute] => [path, { kind: 'page' }]),
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
  '/trace': [
    'timeline',
    {
      view: 'timeline.by',
      goid: 'timeline.goid',
      taskid: 'timeline.taskid',
      focustask: 'timeline.focustask',
    },
  ],
  '/goroutines': ['trace-goroutines', {}],
  '/goroutine': ['trace-goroutines', { name: 'trace-goroutines.group', sortby: 'trace-goroutines.sortby' }],
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
      sortby: 'trace-regions.sortby',
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
    if (value !== null && (value !== '' || from === 'name')) params.set(to, value)
  }
  const text = params.toString()
  return text === '' ? view : `${view}?${text}`
}
