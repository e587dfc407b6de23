// TLS with certificates made on the spot, so that no key lies in the repository and none expires.

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createPlain } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FetchOptions, fetchProfile } from './fetch.ts'
import { profileAddress } from './source-url.ts'

/** DER: a tag, a length of up to two bytes, the content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const long = body.length > 127
  return Buffer.concat([
    Uint8Array.from(long ? [tag, 0x82, body.length >> 8, body.length & 255] : [tag, body.length]),
    body,
  ])
}

const seq = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)
const oid = (hex: string): Buffer => der(6, Buffer.from(hex, 'hex'))
const ECDSA_SHA256 = seq(oid('2a8648ce3d040302'))
const named = (name: string): Buffer => seq(der(0x31, seq(oid('550403'), der(0x0c, Buffer.from(name)))))
const day = (offset: number): Buffer => {
  const text = new Date(Date.now() + offset * 86_400_000).toISOString().replace(/[-:T]/g, '').slice(0, 14)
  return der(0x18, Buffer.from(`${text}Z`))
}

interface Identity {
  readonly name: string
  readonly key: KeyObject
  readonly cert: string
  readonly keyPem: string
}

/** A certificate for localhost and 127.0.0.1, signed by `issuer` or by itself. */
function certificate(name: string, issuer?: Identity, days = 1): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const isAuthority = issuer === undefined
  const extension = (id: string, value: Buffer): Buffer => seq(oid(id), der(4, value))
  const extensions = der(
    0xa3,
    seq(
      isAuthority
        ? extension('551d13', seq(der(1, Uint8Array.of(0xff))))
        : extension(
            '551d11',
            seq(der(0x82, Buffer.from('localhost')), der(0x87, Uint8Array.of(127, 0, 0, 1))),
          ),
    ),
  )
  const body = seq(
    der(0xa0, der(2, Uint8Array.of(2))),
    der(2, Uint8Array.of(name.length)),
    ECDSA_SHA256,
    named(issuer?.name ?? name),
    seq(day(-2), day(days)),
    named(name),
    publicKey.export({ format: 'der', type: 'spki' }),
    extensions,
  )
  const signature = sign('sha256', body, issuer?.key ?? privateKey)
  const bytes = seq(body, ECDSA_SHA256, der(3, Uint8Array.of(0), signature))
  const cert = `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`
  return {
    name,
    key: privateKey,
    cert,
    keyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  }
}

const folded = 'main;work 5\n'
const folder = mkdtempSync(join(tmpdir(), 'goscope-tls-'))
const file = (name: string): string => join(folder, name)
const authority = certificate('an authority')
const server = certificate('server', authority)
const client = certificate('a client', authority)
const running: Server[] = []

async function listen(options: ServerOptions): Promise<number> {
  const s = createServer(options, (_, res) => res.end(folded))
  running.push(s)
  s.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => s.listen(0, '127.0.0.1', resolve))
  return (s.address() as { port: number }).port
}

let port = 0
let strict = 0
let expired = 0
beforeAll(async () => {
  writeFileSync(file('ca.pem'), authority.cert)
  writeFileSync(file('client.pem'), client.cert)
  writeFileSync(file('client.key'), client.keyPem)
  writeFileSync(file('server.key'), server.keyPem)
  writeFileSync(file('empty.pem'), 'nothing\n')
  port = await listen({ cert: server.cert, key: server.keyPem })
  const old = certificate('server', authority, -1)
  expired = await listen({ cert: old.cert, key: old.keyPem })
  strict = await listen({
    cert: server.cert,
    key: server.keyPem,
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: true,
  })
})
afterAll(() => {
  for (const s of running) s.close()
  rmSync(folder, { recursive: true })
})

async function fetched(source: string, tls: Partial<FetchOptions['tls']> = {}): Promise<string> {
  const o = { env: {}, tls: { cert: '', key: '', ca: '', ...tls }, limits: { connectMs: 5000, slackMs: 0 } }
  return Buffer.from(await fetchProfile(profileAddress(source, -1, 10)!, o)).toString()
}

describe('TLS', () => {
  test('a server that -tls_ca vouches for, by name and by address', async () => {
    expect(await fetched(`https://localhost:${port}/x`, { ca: file('ca.pem') })).toBe(folded)
    expect(await fetched(`https://127.0.0.1:${port}/x`, { ca: file('ca.pem') })).toBe(folded)
  })

  test('a server that nobody vouches for, only if the user says so', async () => {
    await expect(fetched(`https://localhost:${port}/x`)).rejects.toThrow(/is not trusted: -tls_ca=FILE/)
    expect(await fetched(`https+insecure://localhost:${port}/x`)).toBe(folded)
  })

  test('an expired certificate', async () => {
    await expect(fetched(`https://localhost:${expired}/x`, { ca: file('ca.pem') })).rejects.toThrow(
      'has expired',
    )
  })

  test('a server that wants to know who asks', async () => {
    const source = `https://localhost:${strict}/x`
    const me = { ca: file('ca.pem'), cert: file('client.pem'), key: file('client.key') }
    expect(await fetched(source, me)).toBe(folded)
    await expect(fetched(source, { ca: file('ca.pem') })).rejects.toThrow('-tls_cert and -tls_key')
  })

  test('files that do not do', async () => {
    const source = `https://localhost:${port}/x`
    const cert = file('client.pem')
    await expect(fetched(source, { cert })).rejects.toThrow(
      '-tls_cert is specified, so -tls_key must also be specified',
    )
    await expect(fetched(source, { key: cert })).rejects.toThrow(
      '-tls_key is specified, so -tls_cert must also be specified',
    )
    await expect(fetched(source, { cert, key: file('server.key') })).rejects.toThrow(
      /^could not load certificate\/key pair specified by -tls_cert and -tls_key: /,
    )
    await expect(fetched(source, { ca: file('none') })).rejects.toThrow(
      /^could not load CA specified by -tls_ca: open .*none: no such file or directory$/,
    )
    await expect(fetched(source, { ca: file('empty.pem') })).rejects.toThrow(
      /empty\.pem holds no certificate$/,
    )
  })

  test('TLS asked of a server without, and the other way round', async () => {
    const plain = createPlain((_, res) => res.end(folded))
    running.push(plain)
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    const { port: at } = plain.address() as { port: number }
    await expect(fetched(`https://localhost:${at}/x`)).rejects.toThrow('does not speak TLS')
    await expect(fetched(`http://localhost:${port}/x`)).rejects.toThrow(
      /closed the connection|does not speak HTTP/,
    )
  })

  test('never from TLS to a connection without', async () => {
    const s = createServer({ cert: server.cert, key: server.keyPem }, (_, res) =>
      res.writeHead(302, { Location: 'http://localhost:1/x' }).end(),
    )
    running.push(s)
    await new Promise<void>((resolve) => s.listen(0, '127.0.0.1', resolve))
    const { port: at } = s.address() as { port: number }
    await expect(fetched(`https://localhost:${at}/x`, { ca: file('ca.pem') })).rejects.toThrow(
      'redirects from https to http://localhost:1, which is not encrypted',
    )
  })
})
