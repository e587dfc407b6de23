import { expect, test } from 'vitest'
import type { GoType, GoTypes } from '../../binary/dwarf-types.ts'
import { HeapDumpDecoder } from '../../formats/heapdump/decode.ts'
import { HandmadeDump, to } from '../../formats/heapdump/handmade-dump.ts'
import type { HeapTypes } from './heap-types.ts'
import { type TypeSource, typedObjects } from './typed-objects.ts'

const HEAP = 0xc000000000

const scalar = (name: string, size: number): GoType => ({ name, size, kind: 'scalar', elem: -1, members: [] })
const pointer = (name: string, elem: number): GoType => ({
  name,
  size: 8,
  kind: 'pointer',
  elem,
  members: [],
})
const struct = (name: string, size: number, ...members: [string, number, number][]): GoType => ({
  name,
  size,
  kind: 'struct',
  elem: -1,
  members: members.map(([n, offset, type]) => ({ name: n, offset, type })),
})

const TYPES: readonly GoType[] = [
  /* 0 */ scalar('int', 8),
  /* 1 */ struct('main.Node', 24, ['id', 0, 0], ['next', 8, 2], ['items', 16, 5]),
  /* 2 */ pointer('*main.Node', 1),
  /* 3 */ struct('main.Root', 48, ['list', 0, 2], ['all', 8, 4], ['any', 32, 6]),
  /* 4 */ { name: '[]*main.Node', size: 24, kind: 'slice', elem: 2, members: [] },
  /* 5 */ pointer('*map<string,*main.Node>', 7),
  /* 6 */ { name: 'interface {}', size: 16, kind: 'eface', elem: -1, members: [] },
  /* 7 */ struct('map<string,*main.Node>', 48, ['used', 0, 0], ['dirPtr', 16, 8], ['dirLen', 24, 0]),
  /* 8 */ pointer('**table<string,*main.Node>', 9),
  /* 9 */ pointer('*table<string,*main.Node>', 10),
  /* 10 */ struct('table<string,*main.Node>', 32, ['used', 0, 0], ['groups', 16, 11]),
  /* 11 */ struct('groupReference<string,*main.Node>', 16, ['data', 0, 12], ['lengthMask', 8, 0]),
  /* 12 */ pointer('*noalg.map.group[string]*main.Node', 13),
  /* 13 */ struct('noalg.map.group[string]*main.Node', 16, ['ctrl', 0, 0], ['value', 8, 2]),
  /* 14 */ { name: 'string', size: 16, kind: 'string', elem: -1, members: [] },
]

function typed(d: HandmadeDump): HeapTypes {
  const decoder = new HeapDumpDecoder({ contents: true })
  decoder.feed(d.segment('bss', [0]).done())
  const { dump } = decoder.done()
  const go: Pick<GoTypes, 'type' | 'locals' | 'captures'> = {
    type: (id) => TYPES[id],
    locals: () => [],
    captures: () => [{ name: 'n', type: 2, offset: 8 }],
  }
  const source: TypeSource = {
    dump,
    fileAddress: (a) => a + HEAP,
    functionAt: () => 'main.f.func1',
    functionStart: () => 0x401000,
    variableAt: (_, offset) => ({ variable: 0, offset }),
    variableType: () => 3,
    typeAt: (descriptor) => (descriptor + HEAP === 0x480000 ? 14 : -1),
  }
  return typedObjects(source, go as GoTypes)
}

test('types follow pointers, slices and interfaces', () => {
  const d = new HandmadeDump()
  d.object(0x2000, [1, to(0x2020), 0]) // list
  d.object(0x2020, [2, to(0x2000), 0])
  d.object(0x4000, [to(0x2000), to(0x2020), to(0x2000), 0]) // all: capacity 4
  d.object(0x6000, [to(0x8000), 5]) // any: a string
  d.bytes(0x8000, new Uint8Array(8))
  d.object(0xa000, [to(0x2000)]) // reached by nothing
  d.segment('data', [to(0x2000), to(0x4000), 2, 4, 0x480000, to(0x6000)])
  const t = typed(d)
  const names = [0, 1, 2, 3, 4, 5].map((o) => t.name(t.of(o)))
  expect(names).toEqual(['main.Node', 'main.Node', '[]*main.Node', 'string', 'string', '8\u202fB P'])
  expect(t.named.objects).toBe(5)
  expect([t.fieldAt(0, 8), t.fieldAt(2, 16), t.fieldAt(5, 0)]).toEqual(['.next', '[2]', ''])
})

test('maps of Go 1.24: a directory of tables, or one group where there are few entries', () => {
  for (const small of [true, false]) {
    const d = new HandmadeDump()
    d.object(0x2000, [1, to(0x2000), to(0x3000)])
    d.object(0x3000, [1, 0, to(small ? 0x5000 : 0x4000), small ? 0 : 2, 0, 0])
    if (!small) d.object(0x4000, [to(0x4100), to(0x4100)]).object(0x4100, [0, 0, to(0x5000), 7])
    d.object(0x5000, [0, to(0x2000), 0, to(0x2000), 0, to(0x2000)])
    d.segment('data', [to(0x2000)])
    const t = typed(d)
    const all = Array.from({ length: small ? 3 : 5 }, (_, o) => t.name(t.of(o)))
    expect(all).toEqual(
      small
        ? ['main.Node', 'map[string]*main.Node header', '[]map[string]*main.Node entries']
        : [
            'main.Node',
            'map[string]*main.Node header',
            '[]*map[string]*main.Node table',
            'map[string]*main.Node table',
            '[]map[string]*main.Node entries',
          ],
    )
  }
})

test('a pointer into the middle does not outweigh one to the whole', () => {
  const d = new HandmadeDump()
  // The list points into the array of all nodes, which the slice then names.
  d.object(0x2000, [1, to(0x4008), 0])
  d.object(0x4000, [to(0x2000), to(0x2000), to(0x2000), to(0x2000)])
  d.segment('data', [to(0x2000), to(0x4000), 4, 4])
  const t = typed(d)
  expect(t.name(t.of(1))).toBe('[]*main.Node')
})
