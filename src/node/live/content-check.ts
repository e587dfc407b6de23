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
