import { describe, expect, test } from 'vitest'
import { ProfileBuilder } from '../model/profile-builder.ts'
import { type Origin, Origins, originOf } from './origin.ts'

function origins(functions: Readonly<Record<string, string>>): Origins {
  const b = new ProfileBuilder()
  for (const [name, filename] of Object.entries(functions)) b.addFunction(name, { filename })
  return new Origins(b.done())
}

describe('by name alone', () => {
  const expected: [string, Origin][] = [
    ['main.main.func1', 'main'],
    ['orders/internal/db.(*Conn).Query', 'main'],
    ['github.com/acme/lib.Do', 'module'],
    ['net/http.(*conn).serve', 'std'],
    ['vendor/golang.org/x/net/http/httpguts.isCTL', 'std'],
    ['runtime/pprof.Do', 'std'],
    ['runtime.mallocgc', 'alloc'],
    ['runtime.(*mcache).refill', 'alloc'],
    ['runtime.gcBgMarkWorker', 'gc'],
    ['runtime.scanobject', 'gc'],
    ['internal/runtime/gc/scan.ScanSpanPacked', 'gc'],
    ['runtime.findRunnable', 'sched'],
    ['runtime.gopark', 'sched'],
    ['runtime.lock2', 'sched'],
    ['runtime.futex', 'syscall'],
    ['internal/runtime/syscall/linux.Syscall6', 'syscall'],
    ['syscall.Syscall', 'syscall'],
    ['runtime.memmove', 'runtime'],
    ['internal/runtime/maps.(*Iter).Next', 'runtime'],
    ['main._Cfunc_compress', 'cgo'],
    ['std::sort', 'cgo'],
    ['[libc.so.6]', 'cgo'],
    ['[vdso]', 'syscall'],
  ]
  test.each(expected)('%s is %s', (name, origin) => {
    expect(originOf(name, '')).toBe(origin)
  })
})

test('files tell the main module from others', () => {
  const o = origins({
    'runtime.mallocgc': '/usr/local/go/src/runtime/malloc.go',
    'github.com/acme/shop/api.Serve': '/home/me/shop/api/api.go',
    'github.com/acme/lib.Do': '/root/go/pkg/mod/github.com/acme/lib@v1.2.3/do.go',
    'github.com/acme/old.Do': '/home/me/shop/vendor/github.com/acme/old/do.go',
    'log/audit.Write': '/home/me/shop/log/audit/audit.go',
    cmpbody: '/usr/local/go/src/internal/bytealg/compare_amd64.s',
    deflate: '/home/me/zlib/deflate.c',
  })
  expect(o.gorootSource).toBe('/usr/local/go/src/')
  expect(o.ofName('github.com/acme/shop/api.Serve')).toBe('main')
  expect(o.ofName('github.com/acme/lib.Do')).toBe('module')
  expect(o.ofName('github.com/acme/old.Do')).toBe('module')
  expect(o.ofName('log/audit.Write')).toBe('main')
  expect(o.ofName('cmpbody')).toBe('runtime')
  expect(o.ofName('deflate')).toBe('cgo')
  expect(o.ofFile('/usr/local/go/src/net/http/server.go')).toBe('std')
  expect(o.ofFile('/usr/local/go/src/runtime/proc.go')).toBe('runtime')
  expect(o.ofFile('/home/me/shop/api/api.go')).toBe('main')
})

test('built with -trimpath', () => {
  const o = origins({
    'runtime.mallocgc': 'runtime/malloc.go',
    'github.com/acme/shop/api.Serve': 'github.com/acme/shop/api/api.go',
    'github.com/acme/lib.Do': 'github.com/acme/lib@v1.2.3/do.go',
    'net/http.Serve': 'net/http/server.go',
  })
  expect(o.ofName('github.com/acme/shop/api.Serve')).toBe('main')
  expect(o.ofName('github.com/acme/lib.Do')).toBe('module')
  expect(o.ofName('net/http.Serve')).toBe('std')
})

test('a program that was installed from a module is the user’s', () => {
  const o = origins({
    'main.main': 'github.com/acme/tool@v1.0.0/main.go',
    'github.com/acme/tool/run.Run': 'github.com/acme/tool@v1.0.0/run/run.go',
    'github.com/acme/lib.Do': 'github.com/acme/lib@v1.2.3/do.go',
  })
  expect(o.ofName('github.com/acme/tool/run.Run')).toBe('main')
  expect(o.ofName('github.com/acme/lib.Do')).toBe('module')
})

test('frames that are no functions have no origin', () => {
  const o = origins({ 'main.main': 'main.go' })
  expect(o.ofName('endpoint:quote')).toBeUndefined()
  expect(o.ofName('quote')).toBeUndefined()
  expect(o.ofName('<unknown>')).toBeUndefined()
  expect(o.ofFile('')).toBeUndefined()
})
