// Transforms as text for addresses: `focus:main.f~hide:runtime.g`. Names are written as they are; what would end one,
// control characters and bytes that are no UTF-8 (which an address cannot hold) are `%` and two hex digits.

import { UserError } from '../../base/errors.ts'
import { TRANSFORM_OPS, type Transform } from './transform.ts'

/** More than anybody makes, fewer than hold up the page. */
const MOST = 64

const hex = (code: number): string => `%${code.toString(16).toUpperCase().padStart(2, '0')}`

export function encodeTransforms(list: readonly Transform[]): string {
  return list
    .map(({ op, name }) => {
      let out = ''
      // By code units: a lone surrogate U+DC80..DCFF is a byte that was not UTF-8.
      for (let i = 0; i < name.length; i++) {
        const code = name.charCodeAt(i)
        const after = name.charCodeAt(i + 1)
        if (code < 0x20 || code === 0x7f || name[i] === '%' || name[i] === '~') out += hex(code)
        else if (code >= 0xd800 && code < 0xdc00 && after >= 0xdc00 && after < 0xe000)
          out += name[i] + name[++i]
        else if (code >= 0xdc80 && code <= 0xdcff) out += hex(code - 0xdc00)
        else if (code >= 0xd800 && code < 0xe000) out += '\ufffd'
        else out += name[i]
      }
      return `${op}:${out}`
    })
    .join('~')
}

/** Throws UserError for what is no list of transforms; '' is an empty one. */
export function decodeTransforms(text: string): Transform[] {
  if (text === '') return []
  const parts = text.split('~')
  if (parts.length > MOST) throw new UserError(`more than ${MOST} transforms`)
  return parts.map((part) => {
    const cut = part.indexOf(':')
    const op = TRANSFORM_OPS.find((o) => o === part.slice(0, Math.max(0, cut)))
    if (op === undefined)
      throw new UserError(
        `“${part.slice(0, 40)}” is no transform: one begins with ${TRANSFORM_OPS.join(', ')}`,
      )
    const name = part.slice(cut + 1).replace(/%(?:([0-9A-Fa-f]{2}))?/g, (_, digits: string | undefined) => {
      if (digits === undefined) throw new UserError('a % in a transform is followed by two hex digits')
      const code = Number.parseInt(digits, 16)
      return String.fromCharCode(code < 0x80 ? code : 0xdc00 + code)
    })
    return { op, name }
  })
}
