import { describe, expect, test } from 'vitest'
import { Interrupted, interruptible, untilInterrupted } from './shell-interrupt.ts'

// Windows has no signals to send to itself.
const withSignals = test.skipIf(process.platform === 'win32')

describe('a guard', () => {
  test('gives what the work gives, and throws what it throws', () => {
    const guard = interruptible()
    expect(guard(() => 7)).toBe(7)
    const error = new TypeError('x')
    expect(() =>
      guard(() => {
        throw error
      }),
    ).toThrow(error)
    expect(guard(() => 8)).toBe(8)
  })

  withSignals('stops a loop that would not end, and works afterwards', () => {
    const guard = interruptible()
    const forever = (): number => {
      process.kill(process.pid, 'SIGINT')
      for (let n = 0; ; n++) if (n < 0) return n
    }
    expect(() => guard(forever)).toThrow(Interrupted)
    expect(guard(() => 1)).toBe(1)
  })
})

describe('untilInterrupted', () => {
  test('waits for the work and leaves no handler behind', async () => {
    const before = process.listenerCount('SIGINT')
    await expect(untilInterrupted(Promise.resolve(3))).resolves.toBe(3)
    await expect(untilInterrupted(Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError)
    expect(process.listenerCount('SIGINT')).toBe(before)
  })

  withSignals('gives up on work that goes on', async () => {
    const waiting = untilInterrupted(new Promise(() => undefined))
    process.kill(process.pid, 'SIGINT')
    await expect(waiting).rejects.toThrow(Interrupted)
  })
})
