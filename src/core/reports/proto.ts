import { cumValue, flatValue } from '../analysis/graph.ts'
import { multiplyTruncating } from '../analysis/scale.ts'
import { type Int, intFromFloat } from '../base/int64.ts'
import { scale } from '../base/units.ts'
import { encodeProfile } from '../formats/pprof/encode.ts'
import type { Profile } from '../model/profile.ts'
import { ProfileBuilder } from '../model/profile-builder.ts'
import { type Report, reportGraph, type Sink, selectUnit } from './report.ts'

/** The profile after all filters, with the report's divisor applied to the samples. */
export function buildProto(r: Report): Profile {
  return multiplyTruncating(r.profile, r.options.ratio)
}

/** A new profile with one sample per entry of a top report. */
export function buildTopProto(r: Report): Profile {
  const g = reportGraph(r, { visual: false, edges: 'none' })
  const unit = selectUnit(r, g)
  const { profile: p, options: o } = r
  const b = new ProfileBuilder()
  b.sampleTypes = [
    { type: 'cum', unit },
    { type: 'flat', unit },
  ]
  b.timeNanos = p.timeNanos
  b.durationNanos = p.durationNanos
  b.periodType = p.periodType
  b.period = p.period
  const functions = new Map<string, number>()
  const amount = (v: Int): Int => intFromFloat(scale(v, o.sampleUnit, unit).value)
  for (const node of g.order) {
    const startLine = g.nodes.startLine.get(node)
    const key = `${g.nodes.name[node]},${g.nodes.file[node]},${startLine}`
    let fn = functions.get(key)
    if (fn === undefined) {
      const filename = g.names.file(node)
      fn = b.addFunction(g.names.name(node), { systemName: '', filename, startLine })
      functions.set(key, fn)
    }
    const line = { fn, line: g.nodes.line.get(node), column: g.nodes.column.get(node) }
    const location = b.addLocation({ address: g.nodes.address.get(node), lines: [line] })
    b.addSample([location], [amount(cumValue(g.weights, node)), amount(flatValue(g.weights, node))])
  }
  return b.done()
}

/** Writes profile.proto, uncompressed. */
export function printProto(p: Profile, _: Report, out: Sink): void {
  for (const piece of encodeProfile(p)) out.bytes(piece)
}
