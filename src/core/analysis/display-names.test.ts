import { describe, expect, test } from 'vitest'
import {
  collapseTypeArguments,
  fitName,
  splitEntry,
  splitFilePath,
  splitFunctionName,
} from './display-names.ts'

const split = (name: string): [string, string] => {
  const { path, fn } = splitFunctionName(name)
  return [path, fn]
}

describe('path and function', () => {
  test.each([
    ['runtime.mallocgc', 'runtime.', 'mallocgc'],
    ['net/http.(*conn).serve', 'net/http.', '(*conn).serve'],
    [
      'github.com/acme/shop/api.(*Server).Handle.func1.2',
      'github.com/acme/shop/api.',
      '(*Server).Handle.func1.2',
    ],
    ['gopkg.in/yaml%2ev3.Unmarshal', 'gopkg.in/yaml%2ev3.', 'Unmarshal'],
    ['main.mapOf[go.shape.struct { A/b.T int }]', 'main.', 'mapOf[go.shape.struct { A/b.T int }]'],
    ['main.(*Cache[a/b.K,c.V]).Get', 'main.', '(*Cache[a/b.K,c.V]).Get'],
    ['std::vector<a::b>::push_back', 'std::', 'vector<a::b>::push_back'],
    ['core::fmt::write', 'core::fmt::', 'write'],
    ['memeqbody', '', 'memeqbody'],
    ['[libc.so.6]', '', '[libc.so.6]'],
    ['<unknown>', '', '<unknown>'],
    ['.', '', '.'],
    ['', '', ''],
  ])('%s', (name, path, fn) => {
    expect(split(name)).toEqual([path, fn])
  })

  test('files', () => {
    expect(splitFilePath('net/http/server.go')).toEqual({ path: 'net/http/', fn: 'server.go' })
    expect(splitFilePath('main.go')).toEqual({ path: '', fn: 'main.go' })
  })

  test('entries of lines and addresses', () => {
    expect(splitEntry('main.f a/b.go:12')).toEqual({ address: '', name: 'main.f', place: 'a/b.go:12' })
    expect(splitEntry('00000000004fc31b main.f a/b.go:12:3')).toEqual({
      address: '00000000004fc31b',
      name: 'main.f',
      place: 'a/b.go:12:3',
    })
    expect(splitEntry('main.m[struct { A int }]')).toEqual({
      address: '',
      name: 'main.m[struct { A int }]',
      place: '',
    })
  })
})

test('type arguments collapse, types in brackets do not', () => {
  expect(collapseTypeArguments('(*Cache[go.shape.string,[]main.M]).Get')).toBe('(*Cache[…]).Get')
  expect(collapseTypeArguments('f[a[b]].func1')).toBe('f[…].func1')
  expect(collapseTypeArguments('[libc.so.6]')).toBe('[libc.so.6]')
  expect(collapseTypeArguments('f[a')).toBe('f[a')
})

describe('what fits', () => {
  const shown = (name: string, width: number): string => {
    const { path, fn } = fitName(splitFunctionName(name), width)
    return path + fn
  }
  const long = 'github.com/acme/shop/internal/handlers.(*Server).handleCheckout.func1.2'

  test('the path gives way at slashes, then altogether, then the function from the left', () => {
    expect(shown(long, 100)).toBe(long)
    expect(shown(long, 55)).toBe('…/internal/handlers.(*Server).handleCheckout.func1.2')
    expect(shown(long, 45)).toBe('…/handlers.(*Server).handleCheckout.func1.2')
    expect(shown(long, 36)).toBe('…(*Server).handleCheckout.func1.2')
    expect(shown(long, 28)).toBe('…ver).handleCheckout.func1.2')
  })

  test('type arguments before the package', () => {
    expect(shown('main.(*Cache[go.shape.string,go.shape.int]).Get', 25)).toBe('main.(*Cache[…]).Get')
  })

  test('never wider than asked', () => {
    for (const name of [long, 'main.mapOf[go.shape.struct { A int }]', 'memeqbody', '日本/語.関数'])
      for (let width = 1; width < 80; width++)
        expect([...shown(name, width)].length).toBeLessThanOrEqual(width)
  })
})
