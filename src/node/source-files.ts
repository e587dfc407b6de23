// Source files by the names that profiles have for them.
//
// First the reference's rules (google/pprof internal/report openSourceFile): the path after trimming, as
// it is if absolute, else under the folders of source_path (the working directory if not given) and
// all folders above them. Only if that finds nothing, places of our own, where a file of that name
// must be the right one:
//
//   1. the module in the working tree (go.mod upwards from there), by module path or package;
//   2. its vendor folder;
//   3. the module cache, by the version in the path or in the program's build info;
//   4. a Go installation of the version that the program was built with.
//
// For the drop-in a Go installation that is merely on the PATH is not searched: its -list must not change
// with what is installed beside the profile, which the reference does not look at. It is named as advice.

import { readFileSync, statSync } from 'node:fs'
import { baseName, cleanPath, dirName, joinPath } from '../core/base/go-path.ts'
import type { GoBuildInfo, GoModule } from '../core/binary/build-info.ts'
import type { SourceHints, SourceReader, SourceText } from '../core/reports/report-files.ts'
import { trimSourcePath } from '../core/reports/source-path.ts'
import { systemError } from './system-error.ts'

/** Fetches a file from elsewhere, such as the program's repository; undefined if it is not there. */
export type SourceHook = (file: string, info: GoBuildInfo | undefined) => Uint8Array | undefined

export interface SourceFilesOptions {
  readonly workingDirectory: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Search the Go installation on the PATH as well, if the program was built with that very version. */
  readonly goOnPath?: boolean
  /** Asked last. Only the user's wish sets it. */
  readonly hook?: SourceHook
}

/** Larger files are not source. */
const MAX_SOURCE = 1 << 27

interface WorkModule {
  readonly path: string
  readonly dir: string
}

export class SourceFiles implements SourceReader {
  private readonly o: SourceFilesOptions
  private readonly modulesOf = new Map<string, readonly WorkModule[]>()
  private readonly versions = new Map<string, string>()

  constructor(o: SourceFilesOptions) {
    this.o = o
  }

  read(file: string, searchPath: string, trimPath: string, hints: SourceHints): SourceText {
    const folders = searchPath === '' ? this.o.workingDirectory : searchPath
    const path = trimSourcePath(file, trimPath, folders)
    const first = path.startsWith('/') ? openFile(path) : this.search(path, folders)
    if (typeof first !== 'string') return { bytes: first }
    const info = hints.buildInfo()
    const tried: string[] = []
    for (const place of this.places(file, path, folders, hints.fn, info)) {
      if (tried.includes(place)) continue
      const found = openFile(place)
      if (typeof found !== 'string') return { bytes: found }
      tried.push(place)
    }
    const fetched = this.o.hook?.(file, info)
    if (fetched !== undefined) return { bytes: fetched }
    const advice = this.advice(path, info)
    return { error: first, tried, ...(advice !== undefined && { advice }) }
  }

  /** A relative path under each folder and the folders above it. */
  private search(path: string, folders: string): Uint8Array | string {
    for (const folder of folders.split(':')) {
      let dir = folder
      for (;;) {
        const found = openFile(joinPath(dir, path))
        if (typeof found !== 'string') return found
        const parent = dirName(dir)
        if (parent === dir) break
        dir = parent
      }
    }
    return `could not find file ${path} on path ${folders}`
  }

  /** Our own places for a file, best first. */
  private *places(
    file: string,
    path: string,
    folders: string,
    fn: string,
    info: GoBuildInfo | undefined,
  ): Generator<string> {
    const modules = [this.o.workingDirectory, ...folders.split(':')].flatMap((dir) => this.workModules(dir))
    for (const name of new Set([path, cleanPath(file)])) {
      const versioned = moduleVersion(name)
      for (const m of modules) {
        const inside = insideModule(name, fn, m.path, info)
        if (inside !== undefined) yield joinPath(m.dir, inside)
        yield* replaced(name, m.dir, info)
        const vendored = vendorPath(name, versioned)
        if (vendored !== undefined) yield joinPath(m.dir, 'vendor', vendored)
      }
      const cached = cachePath(name, versioned, info)
      if (cached !== undefined) for (const cache of this.moduleCaches()) yield joinPath(cache, cached)
      const standard = standardPath(name)
      if (standard !== undefined)
        for (const root of this.goRoots(versionOf(name, info))) yield joinPath(root, 'src', standard)
    }
  }

  /** Modules of the working tree that a folder lies in: the one of its go.mod, those of its go.work. */
  private workModules(folder: string): readonly WorkModule[] {
    const start = joinPath(folder.startsWith('/') ? folder : joinPath(this.o.workingDirectory, folder))
    let known = this.modulesOf.get(start)
    if (known === undefined) {
      const found: WorkModule[] = []
      for (let dir = start; ; dir = dirName(dir)) {
        const module = moduleAt(dir)
        if (module !== undefined && !found.some((m) => m.dir === dir)) found.push(module)
        const work = readText(joinPath(dir, 'go.work'))
        for (const use of work === undefined ? [] : usedFolders(work)) {
          const used = moduleAt(use.startsWith('/') ? use : joinPath(dir, use))
          if (used !== undefined && !found.some((m) => m.dir === used.dir)) found.push(used)
        }
        if (dirName(dir) === dir) break
      }
      known = found
      this.modulesOf.set(start, known)
    }
    return known
  }

  private goPaths(): string[] {
    const { GOPATH, HOME } = this.o.env
    if (GOPATH !== undefined && GOPATH !== '') return GOPATH.split(':').filter((p) => p !== '')
    return HOME === undefined || HOME === '' ? [] : [joinPath(HOME, 'go')]
  }

  private moduleCaches(): string[] {
    const { GOMODCACHE } = this.o.env
    if (GOMODCACHE !== undefined && GOMODCACHE !== '') return [GOMODCACHE]
    return this.goPaths().map((p) => joinPath(p, 'pkg', 'mod'))
  }

  /** Go installations of a version (any that the user names, if it is unknown). */
  private goRoots(version: string): string[] {
    const out: string[] = []
    const { GOROOT, HOME } = this.o.env
    if (GOROOT !== undefined && GOROOT !== '' && (version === '' || this.versionAt(GOROOT) === version))
      out.push(GOROOT)
    if (version !== '') {
      const { platform, arch } = process
      const system = platform === 'win32' ? 'windows' : platform
      const machine = arch === 'x64' ? 'amd64' : arch === 'ia32' ? '386' : arch
      for (const cache of this.moduleCaches())
        out.push(joinPath(cache, 'golang.org', `toolchain@v0.0.1-${version}.${system}-${machine}`))
      if (HOME !== undefined && HOME !== '') out.push(joinPath(HOME, 'sdk', version))
      if (this.o.goOnPath) out.push(...this.rootsOnPath().filter((root) => this.versionAt(root) === version))
    }
    return out
  }

  /** Folders above those of the PATH that look like Go installations. */
  private rootsOnPath(): string[] {
    return (this.o.env.PATH ?? '')
      .split(':')
      .filter((dir) => dir.startsWith('/') && dir.endsWith('/bin'))
      .map(dirName)
      .filter((root) => this.versionAt(root) !== '')
  }

  /** The version of the Go installation in a folder, '' if there is none. */
  private versionAt(root: string): string {
    let version = this.versions.get(root)
    if (version === undefined) {
      version = readText(joinPath(root, 'VERSION'))?.split(/\s/, 1)[0] ?? ''
      this.versions.set(root, version)
    }
    return version
  }

  /** Which variable would help to find a file of the standard library. */
  private advice(path: string, info: GoBuildInfo | undefined): string | undefined {
    const standard = standardPath(path)
    if (standard === undefined) return undefined
    const version = versionOf(path, info)
    const root = this.rootsOnPath().find(
      (dir) => isFile(joinPath(dir, 'src', standard)) && (version === '' || this.versionAt(dir) === version),
    )
    if (root === undefined) return undefined
    const sure = version === '' ? ', if the program was built with it' : ''
    return `with GOROOT=${root} the source of ${this.versionAt(root)} is found${sure}`
  }
}

/** The file's bytes, or what the system says in Go's words. A folder is an empty file, as in the reference. */
function openFile(path: string): Uint8Array | string {
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) return new Uint8Array(0)
    // A pipe would wait for someone to write to it.
    if (!stat.isFile()) return `open ${path}: not a regular file`
    if (stat.size > MAX_SOURCE) return `open ${path}: file too large for source text`
    return readFileSync(path)
  } catch (e) {
    return systemError('open', path, e)
  }
}

function readText(path: string): string | undefined {
  if (!isFile(path)) return undefined
  const text = openFile(path)
  return typeof text === 'string' ? undefined : new TextDecoder().decode(text)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function moduleAt(dir: string): WorkModule | undefined {
  const text = readText(joinPath(dir, 'go.mod'))
  const path = text === undefined ? undefined : /^module[ \t]+"?([^\s"]+)"?/m.exec(text)?.[1]
  return path === undefined ? undefined : { path, dir }
}

/** The folders that a go.work uses. */
function usedFolders(text: string): string[] {
  const plain = text.replace(/\/\/.*$/gm, '')
  const blocks = [...plain.matchAll(/^use[ \t]*\(([^)]*)\)/gm)].map((m) => m[1]!.split('\n'))
  const lines = [...plain.matchAll(/^use[ \t]+([^(\n]+)$/gm)].map((m) => m[1]!)
  return [...blocks.flat(), ...lines].map((s) => s.trim().replace(/^"(.*)"$/, '$1')).filter((s) => s !== '')
}

const isUnder = (path: string, prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`)

/**
 * Where in a module of the working tree a file lies: its path begins with the module's (so -trimpath writes it),
 * or it is the file of that name in the function's package, built in another folder.
 */
function insideModule(
  name: string,
  fn: string,
  module: string,
  info: GoBuildInfo | undefined,
): string | undefined {
  if (isUnder(name, module)) return name.slice(module.length + 1)
  const dir = packageOf(fn, info)
  if (dir === undefined || !isUnder(dir, module)) return undefined
  const inside = dir.slice(module.length + 1)
  // The folder has to agree, or another module's package of that name is meant.
  const folder = dirName(name)
  return inside === '' || folder === inside || folder.endsWith(`/${inside}`)
    ? joinPath(inside, baseName(name))
    : undefined
}

/** Import path of the package that a function belongs to; main is known from the build info only. */
function packageOf(fn: string, info: GoBuildInfo | undefined): string | undefined {
  const slash = fn.lastIndexOf('/', fn.includes('[') ? fn.indexOf('[') : undefined)
  const dot = fn.indexOf('.', slash + 1)
  if (dot < 0) return undefined
  // The linker writes dots in the last element of a path as %2e.
  const path = fn.slice(0, dot).replaceAll('%2e', '.')
  return path === 'main' ? info?.path || undefined : path
}

interface Versioned {
  readonly module: string
  readonly version: string
  readonly rest: string
}

/** Takes `module@version/file` apart. */
function moduleVersion(name: string): Versioned | undefined {
  const m = /^(.+?)@(v[^/]+)\/(.+)$/.exec(name)
  return m === null ? undefined : { module: m[1]!, version: m[2]!, rest: m[3]! }
}

/** A module of the build info that a path begins with: the longest. */
function dependency(name: string, info: GoBuildInfo | undefined): GoModule | undefined {
  let best: GoModule | undefined
  for (const d of info?.deps ?? [])
    if (isUnder(name, d.path) && d.path.length > (best?.path.length ?? 0)) best = d
  return best
}

/** Files of modules that the main module replaces by folders beside it. */
function* replaced(name: string, dir: string, info: GoBuildInfo | undefined): Generator<string> {
  const d = dependency(name.replace(/@v[^/]+/, ''), info)
  const other = d?.replace
  if (d === undefined || other === undefined || other.version !== '') return
  const rest = name.replace(/@v[^/]+/, '').slice(d.path.length + 1)
  yield joinPath(other.path.startsWith('/') ? other.path : joinPath(dir, other.path), rest)
}

function vendorPath(name: string, versioned: Versioned | undefined): string | undefined {
  const cache = afterLast(name, '/pkg/mod/')
  const v = cache === undefined ? versioned : moduleVersion(unescapePath(cache))
  if (v !== undefined) return `${v.module}/${v.rest}`
  const vendor = afterLast(name, '/vendor/')
  if (vendor !== undefined) return vendor
  return !name.startsWith('/') && /^[^/]+\.[^/]+\//.test(name) ? name : undefined
}

/** Path below the module cache. */
function cachePath(
  name: string,
  versioned: Versioned | undefined,
  info: GoBuildInfo | undefined,
): string | undefined {
  const cache = afterLast(name, '/pkg/mod/')
  if (cache !== undefined) return cache
  const below = ({ module, version, rest }: Versioned): string =>
    `${escapePath(module)}@${escapePath(version)}/${rest}`
  if (versioned !== undefined && !name.startsWith('/')) {
    const other = info?.deps.find((d) => d.path === versioned.module)?.replace
    return other === undefined || other.version === ''
      ? below(versioned)
      : below({ module: other.path, version: other.version, rest: versioned.rest })
  }
  const plain = afterLast(name, '/vendor/') ?? name
  const d = dependency(plain, info)
  const m = d?.replace ?? d
  if (d === undefined || m === undefined || m.version === '') return undefined
  return below({ module: m.path, version: m.version, rest: plain.slice(d.path.length + 1) })
}

/** Capital letters as the module cache has them, for file systems that do not tell them apart. */
export function escapePath(path: string): string {
  return path.replace(/[A-Z]/g, (c) => `!${c.toLowerCase()}`)
}

function unescapePath(path: string): string {
  return path.replace(/!([a-z])/g, (_, c: string) => c.toUpperCase())
}

function afterLast(path: string, part: string): string | undefined {
  const at = path.lastIndexOf(part)
  return at < 0 ? undefined : path.slice(at + part.length)
}

/**
 * Path below GOROOT/src of a file of the standard library: all of it if the program was built with -trimpath, else
 * what follows the installation's folder. Packages of the library have no dot in the first element of their path.
 */
function standardPath(name: string): string | undefined {
  let path = name.startsWith('$GOROOT/src/') ? name.slice('$GOROOT/src/'.length) : name
  if (path.startsWith('/')) {
    const m = /^.*?\/(?:go|go[0-9.]+|google-golang|golang|x64|libexec|toolchain@[^/]+)\/src\/(.+)$/.exec(path)
    if (m === null) return undefined
    path = m[1]!
  }
  return /^[^/.@]+\//.test(path) && /\.(go|s|h|c)$/.test(path) ? path : undefined
}

/** Go version ("go1.26.8") of a program, or of the installation that a path of the standard library names; '' if unknown. */
function versionOf(name: string, info: GoBuildInfo | undefined): string {
  if (info !== undefined) return info.goVersion.split(' ', 1)[0]!
  const m = /\/(?:go\/|go|toolchain@v[0-9.]+-go)(\d+\.\d+(?:\.\d+|rc\d+|beta\d+)?)[./-]/.exec(name)
  return m === null ? '' : `go${m[1]}`
}
