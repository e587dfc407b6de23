// The addresses: those of `go tool pprof -http`, at the root and under /ui/.

import type { View } from './pages/layout.ts'

export type Route =
  | { readonly kind: 'view'; readonly view: View }
  | { readonly kind: 'download' | 'save' | 'delete' }
  /** `to` is relative to the address asked for. */
  | { readonly kind: 'moved'; readonly to: string; readonly status: 301 | 307 }

const view = (name: View): Route => ({ kind: 'view', view: name })

const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/', view('graph')],
  ['/graph', view('graph')],
  ['/top', view('top')],
  ['/peek', view('peek')],
  ['/source', view('source')],
  ['/disasm', view('disasm')],
  ['/flamegraph', view('flamegraph')],
  // Old names of the reference.
  ['/flamegraph2', { kind: 'moved', to: 'flamegraph', status: 301 }],
  ['/flamegraphold', { kind: 'moved', to: 'flamegraph', status: 301 }],
  ['/download', { kind: 'download' }],
  ['/saveconfig', { kind: 'save' }],
  ['/deleteconfig', { kind: 'delete' }],
])

/** The route of a path, taken as it is: there is no decoding, and nothing like a file behind it. */
export function routeOf(path: string): Route | undefined {
  // Relative links of pages need the slash.
  if (path === '/ui') return { kind: 'moved', to: 'ui/', status: 307 }
  return ROUTES.get(path.startsWith('/ui/') ? path.slice('/ui'.length) : path)
}

/** What changes state. */
export function methodOf(route: Route): 'GET' | 'POST' {
  return route.kind === 'save' || route.kind === 'delete' ? 'POST' : 'GET'
}
