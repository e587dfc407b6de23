import { expect, test } from 'vitest'
import { linesOf } from './shell-input.ts'
import { KeyGate } from './shell-terminal.ts'

async function read(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  async function* stream() {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  }
  const lines: string[] = []
  for await (const line of linesOf(stream())) lines.push(line)
  return lines
}

test('lines however they are cut, the last one also without its end', async () => {
  expect(await read('a\nb', 'c\n', '\n', 'd')).toEqual(['a', 'bc', '', 'd'])
  expect(await read('a\n')).toEqual(['a'])
  expect(await read()).toEqual([])
})

test('characters that are cut in two, and bytes that are none', async () => {
  const bytes = Buffer.from('é\n')
  expect(await read(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['é'])
  expect(await read(Uint8Array.of(0x61, 0xff, 0x0a))).toEqual(['a\udcff'])
})

test('a line that does not end is refused', async () => {
  await expect(read(...Array.from({ length: 40 }, () => 'x'.repeat(1 << 15)))).rejects.toThrow(
    'is not a command',
  )
})

test('keys pass up to the end of one line at a time', () => {
  const passed: string[] = []
  const gate = new KeyGate((keys) => passed.push(Buffer.from(keys).toString()))
  const feed = (s: string): void => gate.feed(Buffer.from(s))
  feed('a')
  expect(passed).toEqual([])
  gate.allowLine()
  feed('b')
  feed('c\r\nd\re')
  expect(passed).toEqual(['a', 'b', 'c\r\n'])
  gate.allowLine()
  expect(passed.slice(3)).toEqual(['d\r'])
  gate.discard()
  gate.allowLine()
  feed('f')
  expect(passed.slice(4)).toEqual(['f'])
})
