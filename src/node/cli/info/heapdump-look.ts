import { bytesText, countText } from '../../../core/base/people-fmt.ts'
import { HeapDumpReader } from '../../../core/formats/heapdump/reader.ts'
import type { HeapDumpVisitor, Memory } from '../../../core/formats/heapdump/records.ts'
import type { HeapDumpParams } from '../../../core/model/heap-dump.ts'
import type { Look, Looker } from './look.ts'

/** Counts what is in the dump, and keeps none of it. */
class Counter implements HeapDumpVisitor {
  dump: HeapDumpParams | undefined
  objects = 0
  bytes = 0
  roots = 0
  goroutines = 0

  params(p: HeapDumpParams): void {
    this.dump = p
  }
  object(memory: Memory): void {
    this.objects++
    this.bytes += memory.size
  }
  segment(): void {
    this.roots++
  }
  otherRoot(): void {
    this.roots++
  }
  goroutine(): void {
    this.goroutines++
  }
}

export class HeapDumpLooker implements Looker {
  private readonly counter = new Counter()
  private readonly reader = new HeapDumpReader(this.counter)

  feed(chunk: Uint8Array): boolean {
    this.reader.feed(chunk)
    return true
  }

  end(): Look {
    const { reader, counter: c } = this
    reader.finish()
    const { dump } = c
    const go = /^go(\d\S*)/.exec(dump?.version ?? '')?.[1]
    const objects = `${countText(c.objects)} objects of ${bytesText(c.bytes)}`
    return {
      kind: 'heapdump',
      title: 'heap dump',
      format: `go${dump?.format ?? '?'} heap dump${dump === undefined ? '' : `, ${dump.pointerSize * 8} bit${dump.bigEndian ? ', big-endian' : ''}`}`,
      producer: go === undefined ? '' : `Go ${go}`,
      taken: '',
      facts: [
        { word: 'objects', text: objects },
        { word: 'goroutines', text: countText(c.goroutines) },
        ...(dump === undefined || dump.arch === ''
          ? []
          : [{ word: 'machine', text: `${dump.arch}, ${countText(dump.cpus)} processors` }]),
      ],
      brief: objects,
      command: 'goscope heapdump',
      problems: reader.problems,
      json: {
        format: dump?.format ?? null,
        arch: dump?.arch ?? null,
        objects: c.objects,
        objectBytes: c.bytes,
        goroutines: c.goroutines,
        complete: reader.complete,
      },
    }
  }
}
