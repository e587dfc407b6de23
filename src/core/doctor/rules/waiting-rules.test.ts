// Guilty and innocent pictures of the rules that look at what waits: contention, channels, the outside, leaks.

import { describe, expect, test } from 'vitest'
import { loud, said, stacks } from '../../../../test/kit/capture-from.ts'

const s = 1e9

describe('locks', () => {
  const block = (seconds: number, lock: string) =>
    stacks(
      ['main.main', 'main.touch', lock, `= 100 ${seconds * s}`],
      ['main.main', 'main.idle', 'sync.(*Cond).Wait', `= 10 ${90 * s}`],
    )

  test('a contended Mutex', () => {
    expect(said({ cpu: 'main.main\n= 100 1000000000', block: block(20, 'sync.(*Mutex).Lock') })).toEqual([
      'mutex-contention: main.touch',
    ])
  })

  test('little waiting is none', () => {
    expect(said({ cpu: 'main.main\n= 100 1000000000', block: block(1, 'sync.(*Mutex).Lock') })).toEqual([])
  })

  test('readers behind a writer', () => {
    const mutex = 'main.main\nmain.refresh\nsync.(*RWMutex).Unlock\n= 5 20000000000'
    const found = loud({
      cpu: 'main.main\n= 100 1000000000',
      block: block(20, 'sync.(*RWMutex).RLock'),
      mutex,
    })
    expect(found.map((f) => f.cause)).toEqual(['rwmutex-read-contention'])
    expect(found[0]!.culprits).toEqual(['main.refresh', 'main.touch'])
  })
})

describe('consumer-bottleneck', () => {
  const block = (seconds: number, wait: string) => `main.main\nmain.produce\n${wait}\n= 100 ${seconds * s}`
  const busy = 'main.main\nmain.store\n= 90 900000000'

  test('producers wait for a busy consumer', () => {
    expect(said({ cpu: busy, block: block(30, 'runtime.chansend1') })).toEqual([
      'consumer-bottleneck: main.store',
    ])
  })

  test('a semaphore is meant to wait', () => {
    expect(said({ cpu: busy, cpuSeconds: 60, block: block(30, 'runtime.chansend1') })).toEqual([])
  })

  test('receivers that wait for work are idle', () => {
    expect(said({ cpu: busy, block: block(30, 'runtime.chanrecv1') })).toEqual([])
  })
})

describe('off-cpu-slow-downstream', () => {
  const idle = 'main.main\nmain.poll\n= 2 20000000'
  const call = (seconds: number, frames: string) => `${frames}\n= 100 ${seconds * s}`
  const client =
    'net/http.(*conn).serve\nmain.handle\nnet/http.(*Client).Do\nnet/http.(*persistConn).roundTrip\nruntime.selectgo'

  test('a handler that asks another service', () => {
    expect(said({ cpu: idle, block: call(100, client) })).toEqual(['off-cpu-slow-downstream: main.handle'])
  })

  test('a server that waits for requests', () => {
    const server = 'net/http.(*conn).serve\nnet/http.(*connReader).Read\nnet.(*conn).Read\nruntime.selectgo'
    expect(said({ cpu: idle, block: call(100, server) })).toEqual([])
  })

  test('a program that computes', () => {
    expect(said({ cpu: 'main.main\nmain.work\n= 90 900000000', block: call(100, client) })).toEqual([])
  })
})

describe('goroutine leaks', () => {
  const at = (n: number, wait: string) =>
    stacks(
      ['main.fetch', 'main.fetch.func1', wait, 'runtime.gopark', `= ${n}`],
      ['main.main', 'runtime.gopark', '= 5'],
    )
  const grows = (wait: string) => [10, 200, 400, 600].map((n) => at(n, wait))

  test.each([
    ['runtime.chansend1', 'goroutine-leak-chan-send'],
    ['runtime.chanrecv2', 'goroutine-leak-chan-receive'],
    ['runtime.selectgo', 'goroutine-leak-select'],
    ['sync.(*Mutex).Lock', 'goroutine-leak-lock'],
    ['sync.(*WaitGroup).Wait', 'goroutine-leak-waitgroup'],
    ['internal/poll.(*pollDesc).wait', 'goroutine-leak-network'],
  ])('growing in %s', (wait, cause) => {
    expect(said({ goroutine: grows(wait) })).toEqual([`${cause}: main.fetch.func1`])
  })

  test('a pool of many is no leak', () => {
    expect(said({ goroutine: [500, 500, 500].map((n) => at(n, 'runtime.chanrecv1')) })).toEqual([])
  })

  test('a pool that is started once is no leak', () => {
    expect(said({ goroutine: [1, 500, 500, 500].map((n) => at(n, 'runtime.selectgo')) })).toEqual([])
  })

  test('what the runtime has proved', () => {
    expect(
      said({ goroutine: at(20, 'runtime.chansend1'), goroutineleak: at(15, 'runtime.chansend1') }),
    ).toEqual(['goroutine-leak-chan-send: main.fetch.func1'])
  })
})

describe('blocking-syscalls-threads', () => {
  const calls = (n: number, leaf: string) => `main.readSensor\nos.(*File).Read\nsyscall.Read\n${leaf}\n= ${n}`

  test('many goroutines inside system calls', () => {
    const threadcreate = 'main.main\n= 120'
    const [f] = loud({ goroutine: calls(120, 'internal/runtime/syscall.Syscall6'), threadcreate })
    expect(f).toMatchObject({ cause: 'blocking-syscalls-threads', culprits: ['main.readSensor'] })
    expect(f!.title).toContain('120 threads')
  })

  test('few', () => {
    expect(said({ goroutine: calls(3, 'internal/runtime/syscall.Syscall6') })).toEqual([])
  })

  test('waiting in the poller holds no thread', () => {
    const poll =
      'main.readSensor\nnet.(*conn).Read\ninternal/poll.(*FD).Read\ninternal/poll.(*pollDesc).wait\nruntime.gopark\n= 500'
    expect(said({ goroutine: poll })).toEqual([])
  })
})
