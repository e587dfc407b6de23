// Output of `perf stat`: for people, -x (separated values) and -j (JSON), with -r, -I, -A, --per-socket and
// the like; several reports in one file (--append) and the program's own output between.

import { DecodeError, type Problem } from '../../base/errors.ts'
import type { PerfStat } from '../../model/perf-stat.ts'
import { ProblemLog } from '../format.ts'
import { localeNumber, ReportBuilder } from './counters.ts'
import { csvLine, jsonLine, separatorOf, textLine } from './lines.ts'

export interface DecodedPerfStat {
  /** At least one. */
  readonly reports: readonly PerfStat[]
  readonly problems: readonly Problem[]
}

const TITLE = /^ *Performance counter stats for (.*?)(?: \((\d+) runs\))?:\s*$/
const STARTED = /^# started on (.*?)\s*$/
const INTERVALS = /^# +time +(?:\S+ +)*counts +unit +events/
const SECONDS = /^ *(\d[\d.,]*)(?: \+- [\d.,]+)? +seconds (time elapsed|user|sys)\b/

/** Whether text that begins so is output of perf stat. */
export function sniffPerfStat(head: string): boolean {
  const lines = head.split('\n', 200)
  return lines.some(
    (l) =>
      l.length < 4096 &&
      (TITLE.test(l) ||
        INTERVALS.test(l) ||
        (/"event" *:/.test(l) && jsonLine(l) !== undefined) ||
        looksSeparated(l)),
  )
}

/** A run time in nanoseconds and a share of 100 behind the event: no other table has them. */
function looksSeparated(line: string): boolean {
  return (
    /(?:clock|cycles|instructions|switches|migrations|faults|branch|cache|TLB|LLC|\/)/.test(line) &&
    separatorOf(line) !== undefined
  )
}

/** Throws DecodeError if there is no report in it. */
export function decodePerfStat(text: string): DecodedPerfStat {
  const problems = new ProblemLog()
  const reports: PerfStat[] = []
  let started = ''
  let separator: string | undefined
  let current: ReportBuilder | undefined
  const end = (): void => {
    if (current !== undefined && !current.isEmpty) reports.push(current.done())
    current = undefined
  }
  const report = (form: PerfStat['form']): ReportBuilder => {
    current ??= new ReportBuilder(form)
    if (started !== '') current.started = started
    started = ''
    return current
  }
  let inText = false
  let offset = 0
  for (const raw of text.split('\n')) {
    const line = raw.length > 4096 ? raw.slice(0, 4096) : raw.replace(/\r$/, '')
    const at = offset
    offset += raw.length + 1
    if (line.trim() === '') continue
    const start = STARTED.exec(line)
    const title = TITLE.exec(line)
    if (start !== null) {
      end()
      started = start[1]
      inText = false
    } else if (title !== null) {
      end()
      const r = report('text')
      r.target = title[1]
      r.runs = Number(title[2] ?? 1)
      inText = true
    } else if (INTERVALS.test(line)) {
      // Repeated every 25 intervals: no new report.
      report('text')
      inText = true
    } else if (inText) textReport(line, at, report('text'), problems)
    else if (line.startsWith('{')) {
      const counter = jsonLine(line)
      if (counter !== undefined) report('json').add(counter)
    } else {
      separator ??= separatorOf(line)
      const counter = separator === undefined ? undefined : csvLine(line, separator)
      if (counter !== undefined) report('csv').add(counter)
    }
  }
  end()
  if (reports.length === 0)
    throw new DecodeError('perf-stat', 0, 'no counters in it: perf stat prints a line for each event')
  return { reports, problems: problems.done() }
}

/** A line below a title. */
function textReport(line: string, offset: number, r: ReportBuilder, problems: ProblemLog): void {
  const seconds = SECONDS.exec(line)
  if (seconds !== null) {
    const value = localeNumber(seconds[1], false)
    if (seconds[2] === 'user') r.user = value
    else if (seconds[2] === 'sys') r.sys = value
    else r.elapsed = value
    return
  }
  const counter = textLine(line)
  if (counter !== undefined) r.add(counter)
  // Metrics stand behind #, on lines of their own where an event has several.
  else if (!line.includes('#') && Number.isNaN(r.elapsed))
    problems.add('lines between counters that are none', offset)
}
