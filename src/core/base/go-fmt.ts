// Text of numbers and strings exactly as Go's fmt prints them. JavaScript rounds exact ties up where
// Go rounds them to even; that, and exponents, is all there is between the two.

import { byteLength, runeCount } from './utf8.ts'

/** %.2f */
export function fixed2(v: number): string {
  const a = Math.abs(v)
  if (a >= 1e21) return Number.isFinite(v) ? `${BigInt(v)}.00` : infinite(v)
  if (Number.isNaN(v)) return 'NaN'
  // Two decimals tie exactly only at odd eighths; toFixed rounds .125 and .625 up to an odd digit.
  const eighth = (a * 8) % 8
  const tie = eighth === 1 ? '.12' : eighth === 5 ? '.62' : ''
  const text = tie === '' ? a.toFixed(2) : Math.trunc(a) + tie
  return v < 0 || Object.is(v, -0) ? `-${text}` : text
}

function infinite(v: number): string {
  return Number.isNaN(v) ? 'NaN' : v > 0 ? '+Inf' : '-Inf'
}

/** %.2g */
export function general2(v: number): string {
  if (!Number.isFinite(v)) return infinite(v)
  if (v === 0) return Object.is(v, -0) ? '-0' : '0'
  const a = Math.abs(v)
  let [digits, exponent] = scientific(a, 2)
  const [exact, exactExponent] = scientific(a, 25)
  if (/^\d\d50*$/.test(exact) && (exact.charCodeAt(1) & 1) === 0) {
    digits = exact.slice(0, 2)
    exponent = exactExponent
  }
  digits = digits.replace(/0+$/, '')
  const sign = v < 0 ? '-' : ''
  if (exponent < -4 || exponent >= 2) {
    const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits
    const e = Math.abs(exponent)
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${e < 10 ? `0${e}` : e}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.padEnd(exponent + 1, '0')
  const fraction = whole.slice(exponent + 1)
  return sign + whole.slice(0, exponent + 1) + (fraction ? `.${fraction}` : '')
}

/** The significant digits of a positive number, rounded to n of them, and its decimal exponent. */
function scientific(a: number, n: number): [digits: string, exponent: number] {
  const [mantissa, exponent] = a.toExponential(n - 1).split('e')
  return [mantissa.replace('.', ''), Number(exponent)]
}

/** %v of a float64: the shortest text that reads back, with an exponent below 1e-4 and from 1e6 on. */
export function shortestFloat(v: number): string {
  if (!Number.isFinite(v)) return infinite(v)
  if (Object.is(v, -0)) return '-0'
  const [mantissa, exponent] = v.toExponential().split('e')
  const e = Number(exponent)
  if (v === 0 || (e >= -4 && e < 6)) return e < 0 ? plainFraction(mantissa, e) : String(v)
  const digits = Math.abs(e)
  return `${mantissa}e${e < 0 ? '-' : '+'}${digits < 10 ? `0${digits}` : digits}`
}

/** JavaScript goes over to exponents below 1e-6, Go below 1e-4: small fractions are written out here. */
function plainFraction(mantissa: string, e: number): string {
  const sign = mantissa.startsWith('-') ? '-' : ''
  return `${sign}0.${'0'.repeat(-e - 1)}${mantissa.replace(/[-.]/g, '')}`
}

/** %Ns: right-aligned in n characters. */
export function padLeft(s: string, n: number): string {
  const missing = n - (s.length >= n && byteLength(s) === s.length ? s.length : runeCount(s))
  return missing > 0 ? ' '.repeat(missing) + s : s
}

/** %-Ns: left-aligned in n characters. */
export function padRight(s: string, n: number): string {
  const missing = n - runeCount(s)
  return missing > 0 ? s + ' '.repeat(missing) : s
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

/** %q: a Go string literal. What Go's strconv.IsPrint refuses is escaped (letters, marks, numbers, punctuation, symbols and the space pass). */
export function quote(s: string): string {
  let out = '"'
  for (const c of s) {
    const code = c.codePointAt(0)!
    const short = ESCAPES[c]
    if (short) out += short
    else if (code >= 0xdc80 && code <= 0xdcff) out += `\\x${(code - 0xdc00).toString(16)}`
    else if (c === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(c)) out += c
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`
    else if (code < 0x10000) out += `\\u${code.toString(16).padStart(4, '0')}`
    else out += `\\U${code.toString(16).padStart(8, '0')}`
  }
  return `${out}"`
}

/** %v of a []string. */
export function list(items: readonly string[]): string {
  return `[${items.join(' ')}]`
}
