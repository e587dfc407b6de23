import { describe, expect, test } from 'vitest'
import { profileFrom, samplesOf } from '../../../../test/kit/profile-from.ts'
import type { Profile } from '../../model/profile.ts'
import { Origins } from '../origin.ts'
import { packageOf } from './frame-names.ts'
import { sandwichCuts } from './sandwich.ts'
import { applyTransform, applyTransforms, type TransformOp } from './transform.ts'

const GO = '/go/src/runtime'

const apply = (p: Profile, op: TransformOp, name = ''): string[] =>
  samplesOf(applyTransform(p, { op, name })).map((s) => s.replaceAll(/ [^ ;]*\.go/g, ''))

const calls = profileFrom(`
  main.main   main.main   main.main   os.run
  main.work   main.work   main.idle   os.wait
  ^main.f     main.f      = 4         = 8
  main.g      main.f
  main.f      main.f
  = 1         = 2
`)

describe('transforms by function', () => {
  test('focus and drop divide the samples', () => {
    expect(apply(calls, 'focus', 'main.f')).toEqual([
      'main.main;main.work;^main.f;main.g;main.f 1',
      'main.main;main.work;main.f;main.f;main.f 2',
    ])
    expect(apply(calls, 'drop', 'main.f')).toEqual(['main.main;main.idle 4', 'os.run;os.wait 8'])
    expect(apply(calls, 'focus', 'main.')).toEqual([])
  })
  test('from cuts the callers of the outermost call', () => {
    expect(apply(calls, 'from', 'main.f')).toEqual(['main.f;main.g;main.f 1', 'main.f;main.f;main.f 2'])
  })
  test('hide takes frames out and keeps samples', () => {
    expect(apply(calls, 'hide', 'main.f')).toEqual([
      'main.main;main.work;main.g 1',
      'main.main;main.work 2',
      'main.main;main.idle 4',
      'os.run;os.wait 8',
    ])
    // The function around an inlined one.
    expect(apply(calls, 'hide', 'main.work')[0]).toBe('main.main;main.f;main.g;main.f 1')
    const p = profileFrom('a\n= 3')
    expect(samplesOf(applyTransform(p, { op: 'hide', name: 'a' }))).toEqual([' 3'])
  })
  test('merge makes a function and what it calls its caller’s own', () => {
    expect(apply(calls, 'merge', 'main.f').slice(0, 2)).toEqual([
      'main.main;main.work 1',
      'main.main;main.work 2',
    ])
    expect(apply(calls, 'merge', 'os.run')[3]).toBe('os.run 8')
  })
  test('recursion folds direct calls, cycles all', () => {
    expect(apply(calls, 'recursion', 'main.f').slice(0, 2)).toEqual([
      'main.main;main.work;^main.f;main.g;main.f 1',
      'main.main;main.work;main.f 2',
    ])
    expect(apply(calls, 'recursion', 'main.g')).toEqual(samplesOf(calls))
    expect(apply(calls, 'recursion')[1]).toBe('main.main;main.work;main.f 2')
    expect(apply(calls, 'cycles', 'main.f').slice(0, 2)).toEqual([
      'main.main;main.work;main.f 1',
      'main.main;main.work;main.f 2',
    ])
    expect(apply(profileFrom('a\nb\nc\nb\na\nc\n= 1'), 'cycles')).toEqual(['a;c 1'])
  })
  test('a sandwich is cut at the outermost call', () => {
    const { callees, callers } = sandwichCuts(calls, ['main.f'])
    expect(samplesOf(callees)).toEqual(['main.f;main.g;main.f 1', 'main.f;main.f;main.f 2'])
    expect(samplesOf(callers)).toEqual(['main.main;main.work;^main.f 1', 'main.main;main.work;main.f 2'])
  })
})

/** Stacks side by side, each from the root down, in columns of one width. */
function sideBySide(...stacks: readonly string[][]): string {
  const rows = Math.max(...stacks.map((s) => s.length))
  return Array.from({ length: rows }, (_, k) => stacks.map((s) => (s[k] ?? '').padEnd(80)).join('')).join(
    '\n',
  )
}

const server = profileFrom(
  sideBySide(
    [
      `runtime.goexit ${GO}/asm.s`,
      'net/http.serve /go/src/net/http/s.go',
      'net/http.call /go/src/net/http/s.go',
      'acme.org/shop.Sell /home/me/shop/a.go',
      'fmt.Sprint /go/src/fmt/print.go',
      'acme.org/shop.String /home/me/shop/a.go',
      `runtime.mallocgc ${GO}/malloc.go`,
      `runtime.gcAssistAlloc ${GO}/mgc.go`,
      `runtime.memclr ${GO}/mem.s`,
      '= 1',
    ],
    [`runtime.mcall ${GO}/asm.s`, `runtime.park_m ${GO}/proc.go`, `runtime.schedule ${GO}/proc.go`, '= 2'],
    [
      `runtime.gcBgMarkWorker ${GO}/mgc.go`,
      `runtime.systemstack ${GO}/asm.s`,
      `runtime.gcDrain ${GO}/mgc.go`,
      '= 4',
    ],
    [
      'net.read /go/src/net/net.go',
      'syscall.Read /go/src/syscall/z.go',
      'internal/runtime/syscall.Syscall6 /go/src/internal/runtime/syscall/a.go',
      '= 8',
    ],
  ),
)

describe('transforms by origin and package', () => {
  test('only my code', () => {
    expect(apply(server, 'mine')).toEqual([
      'acme.org/shop.Sell;acme.org/shop.String 1',
      'runtime (sched) 2',
      'runtime (gc) 4',
      'standard library 8',
    ])
  })
  test('fold the runtime, or a part of it', () => {
    expect(apply(server, 'fold', 'runtime')).toEqual([
      'runtime;net/http.serve;net/http.call;acme.org/shop.Sell;fmt.Sprint;acme.org/shop.String;runtime (alloc) 1',
      'runtime (sched) 2',
      'runtime (gc) 4',
      'net.read;runtime (syscall) 8',
    ])
    expect(apply(server, 'fold', 'gc').map((s) => s.split(';').slice(-2).join(';'))).toEqual([
      'runtime.mallocgc;runtime (gc) 1',
      'runtime.park_m;runtime.schedule 2',
      'runtime (gc) 4',
      'syscall.Read;internal/runtime/syscall.Syscall6 8',
    ])
    expect(apply(server, 'fold', 'no such part')).toEqual(
      samplesOf(server).map((s) => s.replaceAll(/ [^ ;]*\.go/g, '')),
    )
  })
  test('a package becomes one frame, of the origin that it had', () => {
    expect(apply(server, 'package', 'net/http')[0]).toMatch(
      /^runtime\.goexit \S+;net\/http\.\*;acme\.org\/shop\.Sell;/,
    )
    const shop = applyTransform(server, { op: 'package', name: 'acme.org/shop' })
    expect(new Origins(shop).ofName('acme.org/shop.*')).toBe('main')
    expect(packageOf('acme.org/shop.*')).toBe('acme.org/shop')
  })
  test('in their order', () => {
    const out = applyTransforms(server, [
      { op: 'fold', name: 'gc' },
      { op: 'fold', name: 'runtime' },
      { op: 'focus', name: 'runtime (alloc)' },
    ])
    expect(out.samples.count).toBe(1)
  })
})
