// `goscope export SRC... -o report.html`: one self-contained page.

import { Pseudonyms } from '../../../core/analysis/anonymize/names.ts'
import { anonymizeProfile } from '../../../core/analysis/anonymize/profile.ts'
import { anonymizeText } from '../../../core/analysis/anonymize/text.ts'
import { keepHeaviest } from '../../../core/analysis/keep-heaviest.ts'
import { selectSampleType } from '../../../core/analysis/sample-type.ts'
import { DecodeError, UserError } from '../../../core/base/errors.ts'
import { groupDigits, shareText } from '../../../core/base/people-fmt.ts'
import { decodeUtf8, encodeUtf8 } from '../../../core/base/utf8.ts'
import { type FileKind, fileKind, HEAD_BYTES } from '../../../core/engine/capture/file-kind.ts'
import { encodeProfile } from '../../../core/formats/pprof/encode.ts'
import type { Profile } from '../../../core/model/profile.ts'
import { archiveKind, unpackArchive } from '../../capture/archive.ts'
import { filesOf } from '../../capture/files-of.ts'
import { type EmbeddedSource, singlePage } from '../../export/single-page.ts'
import { writeSite } from '../../export/site.ts'
import { readAll } from '../../read-bytes.ts'
import { decodeProfileBytes } from '../../read-profile.ts'
import { PageAssets } from '../../server/page-assets.ts'
import { type CommandSpec, needSources, parseCommand } from '../people/command.ts'
import { flag, number, text } from '../people/flag-kinds.ts'
import { packageVersion } from '../people/package-version.ts'
import { remark, reportWritten, writeOutput } from '../people/write-file.ts'

interface ExportFlags {
  output?: string
  anonymize?: boolean
  site?: boolean
  view?: string
  samples?: number
  source?: boolean
}

export const spec: CommandSpec<ExportFlags> = {
  name: 'export',
  summary: 'one self-contained page with everything, to attach to a ticket',
  args: 'SRC... -o FILE.html | --site -o FOLDER',
  flags: {
    output: text('the page to write; - for standard output', 'FILE'),
    site: flag('write a folder for a web server instead of one page; large sources load quicker'),
    anonymize: flag('replace names of your code, modules, files, binaries and labels, consistently'),
    view: text('what it shows first: a view with its parameters, as behind the # of the page', 'ADDRESS'),
    source: flag('put the source and instructions of the heaviest functions in, where they can be read here'),
    samples: number(
      'most samples of a profile that are kept, the heaviest; 0 keeps all (100 000 if not set)',
    ),
  },
  aliases: { o: 'output' },
  groups: [
    ['Writing', ['output', 'site', 'view']],
    ['What goes in', ['anonymize', 'source', 'samples']],
  ],
  examples: [
    ['goscope export cpu.pb.gz -o cpu.html', 'a profile that opens in any browser, without a network'],
    ['goscope export capture/ -o incident.html', 'a whole capture, with what is wrong'],
    ['goscope export --site capture/ -o public/', 'a folder for any web server'],
    ['goscope export --anonymize cpu.pb.gz -o shared.html', 'for strangers'],
  ],
  notes: [
    'The page holds the data itself and loads nothing. Without --anonymize everything in the sources is in it: names, paths, labels.',
  ],
}

/** Samples of a profile that are kept unless asked otherwise: a few megabytes of page. */
const MOST_SAMPLES = 100_000

interface Part extends EmbeddedSource {
  readonly kind: FileKind
}

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  needSources(spec, args)
  if (flags.source && flags.anonymize)
    throw new UserError('--source would put back the names that --anonymize takes out')
  if (flags.output === undefined) throw new UserError('say where to: -o report.html')
  const notes: string[] = []
  const say = (note: string): void => {
    notes.push(note)
    remark('export', note)
  }
  const names = flags.anonymize ? new Pseudonyms() : undefined
  const sources: EmbeddedSource[] = []
  const profiles: Profile[] = []
  for (const part of await partsOf(args)) {
    const packed = await prepared(part, names, flags.samples ?? MOST_SAMPLES, say, (p) => profiles.push(p))
    if (packed !== undefined) sources.push(packed)
  }
  if (sources.length === 0) throw new UserError('nothing is left to export')
  const options = {
    version: packageVersion(),
    title:
      names === undefined
        ? sources
            .map((s) => s.name)
            .join(', ')
            .slice(0, 100)
        : 'anonymized',
    sources,
    notes,
    ...(flags.view !== undefined && { start: flags.view }),
  }
  const book = flags.source ? await sourceBook(profiles, say) : undefined
  const assets = new PageAssets()
  const bytes = flags.site
    ? writeSite(assets, flags.output, { ...options, ...(book && { book }) })
    : writeOutput(flags.output, (write) => {
        for (const piece of singlePage(assets, { ...options, ...(book && { book }) })) write(piece)
      })
  reportWritten(flags.output, bytes, `${sources.length} source${sources.length === 1 ? '' : 's'}`)
  return 0
}

async function sourceBook(profiles: readonly Profile[], say: (note: string) => void): Promise<object> {
  const { listingBook } = await import('../../export/listing-book.ts')
  const book = await listingBook(profiles)
  const count = Object.keys(book).length
  say(
    count === 0
      ? 'no source could be read here'
      : `the source of ${count} function${count === 1 ? '' : 's'} is in the page`,
  )
  return book
}

async function partsOf(args: readonly string[]): Promise<Part[]> {
  const parts: Part[] = []
  for (const source of args)
    for (const { path, name } of /^(-$|https?:|unix:)/.test(source)
      ? [{ path: source, name: source === '-' ? 'stdin' : source }]
      : filesOf([source], args.length > 1)) {
      const bytes = await readAll(path)
      const archive = archiveKind(bytes)
      const files = archive === undefined ? [{ name, bytes }] : await unpackArchive(name, bytes, archive)
      for (const f of files) parts.push({ ...f, kind: fileKind(f.name, f.bytes.subarray(0, HEAD_BYTES)) })
    }
  const folder = commonFolder(parts.map((p) => p.name))
  return parts.map((p) => ({ ...p, name: p.name.slice(folder.length) }))
}

/** What all paths begin with, up to a slash: where they lay on this machine is nobody's business. */
function commonFolder(paths: readonly string[]): string {
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)
  let common = folderOf(paths[0] ?? '')
  for (const path of paths) while (!path.startsWith(common)) common = folderOf(common.slice(0, -1))
  return common
}

/** What goes into the page for a source; undefined if nothing may. */
async function prepared(
  part: Part,
  names: Pseudonyms | undefined,
  most: number,
  say: (note: string) => void,
  onProfile: (p: Profile) => void,
): Promise<EmbeddedSource | undefined> {
  const { kind, bytes } = part
  // Their own names may say whose they are.
  const name = names === undefined ? part.name : part.name.replace(/^.*[\\/]/, '')
  if (kind === 'profile') {
    let profile: Profile
    try {
      profile = (await decodeProfileBytes(bytes, part.name)).profile
    } catch (e) {
      if (!(e instanceof DecodeError)) throw e
      if (names === undefined) return { name, bytes }
      say(`${name} was left out: it cannot be read, so its names cannot be replaced`)
      return undefined
    }
    onProfile(profile)
    const trimmed = trim(profile, name, most, say)
    if (names === undefined && trimmed === profile) return { name, bytes }
    return { name, bytes: encoded(names === undefined ? trimmed : anonymizeProfile(trimmed, names)) }
  }
  if (names === undefined) return { name, bytes }
  if (kind === 'log' || kind === 'text') {
    const { text: clean, left } = anonymizeText(decodeUtf8(bytes), names)
    if (left > 0)
      say(
        `${name}: ${groupDigits(left)} lines that are not the runtime's were left out, because they may hold names`,
      )
    return { name, bytes: encodeUtf8(clean) }
  }
  // Numbers only; the other statistics (maps, status, variables) hold paths and names.
  if (kind === 'memory' && /^memstats/.test(name)) return { name, bytes }
  if (kind === 'empty') return undefined
  say(`${name} was left out: names in files of this kind (${kind}) cannot be replaced`)
  return undefined
}

function trim(p: Profile, name: string, most: number, say: (note: string) => void): Profile {
  if (most === 0 || p.samples.count <= most) return p
  const { profile, left } = keepHeaviest(p, selectSampleType(p, ''), most)
  say(
    `${name}: the ${groupDigits(most)} heaviest of ${groupDigits(p.samples.count)} samples are in the page; ` +
      `${shareText(left.weight, left.whole)} of the weight is in those left out (--samples 0 keeps all)`,
  )
  return profile
}

function encoded(p: Profile): Uint8Array {
  return Buffer.concat([...encodeProfile(p)])
}
