import { describe, expect, test } from 'vitest'
import { type Environment, proxyFor } from './http-proxy.ts'
import { profileAddress } from './source-url.ts'

const via = (source: string, env: Environment): string | undefined =>
  proxyFor(profileAddress(source, -1, -1)!, env)?.shown

describe('proxyFor', () => {
  test('one for http, one for https', () => {
    const env = { HTTP_PROXY: 'a:1', https_proxy: 'http://b:2' }
    expect(via('http://h/x', env)).toBe('http://a:1')
    expect(via('https://h/x', env)).toBe('http://b:2')
    expect(via('http://h/x', { HTTPS_PROXY: 'b:2' })).toBeUndefined()
    expect(via('http://h/x', { HTTP_PROXY: '', http_proxy: 'c:3' })).toBe('http://c:3')
  })

  test('never for this machine', () => {
    for (const host of ['localhost:1', '127.0.0.1:1', '127.9.9.9:1', '[::1]:1', 'unix:/s.sock'])
      expect(via(host, { HTTP_PROXY: 'a:1' }), host).toBeUndefined()
  })

  // As golang.org/x/net/http/httpproxy tests them.
  test.each([
    ['y.com', 'y.com x.y.com', 'xy.com y.com.z'],
    ['.y.com', 'x.y.com', 'y.com'],
    ['*.y.com', 'x.y.com', 'y.com'],
    ['y.com:80', 'y.com', 'y.com:81'],
    ['Y.COM , z.com', 'y.com z.com Z.com', 'w.com'],
    ['10.0.0.0/8', '10.1.2.3', '11.1.2.3'],
    ['10.1.2.3', '10.1.2.3', '10.1.2.4'],
    ['10.1.2.3:80', '10.1.2.3', '10.1.2.3:81'],
    ['fd00::/8', '[fd00::1]', '[fe00::1]'],
    ['[fd00::1]:80', '[fd00::1]', '[fd00::1]:81'],
    ['*', 'y.com 10.1.2.3', ''],
    ['a/99,10.0.0.0/99,:80,', '', 'y.com 10.1.2.3'],
  ])('NO_PROXY=%s', (list, without, withIt) => {
    const env = { HTTP_PROXY: 'a:1', NO_PROXY: list }
    for (const host of without.split(' ').filter(Boolean))
      expect(via(`http://${host}/`, env), host).toBeUndefined()
    for (const host of withIt.split(' ').filter(Boolean))
      expect(via(`http://${host}/`, env), host).toBe('http://a:1')
  })

  test('not in a CGI program', () => {
    expect(() => via('http://h/x', { HTTP_PROXY: 'a:1', REQUEST_METHOD: 'GET' })).toThrow('REQUEST_METHOD')
  })
})
