import { expect, test } from 'vitest'
import type { FileEntry } from '../../core/engine/workbench/questions/files.ts'
import { evidenceLink } from './evidence-link.ts'

const file = (id: number, name: string, kind: FileEntry['kind']): FileEntry =>
  ({ id, name, kind }) as FileEntry
const files = [
  file(0, 'cpu.pb.gz', 'profile'),
  file(1, 'my heap.pb.gz', 'profile'),
  file(2, 'heap.pb.gz', 'profile'),
  file(3, 'gctrace.log', 'log'),
  file(4, 'dump.txt', 'text'),
]

test('focus and sample type become those of the page', () => {
  const l = evidenceLink(
    "goscope top --focus 'main\\.(\\*T)\\.run' --sample-type alloc_space heap.pb.gz",
    files,
  )
  expect(l).toMatchObject({ view: 'top', params: { src: '2', f: 'main\\.(\\*T)\\.run', si: 'alloc_space' } })
})

test('a base is a difference', () => {
  const l = evidenceLink('goscope top --base my heap.pb.gz heap.pb.gz', files)
  expect(l).toMatchObject({ view: 'top', params: { src: '2', base: '1' } })
})

test('names with blanks are found from the end', () => {
  expect(evidenceLink("goscope peek 'main\\.run' my heap.pb.gz", files)?.params).toEqual({
    src: '1',
    q: 'main\\.run',
  })
})

test('views of the runtime', () => {
  expect(evidenceLink('goscope gc gctrace.log', files)).toMatchObject({
    view: 'gc',
    params: { 'gc.file': '3' },
  })
  expect(evidenceLink('goscope goroutines dump.txt', files)?.view).toBe('dumps')
  expect(evidenceLink('goscope goroutines cpu.pb.gz', files)?.view).toBe('flame')
})

test('what the page cannot show has no address', () => {
  expect(evidenceLink('goscope info nothing.pb.gz', files)).toBeUndefined()
  expect(evidenceLink('goscope top elsewhere.pb.gz', files)).toBeUndefined()
  expect(evidenceLink('rm -rf cpu.pb.gz', files)).toBeUndefined()
})
