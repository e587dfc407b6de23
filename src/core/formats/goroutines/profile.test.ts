import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../base/utf8.ts'
import { GoroutineBuilder } from '../../model/goroutine-builder.ts'
import { codec } from './codec.ts'
import { GoroutineDecoder } from './decode.ts'
import { addGoroutineProfile, isGoroutineProfile, profileOfGoroutines, stateOfLeaf } from './profile.ts'

const DUMP = `goroutine 1 [running]:
panic({0x1, 0x2})
	/go/src/runtime/panic.go:884 +0x212
main.main()
	/src/main.go:10 +0x1d

goroutine 2 [select, 3 minutes]:
main.f()
	/src/main.go:20 +0x1

goroutine 3 [select, 3 minutes]:
main.f()
	/src/main.go:20 +0x1

goroutine 0 [idle]:
runtime.futex()
	/go/src/runtime/sys.s:1 +0x1
`

function decoded() {
  const b = new GoroutineBuilder()
  const d = new GoroutineDecoder(b, 0)
  d.feed(encodeUtf8(DUMP))
  d.end()
  return b.done()
}

describe('profile of a dump', () => {
  test('counts like stacks once, names panics and leaves threads out', () => {
    const p = profileOfGoroutines(decoded())
    expect(p.sampleTypes).toEqual([{ type: 'goroutine', unit: 'count' }])
    expect(Array.from(p.samples.value[0].f)).toEqual([1, 2])
    const names = Array.from(p.functions.name, (id) => p.strings.get(id))
    expect(names).toEqual(['', 'runtime.gopanic', 'main.main', 'main.f'])
    const keys = Array.from(p.labelSets.key, (id) => p.strings.get(id)).sort()
    expect(keys).toEqual(['state', 'state', 'wait'])
  })

  test('only where the reference need not be followed', () => {
    expect(codec.decode?.(encodeUtf8(DUMP), { symbols: true }).profile.samples.count).toBe(2)
    expect(() => codec.decode?.(encodeUtf8(DUMP))).toThrow(/unrecognized profile format/)
  })

  test('and back as groups', () => {
    const p = profileOfGoroutines(decoded())
    expect(isGoroutineProfile(p)).toBe(true)
    const b = new GoroutineBuilder()
    addGoroutineProfile(b, 0, p)
    const g = b.done()
    expect(Array.from(g.table.weight)).toEqual([1, 2])
    expect(g.dumps[0]).toMatchObject({ kind: 'profile', profileName: 'goroutine', profileTotal: 3 })
  })

  test('states that the leaf gives away', () => {
    expect(stateOfLeaf(['runtime.gopark', 'runtime.chansend', 'runtime.chansend1', 'main.f'])).toBe(
      'chan send',
    )
    expect(stateOfLeaf(['runtime.gopark', 'runtime.netpollblock'])).toBe('IO wait')
    expect(stateOfLeaf(['main.f'])).toBe('')
  })
})
