// Secrets that a user gave to reach a program must not come out again: servers repeat them in messages.

/** Shorter ones would blacken words that are none. */
const LEAST_SECRET = 4

/** Takes given secrets out of texts. */
export class Redactor {
  private readonly secrets: readonly string[]

  constructor(secrets: Iterable<string>) {
    const all = [...secrets].flatMap((s) => [s, encodeURIComponent(s)])
    // The longest first: one may be part of another.
    this.secrets = [...new Set(all)]
      .filter((s) => s.length >= LEAST_SECRET)
      .sort((a, b) => b.length - a.length)
  }

  text(text: string): string {
    let out = text
    for (const secret of this.secrets) out = out.replaceAll(secret, 'xxxxx')
    return out
  }
}

/** Names of arguments and settings that are not for other eyes. */
const SECRET_NAME = /token|secret|passw|pwd|api.?key|private|credential|auth|session|jwt|dsn/i

/** Arguments of a command with the values of those that look like secrets taken out. */
export function redactArguments(args: readonly string[]): string[] {
  return args.map((arg, i) => {
    const named = /^(--?[\w.-]+|\w+)=(.*)$/s.exec(arg)
    if (named !== null && SECRET_NAME.test(named[1]!)) return `${named[1]}=xxxxx`
    const before = args[i - 1] ?? ''
    if (/^--?[\w.-]+$/.test(before) && SECRET_NAME.test(before) && !arg.startsWith('-')) return 'xxxxx'
    // postgres://user:password@host
    return arg.replace(/(\w+:\/\/[^\s/:@]*):[^\s/@]+@/g, '$1:xxxxx@')
  })
}
