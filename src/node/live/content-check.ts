// Whether an answer is what was asked for, by its first bytes: login pages and the catch-all pages of web
// programs come with status 200, too.

import type { Content } from '../../core/engine/capture-plan.ts'
import { wrapperOf } from '../inflate.ts'

/** Why an answer that begins so is refused; undefined if it is not. */
export function refusalOf(content: Content, head: Uint8Array, contentType: string): string | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1')
  if (/^\s*<(!doctype|html|head|body|\?xml)/i.test(text) || /text\/html/.test(contentType))
    return `the server answers with a web page instead of ${WORDS[content]} (a login page? another program?)`
  if (head.length === 0) return 'the answer is empty'
  return IS[content](head, text) ? undefined : `the answer is not ${WORDS[content]}`
}

const WORDS: Readonly<Record<Content, string>> = {
  profile: 'a profile',
  dump: 'a dump of goroutines',
  trace: 'a trace',
  json: 'JSON',
  text: 'a text',
}

const IS: Readonly<Record<Content, (head: Uint8Array, text: string) => boolean>> = {
  profile: (head) => wrapperOf(head) !== 'none',
  dump: (_, text) => /^goroutine \d+ /.test(text),
  trace: (_, text) => /^go 1\.\d+ trace/.test(text),
  json: (_, text) => /^\s*[{[]/.test(text),
  text: (head) => !head.includes(0),
}

/** Name of a file for a page: the last part of its path, with an ending that says what is in it; none of `used`. */
export function pageName(path: string, head: Uint8Array, used: readonly string[]): string {
  const last =
    path
      .replace(/[?#].*$/s, '')
      .split('/')
      .filter((p) => p !== '')
      .at(-1) ?? ''
  const plain =
    last
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[-.]+/, '')
      .slice(0, 60) || 'page'
  const name = /\.\w{1,6}$/.test(plain) ? plain : plain + endingOf(head)
  const taken = (n: string): boolean => used.includes(n) || n === 'capture.json'
  let out = name
  for (let n = 2; taken(out); n++) out = name.replace(/^[^.]*/, (s) => `${s}-${n}`)
  return out
}

function endingOf(head: Uint8Array): string {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 512)).toString('latin1')
  if (IS.trace(head, text)) return '.out'
  if (wrapperOf(head) === 'gzip') return '.pb.gz'
  return IS.json(head, text) ? '.json' : '.txt'
}
