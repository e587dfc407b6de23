import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { FdSink, isTerminal, writeAll, writeFileWhole } from './output.ts'
import { showControls } from './terminal-text.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-output-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(write: (fd: number) => void): Buffer {
  const file = join(folder, 'out')
  const fd = openSync(file, 'w')
  try {
    write(fd)
  } finally {
    closeSync(fd)
  }
  return readFileSync(file)
}

describe('output', () => {
  test('text and bytes come in order, names that are not UTF-8 as they were', () => {
    const out = written((fd) => {
      const sink = new FdSink(fd)
      sink.text('a\udcff')
      sink.bytes(Uint8Array.of(0, 255))
      sink.text('x'.repeat(100_000))
      sink.text('é')
      sink.flush()
    })
    expect([...out.subarray(0, 4)]).toEqual([0x61, 0xff, 0, 255])
    expect(out.length).toBe(4 + 100_000 + 2)
  })

  test('for a terminal everything is cleaned', () => {
    const out = written((fd) => {
      const sink = new FdSink(fd, showControls)
      sink.text('a\x1b[2J')
      sink.bytes(Buffer.from('é\x1b]0;x\x07'))
      sink.flush()
    })
    expect(out.toString()).toBe('a\\x1b[2Jé\\x1b]0;x\\x07')
  })

  test('a file is there whole or not at all', () => {
    const file = join(folder, 'whole')
    writeFileSync(file, 'old')
    expect(() =>
      writeFileWhole(file, (fd) => {
        writeSync(fd, 'half')
        throw new Error('disk full')
      }),
    ).toThrow('disk full')
    expect(readFileSync(file, 'utf8')).toBe('old')
    writeFileWhole(file, (fd) => writeAll(fd, Buffer.from('new')))
    expect(readFileSync(file, 'utf8')).toBe('new')
    expect(() => writeFileWhole(join(folder, 'no', 'where'), () => {})).toThrow('ENOENT')
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
  })

  test('what is no file is written to as it is', () => {
    writeFileWhole('/dev/null', (fd) => writeAll(fd, Buffer.from('x')))
    expect(existsSync('/dev/null.partial')).toBe(false)
  })

  test('a closed descriptor is no terminal', () => {
    expect(isTerminal(9999)).toBe(false)
  })
})
