// The folder of a capture while it is written: each file is there whole or not at all.

import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../core/base/errors.ts'
import { encodeUtf8 } from '../../core/base/utf8.ts'
import { writeAll } from '../output.ts'
import { systemError } from '../system-error.ts'

/** A file that is being written beside its place. */
export interface PartFile {
  /** Throws the system's error. */
  write(piece: Uint8Array): void
  readonly bytes: number
  /** Puts it in its place. */
  keep(): void
  /** Takes it away. Never throws. */
  drop(): void
}

/** capture.json with many remarks, twice. */
const LAST_BYTES = 64 << 10

export class CaptureFolder {
  readonly path: string
  private readonly open = new Set<PartFile>()

  private readonly made: boolean
  private readonly written = new Set<string>()
  private last: PartFile | undefined

  /** Makes the folder. Throws UserError if it cannot be made, or holds something already that is not named as `allowed`. */
  constructor(path: string, allowed?: RegExp) {
    this.path = path
    try {
      this.made = mkdirSync(path, { recursive: true }) !== undefined
      if (readdirSync(path).some((name) => allowed?.test(name) !== true))
        throw new UserError(`${path} is not empty: a capture wants a folder of its own`)
    } catch (e) {
      if (e instanceof UserError) throw e
      throw new UserError(systemError('mkdir', path, e))
    }
  }

  /** Begins a file; one of that name is replaced when the new one is whole. Throws the system's error. */
  begin(name: string): PartFile {
    const place = join(this.path, name)
    const beside = `${place}.partial`
    const fd = openSync(beside, 'w')
    let bytes = 0
    let closed = false
    const close = (): void => {
      if (!closed) closeSync(fd)
      closed = true
    }
    const file: PartFile = {
      get bytes() {
        return bytes
      },
      write: (piece) => {
        if (closed) return
        writeAll(fd, piece)
        bytes += piece.length
      },
      keep: () => {
        this.open.delete(file)
        close()
        renameSync(beside, place)
        this.written.add(name)
      },
      drop: () => {
        this.open.delete(file)
        try {
          close()
        } catch {
          // It goes anyway.
        }
        rmSync(beside, { force: true })
      },
    }
    this.open.add(file)
    return file
  }

  /** Writes a whole file; returns its size. Throws the system's error. */
  put(name: string, content: string | Uint8Array): number {
    const file = this.begin(name)
    try {
      file.write(typeof content === 'string' ? encodeUtf8(content) : content)
      file.keep()
      return file.bytes
    } catch (e) {
      file.drop()
      throw e
    }
  }

  /** Keeps room for the last words of a capture on a disk that it fills. */
  reserve(): void {
    try {
      this.last ??= this.begin('.last')
      this.last.write(new Uint8Array(LAST_BYTES))
    } catch {
      // Then there is no room for it, and none to take from what may still fit.
      this.release()
    }
  }

  /** Gives the room back. */
  release(): void {
    this.last?.drop()
    this.last = undefined
  }

  /** Writes a whole file; on a full disk in the room of the one that it replaces. Throws the system's error. */
  putLast(name: string, content: string): void {
    try {
      this.put(name, content)
    } catch (e) {
      if (!isFull(e)) throw e
      rmSync(join(this.path, name), { force: true })
      this.put(name, content)
    }
  }

  /** Takes away what is not finished. */
  dropOpen(): void {
    for (const file of [...this.open]) file.drop()
  }

  /** A file that was kept. Throws the system's error. */
  read(name: string): Uint8Array {
    return readFileSync(join(this.path, name))
  }

  /** Takes the capture away again: the folder if it was made for it, else what was written there. */
  remove(): void {
    this.dropOpen()
    for (const name of this.written) rmSync(join(this.path, name), { recursive: true, force: true })
    if (this.made) rmdirSync(this.path)
  }

  /** A folder in it. Throws as the constructor does. */
  sub(name: string): CaptureFolder {
    this.written.add(name)
    return new CaptureFolder(join(this.path, name))
  }
}

/** Whether the system says that there is no room. */
export function isFull(e: unknown): boolean {
  const { code } = e as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
}
