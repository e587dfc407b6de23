import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GoBuildInfo } from '../core/binary/build-info.ts'
import { escapePath, SourceFiles, type SourceFilesOptions } from './source-files.ts'

let root = ''

/** Files below the test's folder; each holds its own path. */
const FILES = [
  'work/go.mod',
  'work/internal/cart/cart.go',
  'work/sub/main.go',
  'work/vendor/github.com/acme/lib/v3/lib.go',
  'tools/fork/fork.go',
  'home/go/pkg/mod/github.com/!big!corp/kit@v1.2.3/kit.go',
  'home/go/pkg/mod/github.com/other/kit@v0.9.0/kit.go',
  'home/sdk/go1.99.1/src/runtime/proc.go',
  'goroot/src/runtime/proc.go',
  'goroot/src/net/http/server.go',
  'elsewhere/deep/down/x.c',
]

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'source-files-'))
  for (const file of FILES) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), file)
  }
  writeFileSync(join(root, 'work/go.mod'), 'module example.com/shop/v2 // main\n\ngo 1.24\n')
  writeFileSync(join(root, 'goroot/VERSION'), 'go1.50\ntime 2020\n')
  mkdirSync(join(root, 'goroot/bin'))
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

const INFO: GoBuildInfo = {
  goVersion: 'go1.99.1',
  path: 'example.com/shop/v2/sub',
  main: { path: 'example.com/shop/v2', version: '(devel)', sum: '', replace: undefined },
  deps: [
    { path: 'github.com/BigCorp/kit', version: 'v1.2.3', sum: '', replace: undefined },
    {
      path: 'github.com/forked/kit',
      version: 'v0.1.0',
      sum: '',
      replace: { path: 'github.com/other/kit', version: 'v0.9.0', sum: '', replace: undefined },
    },
    {
      path: 'example.com/fork',
      version: 'v0.0.0',
      sum: '',
      replace: { path: '../tools/fork', version: '', sum: '', replace: undefined },
    },
  ],
  settings: new Map(),
}

interface Asked extends Partial<SourceFilesOptions> {
  readonly searchPath?: string
  readonly trimPath?: string
  readonly fn?: string
  readonly info?: GoBuildInfo | undefined
}

/** The content of what is found (its path below the test's folder), or the error. */
function read(file: string, o: Asked = {}): string {
  const { searchPath = '', trimPath = '', fn = '', info, ...options } = o
  const env = { HOME: join(root, 'home') }
  const sources = new SourceFiles({ workingDirectory: join(root, 'work'), env, ...options })
  const found = sources.read(file, searchPath, trimPath, { fn, buildInfo: () => info })
  if ('bytes' in found) return new TextDecoder().decode(found.bytes)
  return found.error.replaceAll(root, 'ROOT')
}

describe('as the reference finds them', () => {
  test('an absolute path is taken as it is', () => {
    expect(read(join(root, 'elsewhere/deep/down/x.c'))).toBe('elsewhere/deep/down/x.c')
    expect(read('/no/where/x.c')).toBe('open /no/where/x.c: no such file or directory')
  })

  test('a relative path is tried under each folder and those above', () => {
    expect(read('deep/down/x.c', { searchPath: `/none:${join(root, 'elsewhere/deep/down')}` })).toBe(
      'elsewhere/deep/down/x.c',
    )
    expect(read('sub/main.go')).toBe('work/sub/main.go')
    expect(read('gone.c')).toBe('could not find file gone.c on path ROOT/work')
  })

  test('what stands in front of a folder of that name is cut off', () => {
    expect(read('/build/7/down/x.c', { searchPath: join(root, 'elsewhere/deep/down') })).toBe(
      'elsewhere/deep/down/x.c',
    )
  })

  test('trim_path', () => {
    expect(read('/ci/job/sub/main.go', { trimPath: '/other:/ci/job' })).toBe('work/sub/main.go')
  })

  test('a folder is an empty file, a pipe is none at all', () => {
    expect(read(join(root, 'work/sub'))).toBe('')
    const pipe = join(root, 'pipe')
    execFileSync('mkfifo', [pipe])
    expect(read(pipe)).toBe('open ROOT/pipe: not a regular file')
  })
})

describe('in places of our own', () => {
  test('the module of the working tree, by its path', () => {
    expect(read('example.com/shop/v2/internal/cart/cart.go')).toBe('work/internal/cart/cart.go')
    expect(read('example.com/shop/v22/internal/cart/cart.go')).toMatch(/^could not find file/)
  })

  test('the module of the working tree, by the package of the function', () => {
    const fn = 'example.com/shop/v2/internal/cart.(*Cart).Add'
    expect(read('/builds/1/shop/internal/cart/cart.go', { fn })).toBe('work/internal/cart/cart.go')
    expect(read('/builds/1/shop/other/cart.go', { fn })).toMatch(/^open /)
    expect(read('/builds/1/shop/sub/main.go', { fn: 'main.main', info: INFO })).toBe('work/sub/main.go')
    expect(read('/builds/1/shop/sub/main.go', { fn: 'main.main' })).toMatch(/^open /)
  })

  test('vendor folders', () => {
    expect(read('github.com/acme/lib/v3@v3.1.4/lib.go')).toBe('work/vendor/github.com/acme/lib/v3/lib.go')
    expect(read('/ci/shop/vendor/github.com/acme/lib/v3/lib.go')).toBe(
      'work/vendor/github.com/acme/lib/v3/lib.go',
    )
  })

  test('the module cache, with its spelling of capital letters', () => {
    const kit = 'home/go/pkg/mod/github.com/!big!corp/kit@v1.2.3/kit.go'
    expect(read('github.com/BigCorp/kit@v1.2.3/kit.go')).toBe(kit)
    expect(read('/root/go/pkg/mod/github.com/!big!corp/kit@v1.2.3/kit.go')).toBe(kit)
    expect(read('github.com/BigCorp/kit/kit.go', { info: INFO })).toBe(kit)
    expect(escapePath('github.com/BigCorp')).toBe('github.com/!big!corp')
    expect(read('github.com/BigCorp/kit@v1.2.3/kit.go', { env: { GOPATH: '/x' } })).toMatch(/^could not/)
    expect(
      read('github.com/BigCorp/kit@v1.2.3/kit.go', { env: { GOMODCACHE: join(root, 'home/go/pkg/mod') } }),
    ).toBe(kit)
  })

  test('replaced modules', () => {
    const other = 'home/go/pkg/mod/github.com/other/kit@v0.9.0/kit.go'
    expect(read('github.com/forked/kit@v0.1.0/kit.go', { info: INFO })).toBe(other)
    expect(read('example.com/fork/fork.go', { info: INFO })).toBe('tools/fork/fork.go')
  })

  test('the standard library, of the version that the program was built with', () => {
    expect(read('runtime/proc.go', { info: INFO })).toBe('home/sdk/go1.99.1/src/runtime/proc.go')
    expect(read('/ci/go1.99.1/src/runtime/proc.go')).toBe('home/sdk/go1.99.1/src/runtime/proc.go')
    expect(read('runtime/proc.go')).toMatch(/^could not/)
  })

  test('GOROOT, unless it is another version', () => {
    const env = { GOROOT: join(root, 'goroot') }
    expect(read('net/http/server.go', { env })).toBe('goroot/src/net/http/server.go')
    expect(read('/nowhere/go/src/net/http/server.go', { env })).toBe('goroot/src/net/http/server.go')
    expect(read('net/http/server.go', { env, info: INFO })).toMatch(/^could not/)
    expect(read('net/http/server.go', { env, info: { ...INFO, goVersion: 'go1.50' } })).toMatch(/^goroot/)
  })

  test('the Go installation on the PATH, only if asked for and of that version', () => {
    const env = { PATH: `/usr/none/bin:${join(root, 'goroot/bin')}` }
    const info = { ...INFO, goVersion: 'go1.50' }
    expect(read('net/http/server.go', { env, info })).toMatch(/^could not/)
    expect(read('net/http/server.go', { env, info, goOnPath: true })).toMatch(/^goroot/)
    expect(read('net/http/server.go', { env, info: INFO, goOnPath: true })).toMatch(/^could not/)
    const sources = new SourceFiles({ workingDirectory: join(root, 'work'), env })
    const found = sources.read('net/http/server.go', '', '', { fn: '', buildInfo: () => info })
    expect(found).toMatchObject({
      advice: `with GOROOT=${join(root, 'goroot')} the source of go1.50 is found`,
    })
  })

  test('the hook comes last', () => {
    const hook = (file: string): Uint8Array | undefined =>
      file === 'far/away.go' ? new TextEncoder().encode('fetched') : undefined
    expect(read('far/away.go', { hook })).toBe('fetched')
    expect(read('sub/main.go', { hook })).toBe('work/sub/main.go')
    expect(read('far/gone.go', { hook })).toMatch(/^could not/)
  })

  test('says where it looked', () => {
    const sources = new SourceFiles({
      workingDirectory: join(root, 'work'),
      env: { HOME: join(root, 'home') },
    })
    const found = sources.read('runtime/gone.go', '', '', { fn: '', buildInfo: () => INFO })
    expect('tried' in found && found.tried.map((t) => t.slice(root.length))).toEqual([
      expect.stringMatching(
        /^\/home\/go\/pkg\/mod\/golang\.org\/toolchain@v0\.0\.1-go1\.99\.1\.\w+-\w+\/src\/runtime\/gone\.go$/,
      ),
      '/home/sdk/go1.99.1/src/runtime/gone.go',
    ])
  })
})
