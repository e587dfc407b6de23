import { describe, expect, test } from 'vitest'
import {
  isAbsoluteUrl,
  mappingName,
  type ProfileAddress,
  profileAddress,
  proxyServer,
  redacted,
  redirected,
  withPath,
} from './source-url.ts'

const at = (source: string, seconds = -1, timeout = -1): ProfileAddress => {
  const address = profileAddress(source, seconds, timeout)
  expect(address, source).toBeDefined()
  return address!
}

describe('profileAddress', () => {
  // Recorded from adjustURL of cmd/pprof, Go 1.26.
  test.each([
    ['localhost:6060', 'http://localhost:6060/debug/pprof/profile'],
    ['localhost:6060/', 'http://localhost:6060/debug/pprof/profile'],
    ['127.0.0.1:80/debug/pprof/heap', 'http://127.0.0.1:80/debug/pprof/heap'],
    ['[::1]:6060/x', 'http://[::1]:6060/x'],
    [':6060', 'http://:6060/debug/pprof/profile'],
    ['HTTP://Host/P', 'http://Host/P'],
    ['http://h?', 'http://h/debug/pprof/profile?'],
    ['http://h/?b=2&a=1&a=0', 'http://h/debug/pprof/profile?a=1&a=0&b=2'],
    ['http://h/x?a=%zz&b=1;c=2&d=%41+%20~', 'http://h/x?d=A++~'],
    ['http://h/a b', 'http://h/a%20b'],
    ['http://h/a%2Fb/../c', 'http://h/a%2Fb/../c'],
    ['http://h/é?é=é', 'http://h/%C3%A9?%C3%A9=%C3%A9'],
    ['https://h/x#part', 'https://h/x'],
    ['https+insecure://h:1/x', 'https+insecure://h:1/x'],
    ['abc:123/mem_2023-11-02_03:55:24', 'http://abc:123/mem_2023-11-02_03:55:24'],
  ])('%s', (source, shown) => {
    expect(at(source).shown).toBe(shown)
  })

  test.each([
    'cpu.pb.gz',
    'localhost',
    'localhost/debug/pprof/heap',
    'file:///tmp/x',
    'C:\\profiles\\cpu.pb.gz',
    'mem_2023-11-02_03:55:24',
    'h/%zz:1',
    'h\n:1/x',
    '-',
    '',
  ])('%j is a file', (source) => {
    expect(profileAddress(source, -1, -1)).toBeUndefined()
  })

  test.each([
    'http:///path',
    'http://h:port/x',
    'http://a:b:c/x',
    'https://h/%zz',
    'http://h\n/x',
    'http://[::1/x',
    'HTTP://[1.2.3.4]/x',
  ])('%j is badly written', (source) => {
    expect(() => profileAddress(source, -1, -1)).toThrow('badly written')
  })

  test('what to connect to and to ask for', () => {
    expect(at('https://Host/x?b=1')).toMatchObject({
      tls: true,
      insecure: false,
      host: 'Host',
      port: 443,
      hostHeader: 'Host',
      target: '/x?b=1',
    })
    expect(at('https+insecure://[fe80::1%25eth0]:8443')).toMatchObject({
      tls: true,
      insecure: true,
      host: 'fe80::1%eth0',
      port: 8443,
      hostHeader: '[fe80::1]:8443',
    })
    expect(at('http://bücher.example/x').host).toBe('xn--bcher-kva.example')
  })

  test('how long the server may take', () => {
    expect(at('h:1').timeoutSeconds).toBe(60)
    expect(at('h:1', 30).timeoutSeconds).toBe(45)
    expect(at('h:1', 30).target).toBe('/debug/pprof/profile?seconds=30')
    expect(at('h:1/x?seconds=10&seconds=20').timeoutSeconds).toBe(15)
    expect(at('h:1/x?seconds=10', 4).target).toBe('/x?seconds=4')
    expect(at('h:1/x?seconds=99999999999').timeoutSeconds).toBe(60)
    expect(at('h:1/x?seconds=10', 30, 7).timeoutSeconds).toBe(7)
  })

  test('sockets in the file system', () => {
    expect(at('unix:/run/app.sock')).toMatchObject({
      socketPath: '/run/app.sock',
      target: '/debug/pprof/profile',
      hostHeader: 'localhost',
      shown: 'unix:/run/app.sock:/debug/pprof/profile',
    })
    expect(at('unix:///run/app.sock:/debug/pprof/heap?gc=1', 5)).toMatchObject({
      socketPath: '/run/app.sock',
      target: '/debug/pprof/heap?gc=1&seconds=5',
    })
    expect(profileAddress('unix:', -1, -1)?.socketPath).toBeUndefined()
  })

  test('schemes and ports that nobody serves', () => {
    expect(() => profileAddress('ftp://h/x', -1, -1)).toThrow('unsupported protocol scheme "ftp"')
    expect(() => profileAddress('http://h:99999/x', -1, -1)).toThrow('invalid port 99999')
  })
})

describe('secrets', () => {
  const SECRETS = /s3cret|bob|t0ken/

  test.each([
    'http://bob:s3cret@h/x',
    'https+insecure://bob@h/x',
    'bob:s3cret@h:6060/x',
    'bob@h:6060/x',
    'http://h/x?token=t0ken&API_KEY=s3cret&X-Amz-Signature=t0ken',
    'unix:/s.sock:/x?access_token=t0ken',
  ])('%s is shown without', (source) => {
    const address = at(source)
    expect(address.shown).not.toMatch(SECRETS)
    expect(mappingName(address)).not.toMatch(SECRETS)
    expect(withPath(address, '/debug/pprof/symbol').shown).not.toMatch(SECRETS)
    expect(redacted(source)).not.toMatch(SECRETS)
  })

  test.each([
    'http://bob:s3c%zzret@h/x',
    'http://bob:s3cret/t0ken@h/x',
    'http://bob:s3cret?t0ken@h/x',
    'bob:s3cret/t0ken@h',
    'h:x/?token=t0ken',
  ])('%s, which is no address, is shown without', (source) => {
    expect(redacted(source)).not.toMatch(SECRETS)
  })

  test('file names stay as they are', () => {
    for (const name of ['cpu@host.pb.gz', 'mem_03:55:24', '/a/b@c', 'h:6060/x?seconds=5&debug=1'])
      expect(redacted(name)).toBe(name)
  })

  test('are sent as they were meant', () => {
    expect(at('http://b%6fb:s3%40%2Fx@h/x').credentials).toBe('bob:s3@/x')
    expect(at('http://bob@h/x').credentials).toBe('bob:')
    expect(at('http://h/x?token=t0ken').target).toBe('/x?token=t0ken')
  })

  test('a password that ends the host early is not sent anywhere', () => {
    expect(() => at('http://bob:s3cr@t/x@h/y')).toThrow('there is an @ behind the host')
  })
})

describe('redirected', () => {
  const from = at('http://bob:pw@h:1/a/b?x=1')

  test.each([
    ['/c?d=1', '/c?d=1'],
    ['c', '/a/c'],
    ['?y=2', '/a/b?y=2'],
    ['http://h:1/z#part', '/z'],
    ['//h:1', '/'],
  ])('%s stays there, with the password', (location, target) => {
    expect(redirected(from, location)).toMatchObject({ host: 'h', port: 1, target, credentials: 'bob:pw' })
  })

  test.each([
    'http://other:1/x',
    'http://h:2/x',
    'https://h:1/x',
    'http://eve:pw@h2/x',
  ])('%s gets no password', (location) => {
    const to = redirected(from, location)
    expect(to.credentials).toBeUndefined()
    expect(to.shown).not.toContain('pw')
  })

  test('never to what is not encrypted, not HTTP, or beyond a socket', () => {
    expect(() => redirected(at('https://h/x'), 'http://h/x')).toThrow('not encrypted')
    expect(() => redirected(from, 'file:///etc/passwd')).toThrow('no address')
    expect(() => redirected(from, 'gopher://h/x')).toThrow('not HTTP')
    expect(() => redirected(at('unix:/s.sock'), 'http://h/x')).toThrow('away from its socket')
    expect(redirected(at('unix:/s.sock'), '/y')).toMatchObject({ socketPath: '/s.sock', target: '/y' })
  })

  test('trust without proof is kept, and no more', () => {
    expect(redirected(at('https+insecure://h/x'), '/y').insecure).toBe(true)
    expect(redirected(at('https://h/x'), 'https://h/y').insecure).toBe(false)
  })
})

test('proxyServer', () => {
  expect(proxyServer('proxy:3128')).toMatchObject({ kind: 'http', host: 'proxy', port: 3128 })
  expect(proxyServer('proxy')).toMatchObject({ kind: 'http', host: 'proxy', port: 80 })
  expect(proxyServer('socks5://u:p@[::1]')).toMatchObject({
    kind: 'socks5',
    host: '::1',
    port: 1080,
    credentials: 'u:p',
    shown: 'socks5://[::1]',
  })
  expect(() => proxyServer('ftp://u:s3cret@h')).toThrow(/^invalid proxy address ftp:\/\/xxxxx@h$/)
})

test('isAbsoluteUrl, as Go tells it', () => {
  for (const text of ['http://h/x', 'unix:/s', 'anon:x', 'C:\\app.exe', 'x:'])
    expect(isAbsoluteUrl(text), text).toBe(true)
  for (const text of ['', '/usr/bin/x', '[vdso]', '//anon', 'a b:c', ':x', '1:2', 'http://h/%zz'])
    expect(isAbsoluteUrl(text), text).toBe(false)
})
