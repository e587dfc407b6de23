// Before there is anything to show: where to drop files, and how to get some.

import { bytesText } from '../../core/base/people-fmt.ts'
import { readBoot } from '../boot.ts'
import { Icon, SeverityMark } from '../parts/icons.tsx'
import { displayName } from '../parts/name.tsx'
import { Command } from '../parts/states.tsx'
import { addFiles, addUrls, loading, stopLoading, unreadable } from '../session.ts'
import { chooseFiles } from './drop.ts'
import { splitSource } from './source-names.ts'

const boot = readBoot()

const GUIDE: readonly (readonly [what: string, command: string])[] = [
  ['Everything of a running program', 'goscope capture http://localhost:6060 -o capture'],
  ['A CPU profile by hand', 'curl -o cpu.pb.gz localhost:6060/debug/pprof/profile?seconds=10'],
  ['Profiles of a benchmark', 'go test -bench . -cpuprofile cpu.pb.gz -memprofile mem.pb.gz'],
  ['An execution trace', 'curl -o trace.out localhost:6060/debug/pprof/trace?seconds=2'],
]

const KINDS: readonly string[] = [
  'pprof profiles',
  'execution traces',
  'goroutine dumps and crashes',
  'GODEBUG logs',
  'memory statistics',
  'heap dumps',
  'go test -bench',
  'perf script, collapsed stacks',
  'zip, tar, gzip, zstd',
]

export function Start() {
  const failed = unreadable.value
  const example = boot.examples?.[0]
  return (
    <div class="start scroll">
      <div class="start-body">
        {failed.length > 0 && (
          <div class="start-failed" role="alert">
            <h2 class="row">
              <SeverityMark mark="critical" />
              {failed.length === 1
                ? `${displayName(failed[0]!.name)} cannot be read`
                : 'Nothing could be read'}
            </h2>
            {failed.slice(0, 20).map((f) => (
              <p class="m wrap" key={f.name}>
                {failed.length > 1 && <b>{displayName(f.name)}: </b>}
                {displayName(f.message)}
              </p>
            ))}
          </div>
        )}
        <div class="drop-zone">
          <svg width="56" height="40" viewBox="0 0 56 40" class="drop-art" aria-hidden="true">
            <path d="M4 34h48M10 34V22h10v12M24 34V10h10v24M38 34V16h10v18" />
          </svg>
          <h1>Drop profiles, traces, logs or whole captures here</h1>
          <p class="t2">
            {boot.mode === 'static'
              ? 'They are read in this page and never leave the browser.'
              : 'They are read in this page and stay on this machine.'}
          </p>
          <div class="row">
            <button type="button" class="ctl p" onClick={() => void chooseFiles().then(addFiles)}>
              <Icon name="file" /> Choose files
            </button>
            <button
              type="button"
              class="ctl"
              onClick={() => void chooseFiles({ folder: true }).then(addFiles)}
            >
              <Icon name="folder" /> Choose a folder
            </button>
            {example !== undefined && (
              <button
                type="button"
                class="ctl"
                onClick={() =>
                  addUrls(
                    example.sources.flatMap((s) =>
                      s.url === undefined
                        ? []
                        : [{ name: s.name, url: new URL(s.url, document.baseURI).href }],
                    ),
                  )
                }
              >
                Try an example: {example.title}
              </button>
            )}
          </div>
          <p class="t3 xs">{KINDS.join(' · ')}</p>
        </div>
        <h2 class="h3">How to get some</h2>
        <dl class="guide">
          {GUIDE.map(([what, command]) => (
            <div key={command}>
              <dt class="t2">{what}</dt>
              <dd>
                <Command text={command} />
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  )
}

/** A tenth of a second says nothing of how long the rest takes. */
const GUESS_AFTER_MS = 1000

/** Files coming in: which, how much of how much, how long still, and Stop. */
export function Opening() {
  const at = loading.value
  if (at === undefined) return null
  const { done, total, name, bytes, totalBytes, since } = at
  const share = totalBytes > 0 ? bytes / totalBytes : done / Math.max(1, total)
  const passed = performance.now() - since
  const left = share > 0.02 && passed > GUESS_AFTER_MS ? (passed / share) * (1 - share) : undefined
  return (
    <div class="empty loading" role="status">
      <h2>Reading {displayName(splitSource(name).base)}</h2>
      <div class="opening">
        <div class="meter">
          <i style={{ width: `${Math.min(1, share) * 100}%` }} />
        </div>
        <div class="row xs t2">
          <span>
            {totalBytes > 0 ? `${bytesText(bytes)} of ${bytesText(totalBytes)}` : ''}
            {total > 1 && `${totalBytes > 0 ? ', ' : ''}file ${Math.min(total, done + 1)} of ${total}`}
          </span>
          <span class="grow" />
          {left !== undefined && left > 500 && <span>about {Math.ceil(left / 1000)} s</span>}
        </div>
      </div>
      <button type="button" class="ctl" onClick={stopLoading}>
        Stop
      </button>
    </div>
  )
}
