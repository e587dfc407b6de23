// From the sources of `goscope goroutines` to goroutines: text of any kind, profiles, and live programs.

import { existsSync } from 'node:fs'
import { DecodeError, type Problem, UserError } from '../../../core/base/errors.ts'
import { GrowBytes } from '../../../core/base/grow.ts'
import { describeHead } from '../../../core/engine/describe-head.ts'
import { GoroutineDecoder, type GoroutineLines } from '../../../core/formats/goroutines/decode.ts'
import { addGoroutineProfile, isGoroutineProfile } from '../../../core/formats/goroutines/profile.ts'
import { detectFormat, SNIFF_BYTES } from '../../../core/formats/index.ts'
import { GoroutineBuilder } from '../../../core/model/goroutine-builder.ts'
import type { Goroutines } from '../../../core/model/goroutines.ts'
import { type ReadBytesOptions, readChunks } from '../../read-bytes.ts'
import { decodeProfileBytes } from '../../read-profile.ts'
import { sourceProblem } from '../people/source-errors.ts'

/** One source: what became of its lines (absent for profiles), and what is wrong with it. */
export interface LoadedSource {
  readonly source: string
  readonly lines?: GoroutineLines
  readonly problems: readonly Problem[]
}

export interface LoadedGoroutines {
  readonly goroutines: Goroutines
  readonly sources: readonly LoadedSource[]
}

/** Reads all sources into one set of tables. Throws UserError. */
export async function loadGoroutines(
  sources: readonly string[],
  options: ReadBytesOptions = {},
): Promise<LoadedGoroutines> {
  if (sources.filter((s) => s === '-').length > 1)
    throw new UserError('standard input (-) can be read only once')
  const builder = new GoroutineBuilder()
  const loaded: LoadedSource[] = []
  for (const [index, source] of sources.entries()) {
    try {
      loaded.push(await loadSource(builder, index, source, options))
    } catch (e) {
      // Errors of reading name the source already.
      if (e instanceof UserError) throw e
      if (e instanceof DecodeError && e.message.startsWith(`${source}: `)) throw new UserError(e.message)
      throw sourceProblem(source, e)
    }
  }
  return { goroutines: builder.done(), sources: loaded }
}

const PATH = '/debug/pprof/goroutine?debug=2'

/** The source with the place of the goroutines, where it is a program's address without a path. */
export function goroutineAddress(source: string): string {
  if (existsSync(source)) return source
  const web = /^((?:https?(?:\+insecure)?:)?\/\/[^/?#]+)\/?$/i.exec(source)
  if (web !== null) return `${web[1]}${PATH}`
  if (/^unix:[^:]+$/.test(source)) return `${source}:${PATH}`
  return /^(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5}\/?$/i.test(source)
    ? `http://${source.replace(/\/$/, '')}${PATH}`
    : source
}

async function loadSource(
  builder: GoroutineBuilder,
  index: number,
  source: string,
  options: ReadBytesOptions,
): Promise<LoadedSource> {
  const head = new GrowBytes(SNIFF_BYTES * 2)
  let decoder: GoroutineDecoder | undefined
  let isProfile = false
  const rows = builder.count
  const races = builder.races.length
  const dumps = builder.dumpCount
  const begin = (): void => {
    const format = detectFormat(head.a.subarray(0, Math.min(head.length, SNIFF_BYTES)), source)
    isProfile = format !== undefined && format.id !== 'goroutines' && format.id !== 'pprof-legacy'
    if (isProfile) return
    decoder = new GoroutineDecoder(builder, index)
    decoder.feed(head.a.subarray(0, head.length))
  }
  for await (const chunk of readChunks(goroutineAddress(source), options)) {
    if (decoder !== undefined) decoder.feed(chunk)
    else {
      head.append(chunk)
      if (!isProfile && head.length >= SNIFF_BYTES) begin()
    }
  }
  const bytes = head.a.subarray(0, head.length)
  if (head.length === 0) throw new UserError(`${source}: empty; was it written to its end?`)
  if (decoder === undefined && !isProfile) begin()
  if (isProfile) {
    const { profile, problems, format } = await decodeProfileBytes(bytes, source)
    if (!isGoroutineProfile(profile)) {
      const types = profile.sampleTypes.map((t) => t.type).join(', ')
      throw new UserError(
        `${source}: no goroutines: a profile of ${types || 'nothing'} (${format}); goscope top reads it`,
      )
    }
    addGoroutineProfile(builder, index, profile)
    return { source, problems }
  }
  const lines = decoder!.end()
  const found = builder.count > rows || builder.races.length > races || builder.dumpCount > dumps
  if (!found) {
    const kind = describeHead(bytes.subarray(0, SNIFF_BYTES))
    const other = kind !== undefined && !/^plain text|goroutine/.test(kind)
    throw new UserError(
      `${source}: no goroutines in it${other ? `: it is ${kind}` : '; a dump comes from /debug/pprof/goroutine?debug=2, kill -QUIT or a crash'}`,
    )
  }
  return { source, lines, problems: lines.problems }
}
