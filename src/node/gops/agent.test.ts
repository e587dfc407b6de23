import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { UserError } from '../../core/base/errors.ts'
import { gopsText } from './agent.ts'
import { agentOf } from './find-agent.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const s of servers.splice(0)) await new Promise((resolve) => s.close(resolve))
})

async function agent(answer: (data: Buffer) => string | undefined): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (data) => {
      const text = answer(data)
      if (text !== undefined) socket.end(text)
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const o = { timeoutMs: 2000, maxBytes: 1 << 20 }

describe('the agent', () => {
  test('is sent one byte, and what belongs to it', async () => {
    let sent: number[] = []
    const port = await agent((data) => {
      sent = [...data]
      return 'ok'
    })
    expect(await gopsText('gc', { ...o, port })).toBe('ok')
    expect(sent).toEqual([2])
    await gopsText('setgc', { ...o, port, more: Uint8Array.of(200, 1) })
    expect(sent).toEqual([0x10, 200, 1])
  })

  test('that hangs, sends too much or is not there is told in a line', async () => {
    const hung = await agent(() => undefined)
    await expect(gopsText('stats', { ...o, port: hung, timeoutMs: 50 })).rejects.toThrow(
      /did not answer within 0.05 s/,
    )
    const loud = await agent(() => 'x'.repeat(5000))
    await expect(gopsText('stats', { ...o, port: loud, maxBytes: 1000 })).rejects.toThrow(
      /more than 1000 bytes/,
    )
    await expect(gopsText('stats', { ...o, port: 1 })).rejects.toThrow(/connection refused/)
  })

  test('can be given up', async () => {
    const port = await agent(() => undefined)
    const control = new AbortController()
    const asked = gopsText('stats', { ...o, port, signal: control.signal })
    control.abort(new UserError('enough'))
    await expect(asked).rejects.toThrow('enough')
  })
})

test('where an agent is', () => {
  expect(agentOf('127.0.0.1:6061')).toEqual({ host: '127.0.0.1', port: 6061 })
  expect(agentOf('[::1]:6061')).toEqual({ host: '::1', port: 6061 })
  for (const text of ['x', 'x:70000', '[x]:1', 'a:b', 'http://x:1'])
    expect(() => agentOf(text)).toThrow(UserError)
  expect(() => agentOf('pid:999999999')).toThrow(/no gops agent/)
})
