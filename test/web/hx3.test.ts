import { test } from 'vitest'
import { CAPTURES } from './hostile-captures.ts'
import { Workbench } from '../../src/core/engine/workbench/workbench.ts'
import { QUESTIONS } from '../../src/core/engine/workbench/questions/index.ts'

test('explore', { timeout: 280_000 }, async () => {
  const w = new Workbench()
  for (const [name, , make] of CAPTURES) { const t = Date.now(); const c = make(); const f = w.add(name, typeof c === 'string' ? new TextEncoder().encode(c) : c); console.log(name, f.kind, f.bytes.length, Date.now() - t, 'ms') }
  const asking = { progress: () => undefined, cancelled: false, breathe: async () => undefined }
  const q = async (name: string, params: unknown) => {
    console.log('start', name)
    const t = Date.now()
    try { await ((await (QUESTIONS as any)[name]()).answer(w, params, asking)) ; console.log(name, Date.now() - t, 'ms') } catch (e) { console.log(name, Date.now() - t, 'ms', String((e as Error).stack).slice(0, 300)) }
  }
  for (const name of ['files', 'profiles', 'moments', 'dump-groups', 'gc-log', 'sched-log', 'allocs-log', 'memory-account', 'heap-dump', 'bench-results', 'trace-overview', 'findings']) await q(name, {})
})
