import { UserError } from '../core/base/errors.ts'
import { DISASM_ARCHS, type Disassembler, loadDisassembler } from '../core/binary/disasm/index.ts'
import type { Profile } from '../core/model/profile.ts'
import type { ReportKind } from '../core/reports/index.ts'
import type { ReportFiles } from '../core/reports/report-files.ts'
import type { BinaryFiles } from './binary-file.ts'
import { SourceFiles, type SourceFilesOptions } from './source-files.ts'

/**
 * What a report of this kind reads of this machine, ready to be read; undefined if it reads nothing. `more` says where
 * else source may be looked for.
 */
export async function openReportFiles(
  kind: ReportKind,
  p: Profile,
  binaries: BinaryFiles,
  more: Pick<SourceFilesOptions, 'goOnPath' | 'hook'> = {},
): Promise<ReportFiles | undefined> {
  if (kind.reads === undefined) return undefined
  const disassemblers = new Map<string, Disassembler>()
  if (kind.reads === 'executables') {
    const files = new Set(Array.from(p.mappings.file.subarray(1), (file) => p.strings.get(file)))
    const archs = new Set([...files].map((file) => archOf(file, binaries)))
    const [loaded] = await Promise.all([
      Promise.all(DISASM_ARCHS.filter((arch) => archs.has(arch)).map(loadDisassembler)),
      binaries.makeReady(files),
    ])
    for (const d of loaded) disassemblers.set(d.arch, d)
  }
  return {
    binaries,
    sources: new SourceFiles({
      workingDirectory: process.cwd(),
      env: process.env,
      ...more,
    }),
    disassembler: (arch) => disassemblers.get(arch),
  }
}

/** GOARCH of an executable, '' if it cannot be opened: the report will say so. */
function archOf(path: string, binaries: BinaryFiles): string {
  try {
    return binaries.open(path).arch
  } catch (e) {
    if (!(e instanceof UserError)) throw e
    return ''
  }
}
