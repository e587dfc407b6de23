import { describe, expect, test } from 'vitest'
import { type Asked, gateFor, judge, knowsForm, newSecrets, securityHeaders } from './security.ts'

const gate = gateFor('localhost', 8080)
const { url, cookie, form } = gate.secrets

interface Given {
  method?: string
  query?: string
  headers?: Record<string, string | undefined>
}

/** A request with the cookie, as the user's browser sends it, but for what is given. */
function ask({ method = 'GET', query = '', headers = {} }: Given): Asked {
  const all: Record<string, string | undefined> = {
    host: 'localhost:8080',
    cookie: `other=1; goscope-8080=${cookie}`,
    ...headers,
  }
  const rawHeaders = Object.entries(all).flatMap(([k, v]) => (v === undefined ? [] : [k, v]))
  return { method, headers: all, rawHeaders, query: new URLSearchParams(query) }
}

const admitted = (given: Given): boolean => judge(ask(given), gate).kind === 'admitted'

describe('the name of the server', () => {
  test.each(['localhost:8080', 'LOCALHOST:8080', '127.0.0.1:8080', '[::1]:8080'])('%s is ours', (host) => {
    expect(admitted({ headers: { host } })).toBe(true)
  })
  test.each([
    'evil.example:8080',
    'localhost',
    'localhost:8081',
    'localhost.evil.example:8080',
    '',
    undefined,
  ])('%s is not', (host) => {
    expect(admitted({ headers: { host } })).toBe(false)
  })
  test('two of them are refused, whatever they are', () => {
    const r = ask({})
    expect(judge({ ...r, rawHeaders: [...r.rawHeaders, 'Host', 'localhost:8080'] }, gate).kind).toBe(
      'refused',
    )
  })
  test('at port 80 browsers leave the port out', () => {
    expect(gateFor('localhost', 80).hosts).toContain('localhost')
  })
})

describe('where a request comes from', () => {
  test.each([
    [{}, true],
    [{ 'sec-fetch-site': 'none' }, true],
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ origin: 'http://localhost:8080' }, true],
    [{ origin: 'http://evil.example' }, false],
    [{ origin: 'https://localhost:8080' }, false],
    [{ origin: 'http://localhost:8081' }, false],
    [{ origin: 'null' }, false],
    [{ 'sec-fetch-site': 'cross-site' }, false],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, false],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, true],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, false],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }, false],
  ])('reading with %j: %s', (headers, expected) => {
    expect(admitted({ headers })).toBe(expected)
    expect(admitted({ method: 'HEAD', headers })).toBe(expected)
  })
  test.each([
    [{}, false],
    [{ origin: 'http://localhost:8080' }, true],
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'same-origin', origin: 'null' }, true],
    [{ origin: 'null' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ 'sec-fetch-site': 'cross-site', origin: 'http://localhost:8080' }, false],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, false],
  ])('changing with %j: %s', (headers, expected) => {
    expect(admitted({ method: 'POST', headers })).toBe(expected)
  })
})

describe('the secret', () => {
  const none = { cookie: undefined }
  test('without it nothing is answered', () => {
    expect(admitted({ headers: none })).toBe(false)
    for (const token of ['', '0', url.slice(1), `${url}0`, cookie, form])
      expect(admitted({ headers: none, query: `token=${token}` })).toBe(false)
    for (const value of ['', url, form, cookie.toUpperCase().replace(/^./, 'x')])
      expect(admitted({ headers: { cookie: `goscope-8080=${value}` } })).toBe(false)
    expect(admitted({ headers: { cookie: `goscope-8081=${cookie}` } })).toBe(false)
  })
  test('the address lets in, and says that the cookie is wanted', () => {
    expect(judge(ask({ headers: none, query: `f=x&token=${url}` }), gate)).toEqual({
      kind: 'admitted',
      entered: true,
    })
    expect(judge(ask({}), gate)).toEqual({ kind: 'admitted', entered: false })
  })
  test('forms have one of their own', () => {
    expect(knowsForm(new URLSearchParams({ token: form }), gate)).toBe(true)
    for (const token of ['', url, cookie]) expect(knowsForm(new URLSearchParams({ token }), gate)).toBe(false)
  })
  test('is 128 bits, and another one each time', () => {
    const all = [newSecrets(), newSecrets()].flatMap((s) => [s.url, s.cookie, s.form])
    expect(new Set(all).size).toBe(6)
    for (const s of all) expect(s).toMatch(/^[0-9a-f]{32}$/)
  })
})

test('a page runs nothing but the scripts that were named', () => {
  const csp = (needs?: Parameters<typeof securityHeaders>[0]) =>
    securityHeaders(needs)['Content-Security-Policy']!
  expect(csp()).toContain("default-src 'none'; script-src 'none'; style-src 'none'")
  // The digest of RFC 6234's "abc".
  expect(csp({ scripts: ['abc'], styles: [] })).toContain(
    "script-src 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='",
  )
  for (const part of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"])
    expect(csp()).toContain(part)
  expect(csp()).not.toContain('unsafe')
})
