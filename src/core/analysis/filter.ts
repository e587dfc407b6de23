// Filters of samples and frames, each from profile to profile. What is looked at first, and what a
// location with several inlined lines means, follows google/pprof profile/filter.go.

import { GrowU32 } from '../base/grow.ts'
import type { Regexp } from '../base/regexp.ts'
import { mapLabelSets } from '../model/label-sets.ts'
import type { LineTable, Profile } from '../model/profile.ts'
import { LocationMatcher, StringMatcher } from './match.ts'
import { keepSamples, rewriteStacks, usedLabelSets, withLabelSets } from './samples.ts'

export interface NameFilter {
  /** Keeps samples with a location that matches. */
  readonly focus?: Regexp
  /** Drops samples with a location that matches; looked at before `focus`. */
  readonly ignore?: Regexp
  /** Drops lines that match. */
  readonly hide?: Regexp
  /** Keeps only lines that match. */
  readonly show?: Regexp
}

/** Which of the expressions matched anything; true where none was given. */
export interface NameFilterMatched {
  readonly focus: boolean
  readonly ignore: boolean
  readonly hide: boolean
  readonly show: boolean
}

/** Filters by names of functions, files and mappings. */
export function filterByName(p: Profile, f: NameFilter): { profile: Profile; matched: NameFilterMatched } {
  if (!f.focus && !f.ignore && !f.hide && !f.show)
    return { profile: p, matched: { focus: true, ignore: true, hide: true, show: true } }
  const focus = f.focus && new LocationMatcher(p, f.focus)
  const ignore = f.ignore && new LocationMatcher(p, f.ignore)
  const hide = f.hide && new LocationMatcher(p, f.hide)
  const show = f.show && new LocationMatcher(p, f.show)

  const NEITHER = 0
  const FOCUSED = 1
  const IGNORED = 2
  const state = new Uint8Array(p.locations.count + 1)
  const hidden = new Uint8Array(p.locations.count + 1)
  let focusMatched = false
  let ignoreMatched = false
  let hideMatched = false
  let showMatched = false
  let anyHidden = false
  const lines = hide || show ? new LineEditor(p) : undefined
  for (let loc = 1; loc <= p.locations.count; loc++) {
    if (ignore?.location(loc)) {
      ignoreMatched = true
      state[loc] = IGNORED
    } else if (!focus || focus.location(loc)) {
      focusMatched = true
      state[loc] = FOCUSED
    } else state[loc] = NEITHER
    if (lines === undefined) continue
    const from = p.locations.lineStart[loc]
    const to = p.locations.lineEnd[loc]
    const hides = hide?.location(loc) === true
    if (hides) hideMatched = true
    const hideAll = hides && hide.mapping(loc)
    const showAll = show === undefined || show.mapping(loc)
    const first = lines.begin(loc)
    for (let l = from; l < to; l++) {
      if (hideAll || (hides && hide.line(l))) continue
      if (!showAll && !show.line(l)) continue
      lines.keep(l)
    }
    const empty = lines.end(loc) === first
    // Hidden: what lost its last line, and with `show` also what never had one.
    if ((hides || show !== undefined) && empty) {
      hidden[loc] = 1
      anyHidden = true
    }
    if (show !== undefined && !empty) showMatched = true
  }

  const { stackStart, stackEnd, frame } = p.samples
  let out = keepSamples(p, (row) => {
    let focused = false
    let visible = false
    for (let i = stackStart[row]; i < stackEnd[row]; i++) {
      const loc = frame[i]
      if (state[loc] === IGNORED) return false
      if (state[loc] === FOCUSED) focused = true
      if (hidden[loc] === 0) visible = true
    }
    return focused && (visible || !anyHidden)
  })
  if (anyHidden) {
    const s = out.samples
    out = rewriteStacks(out, (row, to) => {
      for (let i = s.stackStart[row]; i < s.stackEnd[row]; i++)
        if (hidden[s.frame[i]] === 0) to.push(s.frame[i])
    })
  }
  if (lines !== undefined) out = lines.apply(out)
  return {
    profile: out,
    matched: {
      focus: !f.focus || focusMatched,
      ignore: !f.ignore || ignoreMatched,
      hide: !f.hide || hideMatched,
      show: !f.show || showMatched,
    },
  }
}

/** Writes a new line table, location by location in row order. */
class LineEditor {
  private readonly p: Profile
  private readonly kept = new GrowU32(256)
  private readonly lineStart: Uint32Array
  private readonly lineEnd: Uint32Array

  constructor(p: Profile) {
    this.p = p
    this.lineStart = new Uint32Array(p.locations.count + 1)
    this.lineEnd = new Uint32Array(p.locations.count + 1)
  }

  begin(loc: number): number {
    this.lineStart[loc] = this.kept.length
    return this.kept.length
  }

  keep(line: number): void {
    this.kept.push(line)
  }

  end(loc: number): number {
    this.lineEnd[loc] = this.kept.length
    return this.kept.length
  }

  apply(p: Profile): Profile {
    const rows = this.kept.done()
    const { fn, line, column } = this.p.lines
    const lines: LineTable = {
      count: rows.length,
      fn: Uint32Array.from(rows, (r) => fn[r]),
      line: line.gather(rows),
      column: column.gather(rows),
    }
    return { ...p, lines, locations: { ...p.locations, lineStart: this.lineStart, lineEnd: this.lineEnd } }
  }
}

/** Cuts each stack above its outermost match and drops samples without one. */
export function showFrom(p: Profile, re: Regexp): { profile: Profile; matched: boolean } {
  const m = new LocationMatcher(p, re)
  const found = new Uint8Array(p.locations.count + 1)
  const lineEnd = p.locations.lineEnd.slice()
  let matched = false
  for (let loc = 1; loc <= p.locations.count; loc++) {
    if (m.mapping(loc)) found[loc] = 1
    else
      for (let l = lineEnd[loc] - 1; l >= p.locations.lineStart[loc]; l--)
        if (m.line(l)) {
          // Lines after the match are its callers, inlined into the same location.
          lineEnd[loc] = l + 1
          found[loc] = 1
          break
        }
    if (found[loc] === 1) matched = true
  }
  const s = p.samples
  const stackEnd = s.stackEnd.slice()
  for (let row = 0; row < s.count; row++) {
    let end = stackEnd[row]
    while (end > s.stackStart[row] && found[s.frame[end - 1]] === 0) end--
    stackEnd[row] = end
  }
  const cut: Profile = {
    ...p,
    locations: { ...p.locations, lineEnd },
    samples: { ...s, stackEnd },
  }
  return { profile: keepSamples(cut, (row) => stackEnd[row] > s.stackStart[row]), matched }
}

/** Decides by a sample's labels; it is asked once per label set. */
export type LabelSetTest = (p: Profile, set: number) => boolean

/** Keeps samples whose labels pass `focus` and not `ignore`. */
export function filterByLabels(
  p: Profile,
  focus: LabelSetTest | undefined,
  ignore: LabelSetTest | undefined,
): { profile: Profile; focusMatched: boolean; ignoreMatched: boolean } {
  if (!focus && !ignore) return { profile: p, focusMatched: true, ignoreMatched: true }
  const used = usedLabelSets(p)
  const keep = new Uint8Array(p.labelSets.count)
  let focusMatched = !focus
  let ignoreMatched = !ignore
  for (let set = 0; set < keep.length; set++) {
    if (used[set] === 0) continue
    const focused = focus === undefined || focus(p, set)
    const ignored = ignore?.(p, set) ?? false
    if (focused) focusMatched = true
    if (ignored) ignoreMatched = true
    keep[set] = focused && !ignored ? 1 : 0
  }
  const profile = keepSamples(p, (row) => keep[p.samples.labelSet[row]] === 1)
  return { profile, focusMatched, ignoreMatched }
}

/** Removes labels whose key does not match `show` or does match `hide`. */
export function filterLabels(
  p: Profile,
  show: Regexp | undefined,
  hide: Regexp | undefined,
): { profile: Profile; showMatched: boolean; hideMatched: boolean } {
  if (!show && !hide) return { profile: p, showMatched: true, hideMatched: true }
  const shows = show && new StringMatcher(p, (s) => show.test(s))
  const hides = hide && new StringMatcher(p, (s) => hide.test(s))
  const used = usedLabelSets(p)
  const t = p.labelSets
  let showMatched = false
  let hideMatched = false
  const { sets, renumber } = mapLabelSets(t, (b, set) => {
    for (let row = t.start[set]; row < t.start[set + 1]; row++) {
      const shown = shows === undefined || shows.test(t.key[row])
      const hidden = hides?.test(t.key[row]) ?? false
      if (used[set] === 1 && shown) showMatched = true
      if (used[set] === 1 && hidden) hideMatched = true
      if (shown && !hidden) b.addRow(t, row)
    }
  })
  return {
    profile: withLabelSets(p, sets, renumber),
    showMatched: showMatched || !show,
    hideMatched: hideMatched || !hide,
  }
}

const RESERVED = /\(anonymous namespace\)|operator\(\)|\(/g

/** A function's name without its argument list (and without the dot that PPC ELF v1 puts first). */
export function simplifyFunctionName(name: string): string {
  const n = name.startsWith('.') ? name.slice(1) : name
  for (const m of n.matchAll(RESERVED)) if (m[0] === '(') return n.slice(0, m.index)
  return n
}

/** Cuts each stack below the first match from the leaf; the matching function stays. */
export function pruneFrom(p: Profile, re: Regexp): Profile {
  const m = new StringMatcher(p, (s) => s !== '' && re.test(simplifyFunctionName(s)))
  const found = new Uint8Array(p.locations.count + 1)
  const lineStart = p.locations.lineStart.slice()
  for (let loc = 1; loc <= p.locations.count; loc++)
    for (let l = lineStart[loc]; l < p.locations.lineEnd[loc]; l++)
      if (m.test(p.functions.name[p.lines.fn[l]])) {
        found[loc] = 1
        lineStart[loc] = l
        break
      }
  const s = p.samples
  const stackStart = s.stackStart.slice()
  for (let row = 0; row < s.count; row++)
    for (let i = stackStart[row]; i < s.stackEnd[row]; i++)
      if (found[s.frame[i]] === 1) {
        stackStart[row] = i
        break
      }
  return { ...p, locations: { ...p.locations, lineStart }, samples: { ...s, stackStart } }
}

/**
 * Cuts each stack at the first match from the root, the match itself included, but never before the
 * first frame that does not match (or nothing would be left). This is what `dropFrames` of a profile
 * asks for.
 */
export function prune(p: Profile, drop: Regexp, keep: Regexp | undefined): Profile {
  const m = new StringMatcher(p, (s) => {
    if (s === '') return false
    const name = simplifyFunctionName(s)
    return drop.test(name) && !keep?.test(name)
  })
  const NONE = 0
  const WHOLE = 1
  const BENEATH = 2
  const found = new Uint8Array(p.locations.count + 1)
  const lineStart = p.locations.lineStart.slice()
  for (let loc = 1; loc <= p.locations.count; loc++) {
    const last = p.locations.lineEnd[loc] - 1
    for (let l = last; l >= lineStart[loc]; l--)
      if (m.test(p.functions.name[p.lines.fn[l]])) {
        found[loc] = l === last ? WHOLE : BENEATH
        if (l !== last) lineStart[loc] = l + 1
        break
      }
  }
  const s = p.samples
  const stackStart = s.stackStart.slice()
  for (let row = 0; row < s.count; row++) {
    let user = false
    for (let i = s.stackEnd[row] - 1; i >= s.stackStart[row]; i--) {
      const f = found[s.frame[i]]
      if (f === NONE) user = true
      else if (user) {
        stackStart[row] = f === WHOLE ? i + 1 : i
        break
      }
    }
  }
  return { ...p, locations: { ...p.locations, lineStart }, samples: { ...s, stackStart } }
}
