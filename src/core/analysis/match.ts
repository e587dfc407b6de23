import type { Regexp } from '../base/regexp.ts'
import type { Profile } from '../model/profile.ts'

/** Tests strings of a profile by id, each distinct one once. */
export class StringMatcher {
  /** Id -> 0 unknown, 1 no, 2 yes. */
  private readonly known: Uint8Array
  private readonly profile: Profile
  private readonly matches: (text: string) => boolean

  constructor(profile: Profile, matches: (text: string) => boolean) {
    this.profile = profile
    this.matches = matches
    this.known = new Uint8Array(profile.strings.count)
  }

  test(id: number): boolean {
    let k = this.known[id]
    if (k === 0) {
      k = this.matches(this.profile.strings.get(id)) ? 2 : 1
      this.known[id] = k
    }
    return k === 2
  }
}

/** A regular expression against locations: names and files of functions, files of mappings. */
export class LocationMatcher {
  private readonly p: Profile
  private readonly strings: StringMatcher

  constructor(p: Profile, re: Regexp) {
    this.p = p
    this.strings = new StringMatcher(p, (s) => re.test(s))
  }

  /** Whether line `line`'s function matches by name or file. */
  line(line: number): boolean {
    const fn = this.p.lines.fn[line]
    return this.strings.test(this.p.functions.name[fn]) || this.strings.test(this.p.functions.filename[fn])
  }

  /** Whether the location's mapping matches by file. */
  mapping(location: number): boolean {
    const m = this.p.locations.mapping[location]
    return m !== 0 && this.strings.test(this.p.mappings.file[m])
  }

  /** Whether any line or the mapping matches. */
  location(location: number): boolean {
    const { lineStart, lineEnd } = this.p.locations
    for (let l = lineStart[location]; l < lineEnd[location]; l++) if (this.line(l)) return true
    return this.mapping(location)
  }
}
