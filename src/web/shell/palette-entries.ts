// What the palette lists beside functions: views, sources, and commands made from the text itself.

import { go } from '../address.ts'
import { files, profiles, shownProfiles } from '../state.ts'
import { VIEWS } from '../views/index.ts'
import type { ViewEntry } from '../views/view.ts'
import { openFile } from './go-function.ts'
import { openViews } from './open-views.ts'
import { FILTERS, quoted, refine } from './options.ts'
import type { PaletteEntry } from './rank-entries.ts'
import { kindTitle, sourceName } from './source-names.ts'

/** Names that views have elsewhere: in pprof's menus, go tool trace, speedscope. */
const VIEW_WORDS: Readonly<Record<string, string>> = {
  flame: 'flame graph flamegraph icicle left heavy sandwich',
  top: 'top table functions list',
  graph: 'graph call graph dot callgraph',
  peek: 'peek callers callees',
  source: 'source list weblist code',
  disasm: 'disassemble disassembly assembly instructions',
  diff: 'diff difference compare before after',
  tags: 'tags labels breakdown',
  timeline: 'timeline trace spans view trace',
  dumps: 'goroutines dump stacks leaks deadlock',
  'trace-goroutines': 'goroutine analysis',
  findings: 'findings doctor problems',
}

export function viewEntries(): PaletteEntry[] {
  const open = openViews()
  const entry = (v: ViewEntry, i: number): PaletteEntry => ({
    id: `view ${v.id}`,
    title: v.title,
    words: `${VIEW_WORDS[v.id] ?? ''} view`,
    icon: v.id === 'flame' ? 'flame' : 'list',
    ...(open.includes(v)
      ? { ...(i >= 0 && i < 9 && { keys: String(i + 1) }) }
      : { hint: 'no data for it here' }),
    run: () => go({ view: v.id }),
    beside: () => go({ set: { beside: v.id } }),
  })
  return [...open.map(entry), ...VIEWS.filter((v) => !open.includes(v)).map((v) => entry(v, -1))]
}

export function sourceEntries(): PaletteEntry[] {
  const all = profiles.value?.profiles ?? []
  const shown = shownProfiles.value
  return (files.value ?? []).map((f) => {
    const profile = all.find((p) => p.id === f.id)
    const merged = [...shown.map((p) => p.id).filter((id) => id !== f.id), f.id].join(',')
    return {
      id: `file ${f.id}`,
      title: sourceName(f.name),
      hint: kindTitle(profile?.kind ?? f.kind),
      icon: 'file',
      run: () => (profile !== undefined ? go({ set: { src: String(f.id) } }) : openFile(f)),
      ...(profile !== undefined && { beside: () => go({ set: { src: merged } }) }),
    }
  })
}

/** `Focus on functions matching handle`, and the other filters of pprof's Refine menu. */
export function patternCommands(text: string): PaletteEntry[] {
  if (text === '' || shownProfiles.value.length === 0) return []
  return FILTERS.slice(0, 5).map((f) => ({
    id: `refine ${f.key}`,
    title: `${f.title} ${f.key === 'f' ? 'on ' : ''}functions matching ${text}`,
    icon: f.icon ?? 'filter',
    quotes: true,
    run: () => refine(f.key, quoted(text)),
  }))
}
