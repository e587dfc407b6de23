import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandFolder } from '../../../../test/kit/command-folder.ts'
import { root } from '../../../../test/kit/run-command.ts'
import { readProfile } from '../../read-profile.ts'
import { run } from './flame.ts'

const cpu = join(root, 'examples', 'orders', 'go1.26', 'cpu.pb.gz')
const here = commandFolder()
const { at } = here

describe('the ending tells the form', () => {
  test.each([
    [['-o', 'x.svg'], /^<\?xml/],
    [['-o', 'x.html'], /^<!doctype html>/],
    [['-o', 'x.json'], /^\{"schema":"goscope\.flame\/1"/],
    [['-o', 'x.txt'], /all 9\.76/],
    [['-o', 'x', '--format', 'svg'], /^<\?xml/],
  ])('%j', async (args, head) => {
    expect(await run([...args.map((a) => (a.startsWith('x') ? at(a) : a)), cpu])).toBe(0)
    expect(readFileSync(at(args[1]!), 'utf8')).toMatch(head)
    expect(here.stderr).toBe('')
  })

  test.each([
    [['-o', 'x.png'], /end it in \.svg, \.html, \.json or \.txt/],
    [['--json', '--format', 'svg'], /exclude each other/],
    [['-o', 'x.svg', '--depth', 'deep'], /--depth deep: must be a whole number/],
  ])('%j is refused', async (args, message) => {
    await expect(run([...args.map((a) => (a.startsWith('x') ? at(a) : a)), cpu])).rejects.toThrow(message)
    expect(readdirSync(here.path)).toEqual([])
  })
})

test('the JSON holds the whole tree: self adds up to the samples, total to self and children', async () => {
  await run(['--json', '-o', at('x.json'), cpu])
  const doc = JSON.parse(readFileSync(at('x.json'), 'utf8'))
  const { parent, frame, self, total, inlined } = doc.node as Record<string, number[]>
  expect(new Set([parent, frame, self, total, inlined].map((c) => c!.length)).size).toBe(1)
  const { profile } = await readProfile(cpu)
  const sum = (a: ArrayLike<number>): number => Array.from(a).reduce((x, y) => x + y, 0)
  expect(sum(self!)).toBe(sum(profile.samples.value[1]!.f))
  const below = [...self!]
  for (let row = below.length - 1; row > 0; row--) {
    expect(parent![row]).toBeLessThan(row)
    below[parent![row]!] = below[parent![row]!]! + below[row]!
  }
  expect(below).toEqual(total)
  expect(doc.frame.name[frame![1]!]).toBe('net/http.(*conn).serve')
})

test('filters are told, and shares are of the whole', async () => {
  await run(['--focus', 'compress', '-o', at('x.svg'), cpu])
  expect(readFileSync(at('x.svg'), 'utf8')).toMatch(/all 2\.\d+\u202fs, \d\d\.\d% of 9\.76\u202fs/)
})

test('a base makes it a difference, even where all grew', async () => {
  const heap = (k: number): string => join(root, 'examples', 'orders', 'go1.26', `heap-t${k}.pb.gz`)
  await run(['--sample-type', 'alloc_space', '--base', heap(1), '-o', at('x.svg'), heap(2)])
  const svg = readFileSync(at('x.svg'), 'utf8')
  expect(svg).toContain('heap-t2.pb.gz less heap-t1.pb.gz')
  expect(svg).toMatch(/all \+[\d.]+\u202fGiB: 0 less/)
})

test('inverted and by line', async () => {
  await run(['--inverted', '--by', 'lines', '--format', 'json', '-o', at('x.json'), cpu])
  const doc = JSON.parse(readFileSync(at('x.json'), 'utf8'))
  expect([doc.by, doc.inverted]).toEqual(['lines', true])
  const heaviest = doc.node.frame[1]
  expect(doc.frame.line[heaviest]).toBeGreaterThan(0)
})
