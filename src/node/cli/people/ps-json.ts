// goscope.ps/1: the Go programs of a machine for scripts. What is not known is null.

import { expectedMaxProcs } from '../../../core/analysis/live/process-advice.ts'
import type { GoModule } from '../../../core/binary/build-info.ts'
import { circumstancesOf, type GoProcess, type PsResult, profileSource } from '../../proc/go-process.ts'
import { jsonText } from './json.ts'

const text = (v: string | undefined): string | null => (v === undefined ? null : jsonText(v))
/** Infinity is no number of JSON: a limit that is none is null. */
const number = (v: number | undefined): number | null => (v === undefined || !Number.isFinite(v) ? null : v)

/** `whole` adds the list of modules that each is built from. */
export function psJson(r: PsResult, whole: boolean): object {
  return {
    schema: 'goscope.ps/1',
    looked: r.looked,
    forbidden: r.forbidden,
    notes: r.notes.map(jsonText),
    processes: r.processes.map((p) => processJson(p, whole)),
  }
}

function processJson(p: GoProcess, whole: boolean): object {
  const { info } = p.binary
  const procs = expectedMaxProcs(circumstancesOf(p))
  return {
    pid: p.pid,
    parent: number(p.parent),
    uid: number(p.uid),
    state: p.state,
    executable: jsonText(p.executable),
    deleted: p.deleted,
    commandLine: p.commandLine.map(jsonText),
    go: {
      version: text(info?.goVersion),
      arch: p.binary.arch,
      stripped: p.binary.stripped,
      path: text(info?.path),
      module: info?.main === undefined ? null : moduleJson(info.main),
      revision: text(info?.settings.get('vcs.revision')),
      revisionTime: text(info?.settings.get('vcs.time')),
      modified: info?.settings.get('vcs.modified') === 'true',
      settings: Object.fromEntries([...(info?.settings ?? [])].map(([k, v]) => [jsonText(k), jsonText(v)])),
      dependencyCount: info?.deps.length ?? 0,
      ...(whole && { dependencies: (info?.deps ?? []).map(moduleJson) }),
    },
    cpu: {
      now: number(p.cpusNow),
      seconds: number(p.cpuSeconds),
      allowed: number(p.allowedCpus),
      quota: number(p.limits?.cpus),
      expectedMaxProcs: number(procs?.procs),
    },
    uptimeSeconds: number(p.uptimeSeconds),
    memory: {
      resident: number(p.residentBytes),
      peak: number(p.peakBytes),
      limit: number(p.limits?.memoryBytes),
    },
    threads: number(p.threads),
    tasksLimit: number(p.limits?.tasks),
    openFiles: number(p.openFiles),
    openFilesLimit: number(p.openFilesLimit),
    environment: Object.fromEntries([...p.environment].map(([k, v]) => [k, jsonText(v)])),
    container: p.limits?.container ?? null,
    unit: text(p.limits?.unit),
    reachable: p.reachable,
    source: text(profileSource(p)),
    gopsPort: number(p.gopsPort),
    listeners: p.listeners.map((l) => {
      const a = p.answers.find((x) => x.listener === l)
      return {
        kind: l.kind,
        address: jsonText(l.address),
        ...(l.kind === 'tcp' && { port: l.port }),
        answer: a?.answer ?? null,
        ...(a !== undefined && { tls: a.tls, detail: jsonText(a.detail), profiles: a.profiles ?? [] }),
        ...(a?.goroutines !== undefined && { goroutines: a.goroutines }),
      }
    }),
    warnings: p.warnings.map(jsonText),
    notes: p.notes.map(jsonText),
  }
}

function moduleJson(m: GoModule): object {
  return {
    path: jsonText(m.path),
    version: jsonText(m.version),
    ...(m.replace !== undefined && { replace: moduleJson(m.replace) }),
  }
}
