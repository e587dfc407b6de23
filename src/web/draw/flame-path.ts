// A box's path as text for the address: four characters a frame, told by its name, so that it outlives another order,
// another sample type, and a profile taken later.

import type { FlameBoxes } from '../../core/analysis/flame/boxes.ts'
import type { FlameFrames } from '../../core/engine/workbench/questions/flame-tree.ts'
import { childrenOf, pathTo } from './flame-geometry.ts'

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** 24 bits of FNV-1a over the name, as four characters. */
export function frameCode(name: string, line: number): string {
  let h = 0x811c9dc5
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193)
  if (line > 0) h = Math.imul(h ^ line, 0x01000193)
  h = (h ^ (h >>> 8)) >>> 0
  let out = ''
  for (let k = 0; k < 4; k++) out += DIGITS[(h >>> (6 * k)) & 63]
  return out
}

export class PathCodes {
  private readonly frames: FlameFrames
  private readonly byLine: boolean
  private readonly known: (string | undefined)[] = []

  constructor(frames: FlameFrames, byLine: boolean) {
    this.frames = frames
    this.byLine = byLine
  }

  private code(frame: number): string {
    this.known[frame] ??= frameCode(this.frames.names[frame]!, this.byLine ? this.frames.line[frame]! : 0)
    return this.known[frame]!
  }

  encode(b: FlameBoxes, box: number): string {
    return pathTo(b, box)
      .map((at) => this.code(b.frame[at]!))
      .join('')
  }

  /** The box of a path, or of as much of it as is there; 0, the root, if nothing is. */
  find(b: FlameBoxes, path: string): number {
    let box = 0
    for (let at = 0; at + 4 <= path.length; at += 4) {
      const wanted = path.slice(at, at + 4)
      const { from, to } = childrenOf(b, box)
      let next = from
      while (next < to && this.code(b.frame[next]!) !== wanted) next++
      if (next === to) break
      box = next
    }
    return box
  }
}
