// The cases of test/golden: what a line of cases.txt means, how an output is made comparable
// and how the expected outputs lie on disk. Used by the test and by tools/record-golden.mjs.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { dumpProfile } from './proto-dump.ts'
import { type RunResult, root, runCommand } from './run-command.ts'

export interface GoldenCase {
  /** The line as written: the case's name in lists and on disk. */
  readonly line: string
  readonly args: readonly string[]
  readonly stdin: string
}

export interface GoldenOutput {
  readonly exit: number | string
  readonly stdout: string
}

const folder = join(root, 'test', 'golden')
const inputs = join(root, 'examples', 'orders')
const caseFile = join(folder, 'cases.txt')
export const expectedFolder = join(folder, 'expected')

/** Outputs beyond this go into one compressed file: nobody reviews them line by line. */
const largestReadable = 16_384

/**
 * Reads cases.txt: one command per line, words as in a shell (quotes, no expansion), `#` for comments.
 * `<<< 'a\nb'` at the end is the standard input.
 */
export function readCases(): GoldenCase[] {
  const cases: GoldenCase[] = []
  const seen = new Set<string>()
  for (const raw of readFileSync(caseFile, 'utf8').split('\n')) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    if (seen.has(line)) throw new Error(`${caseFile}: twice: ${line}`)
    seen.add(line)
    const args = splitWords(line)
    const here = args.indexOf('<<<')
    const stdin = here < 0 ? '' : `${args.splice(here).slice(1).join(' ').replaceAll('\\n', '\n')}\n`
    cases.push({ line, args, stdin })
  }
  return cases
}

/** Runs a case with `command` in front of its arguments and gives what is compared. */
export async function runCase(
  command: readonly string[],
  golden: GoldenCase,
): Promise<GoldenOutput & { readonly stderr: string }> {
  const result = await runCommand([...command, ...golden.args], { cwd: inputs, stdin: golden.stdin })
  return { exit: result.exit, stdout: comparable(golden, result), stderr: result.stderr }
}

function comparable(golden: GoldenCase, result: RunResult): string {
  const binary = golden.args.some((a) => /^--?(topproto|proto)$/.test(a)) && result.stdout.length > 0
  return binary ? dumpProfile(result.stdout) : result.stdout.toString('utf8')
}

export function readExpected(): Map<string, GoldenOutput> {
  const all = new Map<string, GoldenOutput>()
  for (const name of readdirSync(expectedFolder)) {
    const bytes = readFileSync(join(expectedFolder, name))
    if (name.endsWith('.txt')) parseReadable(bytes, all)
    else if (name.endsWith('.json.gz')) {
      const packed = JSON.parse(gunzipSync(bytes).toString('utf8')) as Record<string, GoldenOutput>
      for (const [line, output] of Object.entries(packed)) all.set(line, output)
    }
  }
  return all
}

/** Writes the outputs anew: readable ones grouped by report, large ones packed together. */
export function writeExpected(outputs: ReadonlyMap<string, GoldenOutput>): void {
  rmSync(expectedFolder, { recursive: true, force: true })
  mkdirSync(expectedFolder, { recursive: true })
  const readable = new Map<string, string[]>()
  const large: Record<string, GoldenOutput> = {}
  for (const [line, output] of outputs) {
    const size = Buffer.byteLength(output.stdout)
    if (size > largestReadable) {
      large[line] = output
      continue
    }
    const group = output.exit === 0 ? (/^-(\w+)/.exec(line)?.[1] ?? 'other') : 'failing'
    const texts = readable.get(group) ?? []
    texts.push(`=== ${line}\nexit ${output.exit}, ${size} bytes\n${output.stdout}\n`)
    readable.set(group, texts)
  }
  for (const [group, texts] of readable) writeFileSync(join(expectedFolder, `${group}.txt`), texts.join(''))
  writeFileSync(join(expectedFolder, 'large.json.gz'), gzipSync(JSON.stringify(large), { level: 9 }))
  // The byte counts above would be wrong after a conversion of line ends.
  writeFileSync(join(expectedFolder, '.gitattributes'), '* -text\n')
}

function parseReadable(bytes: Buffer, into: Map<string, GoldenOutput>): void {
  for (let at = 0; at < bytes.length; ) {
    const body = bytes.indexOf('\n', bytes.indexOf('\n', at) + 1) + 1
    const head = /^=== (.*)\nexit (.*), (\d+) bytes\n$/.exec(bytes.toString('utf8', at, body))
    if (!head) throw new Error(`expected outputs are damaged at byte ${at}: record them again`)
    const end = body + Number(head[3])
    const exit = /^\d+$/.test(head[2]!) ? Number(head[2]) : head[2]!
    into.set(head[1]!, { exit, stdout: bytes.toString('utf8', body, end) })
    at = end + 1
  }
}

function splitWords(line: string): string[] {
  const words: string[] = []
  for (const match of line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)) {
    words.push(
      match[0].replace(
        /'([^']*)'|"([^"]*)"/g,
        (_, single?: string, double?: string) => single ?? double ?? '',
      ),
    )
  }
  return words
}
