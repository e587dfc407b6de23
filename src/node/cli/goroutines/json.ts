// goscope.goroutines/1. Everything, unless --limit says otherwise: then groups and waits are cut, and counted.

import { crashAdvice, crashFrame } from '../../../core/analysis/goroutines/crashes.ts'
import { stateMeaning } from '../../../core/analysis/goroutines/states.ts'
import { ELIDED_UNKNOWN, FRAME, GOROUTINE } from '../../../core/model/goroutines.ts'
import { jsonText } from '../people/json.ts'
import type { Look } from './look.ts'

/** goids of a group that are listed. */
const MOST_GOIDS = 100

/** The document; `limit` 0 for all groups, waits and creators. */
export function goroutinesJson(look: Look, sources: readonly string[], limit: number): object {
  const { goroutines: g, groups, origins } = look
  const { table, stacks, calls, frames, labelSets } = g
  const text = (id: number): string => jsonText(g.strings.get(id))
  const frameJson = (frame: number): object | null =>
    frame === 0
      ? null
      : {
          function: text(frames.fn[frame]!),
          file: text(frames.file[frame]!),
          line: frames.line[frame],
          origin: origins.of(frame),
        }
  const stackJson = (stack: number): object[] => {
    const out: object[] = []
    for (let k = stacks.start[stack]!; k < stacks.start[stack + 1]!; k++) {
      const frame = calls.frame[stacks.call[k]!]!
      out.push({
        ...frameJson(frame),
        inlined: (frames.flags[frame]! & FRAME.inlined) !== 0,
        arguments: text(calls.args[stacks.call[k]!]!),
      })
    }
    return out
  }
  const labelsJson = (set: number): object => {
    const out: Record<string, string> = {}
    for (let l = labelSets.start[set]!; l < labelSets.start[set + 1]!; l++)
      out[text(labelSets.key[l]!)] = text(labelSets.str[l]!)
    return out
  }
  const elidedJson = (stack: number): number | null =>
    stacks.elided[stack] === ELIDED_UNKNOWN ? null : stacks.elided[stack]!
  const goidOf = (row: number): number | null => (table.goid[row]! < 0 ? null : table.goid[row]!)
  const cut = <T>(all: readonly T[]): readonly T[] => (limit > 0 ? all.slice(0, limit) : all)
  return {
    schema: 'goscope.goroutines/1',
    sources: sources.map(jsonText),
    by: look.by,
    goroutines: look.total,
    unfiltered: look.unfiltered,
    dump: look.dump < 0 ? null : look.dump,
    dumps: g.dumps.map((d) => {
      let goroutines = 0
      let threads = 0
      for (let row = d.start; row < d.end; row++) {
        if (table.flags[row]! & GOROUTINE.threadStack) threads++
        else goroutines += table.weight[row]!
      }
      const { crash } = d
      const frame =
        crash === undefined || d.start === d.end ? 0 : crashFrame(g, table.stack[d.start]!, origins)
      return {
        source: jsonText(sources[d.source] ?? ''),
        kind: d.kind,
        offset: d.offset,
        goroutines,
        threadStacks: threads,
        ...(d.profileName !== '' && { profile: { name: jsonText(d.profileName), total: d.profileTotal } }),
        ...(crash !== undefined && {
          crash: {
            kind: crash.kind,
            panics: crash.panics.map((p) => ({ ...p, text: jsonText(p.text) })),
            fatal: jsonText(crash.fatal),
            signal: jsonText(crash.signal),
            goid: d.start < d.end ? goidOf(d.start) : null,
            frame: frameJson(frame),
            runtimeLines: crash.runtimeLines.map(jsonText),
            runtimeStack: stackJson(crash.runtimeStack),
            registers: Object.fromEntries(crash.registers),
            threads: crash.threads,
            ...crashAdvice(crash),
          },
        }),
      }
    }),
    states: look.states.map(({ state, weight }) => ({
      state: jsonText(state),
      goroutines: weight,
      ...stateMeaning(state),
    })),
    groupCount: groups.count,
    groups: Array.from({ length: limit > 0 ? Math.min(limit, groups.count) : groups.count }, (_, k) => {
      const row = groups.example[k]!
      const stack = table.stack[row]!
      const members = groups.row.subarray(groups.start[k]!, groups.start[k + 1]!)
      return {
        goroutines: groups.weight[k],
        stacks: groups.stacks[k],
        state: text(table.state[row]!),
        minutes: { min: groups.minMinutes[k], median: groups.medianMinutes[k], max: groups.maxMinutes[k] },
        marks: marksOf(table.flags[row]!),
        bubble: table.bubble[row] === 0 ? null : table.bubble[row],
        telling: frameJson(origins.telling(stack)),
        createdBy: frameJson(table.createdBy[row]!),
        frames: stackJson(stack),
        elided: elidedJson(stack),
        elidedAt: stacks.elided[stack] === 0 ? null : stacks.elidedAt[stack],
        goids: Array.from(members.subarray(0, MOST_GOIDS), (r) => goidOf(r)).filter((id) => id !== null),
        labels: labelsJson(table.labelSet[row]!),
      }
    }),
    suspects: look.suspects.map((s) => ({
      goroutines: s.weight,
      certainty: s.certainty,
      reasons: s.reasons,
      ...(s.weights !== undefined && { overDumps: s.weights }),
      example: goidOf(s.example),
      telling: frameJson(origins.telling(table.stack[s.example]!)),
      createdBy: frameJson(table.createdBy[s.example]!),
    })),
    waits: {
      points: cut(look.waits.points).map((p) => ({
        dump: p.dump,
        address: p.address,
        kind: p.kind,
        waiting: p.rows.length,
        goids: p.rows.slice(0, MOST_GOIDS).map(goidOf),
        holder:
          p.holder === undefined
            ? null
            : { goid: goidOf(p.holder.row), certainty: p.holder.certainty, why: jsonText(p.holder.why) },
      })),
      cycles: look.waits.cycles.map((c) => ({ goids: c.rows.map(goidOf), certainty: c.certainty })),
      notVisible: look.waits.notVisible,
    },
    comparison:
      look.comparison === undefined
        ? null
        : {
            dumps: look.comparison.dumps,
            byGoid: look.comparison.byGoid,
            stuck: look.comparison.byGoid ? look.comparison.stuck : null,
            new: look.comparison.byGoid ? look.comparison.fresh : null,
            gone: look.comparison.byGoid ? look.comparison.gone : null,
            groups: cut(look.comparison.groups).map((h) => ({
              goroutines: h.weights,
              stuck: h.stuck < 0 ? null : h.stuck,
              new: h.fresh < 0 ? null : h.fresh,
              gone: h.gone < 0 ? null : h.gone,
              telling: frameJson(origins.telling(table.stack[h.example]!)),
              createdBy: frameJson(table.createdBy[h.example]!),
            })),
          },
    creators: cut(look.creators).map((c) => ({
      frame: frameJson(c.frame),
      goroutines: c.weight,
      by: c.goids.slice(0, MOST_GOIDS).map((x) => ({ goid: x.goid, made: x.made, alive: x.row >= 0 })),
    })),
    races: g.races.map((r) => ({
      source: jsonText(sources[r.source] ?? ''),
      offset: r.offset,
      accesses: r.accesses.map((a) => ({
        what: jsonText(a.what),
        address: jsonText(a.address),
        goid: a.goid < 0 ? null : a.goid,
        frames: stackJson(a.stack),
      })),
      goroutines: r.goroutines.map((x) => ({
        goid: x.goid,
        state: jsonText(x.state),
        frames: stackJson(x.stack),
      })),
      locations: r.locations.map((l) => ({ text: jsonText(l.text), frames: stackJson(l.stack) })),
    })),
    lines: look.sources.map((s, k) => ({
      source: jsonText(sources[k]!),
      lines: s.lines?.lines ?? null,
      bytes: s.lines?.bytes ?? null,
      strange: sampleJson(s.lines?.strange),
      foreign: sampleJson(s.lines?.foreign),
      problems: s.problems.map((p) => ({ ...p, message: jsonText(p.message) })),
    })),
  }
}

function sampleJson(
  s: { count: number; first: readonly { offset: number; text: string }[] } | undefined,
): object | null {
  return s === undefined
    ? null
    : { count: s.count, first: s.first.map((f) => ({ offset: f.offset, text: jsonText(f.text) })) }
}

function marksOf(flags: number): string[] {
  return Object.entries(GOROUTINE).flatMap(([name, bit]) => (flags & bit ? [name] : []))
}
