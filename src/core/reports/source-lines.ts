// Lines of source files, read once per file.

import { UserError } from '../base/errors.ts'
import { decodeUtf8 } from '../base/utf8.ts'
import type { GoBuildInfo } from '../binary/build-info.ts'
import type { Profile } from '../model/profile.ts'
import { LineIndex } from './line-index.ts'
import type { Report, Sink } from './report.ts'
import type { ReportFiles } from './report-files.ts'

interface SourceFile {
  readonly lines: LineIndex
  readonly error: string
}

/** The source files of a report. */
export class SourceLines {
  private readonly files: ReportFiles
  private readonly searchPath: string
  private readonly trimPath: string
  private readonly buildInfo: () => GoBuildInfo | undefined
  private readonly known = new Map<string, SourceFile>()
  private readonly missing: { readonly file: string; readonly tried: readonly string[]; advice?: string }[] =
    []

  /** Throws UserError if the report was prepared without files. */
  constructor(r: Report) {
    this.files = filesOf(r)
    this.searchPath = r.options.sourcePath
    this.trimPath = r.options.trimPath
    let info: GoBuildInfo | undefined | null = null
    this.buildInfo = () => {
      if (info === null) info = mainBuildInfo(r.profile, this.files)
      return info
    }
  }

  /** Line `n` of a file, counted from 1; undefined if it has no such line or cannot be read. `fn`: a function in it. */
  line(file: string, n: number, fn: string): string | undefined {
    const bytes = this.file(file, fn).lines.line(n)
    return bytes && decodeUtf8(bytes)
  }

  /** Why a file cannot be read, '' if it can. */
  error(file: string, fn: string): string {
    return this.file(file, fn).error
  }

  /** Says where files were looked for that were not found. */
  remarkMissing(out: Sink): void {
    const { missing } = this
    if (missing.length === 0 || out.remark === undefined) return
    const shown = 3
    for (const { file, tried } of missing.slice(0, shown))
      out.remark(
        tried.length === 0
          ? `no source for ${file}; -source_path names more folders to search`
          : `no source for ${file}, also looked at ${tried.join(', ')}`,
      )
    if (missing.length > shown) out.remark(`no source for ${missing.length - shown} more files`)
    for (const advice of new Set(missing.map((m) => m.advice))) if (advice !== undefined) out.remark(advice)
  }

  private file(name: string, fn: string): SourceFile {
    let f = this.known.get(name)
    if (f === undefined) {
      const hints = { buildInfo: this.buildInfo, fn }
      const found = this.files.sources.read(name, this.searchPath, this.trimPath, hints)
      if ('bytes' in found) f = { lines: new LineIndex(found.bytes), error: '' }
      else {
        f = { lines: new LineIndex(new Uint8Array(0)), error: found.error }
        this.missing.push({
          file: name,
          tried: found.tried,
          ...(found.advice !== undefined && { advice: found.advice }),
        })
      }
      this.known.set(name, f)
    }
    return f
  }
}

/** The files that the report was prepared with. Throws UserError if there are none. */
export function filesOf(r: Report): ReportFiles {
  if (r.files === undefined) throw new UserError('this report reads files, and here there are none')
  return r.files
}

function mainBuildInfo(p: Profile, files: ReportFiles): GoBuildInfo | undefined {
  if (p.mappings.count === 0) return undefined
  const file = p.strings.get(p.mappings.file[1])
  if (file === '') return undefined
  try {
    return files.binaries.open(file).buildInfo
  } catch (e) {
    if (!(e instanceof UserError)) throw e
    return undefined
  }
}
