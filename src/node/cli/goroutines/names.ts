import type { FrameOrigins } from '../../../core/analysis/goroutines/code.ts'
import type { Goroutines } from '../../../core/model/goroutines.ts'
import { safeName } from '../people/style.ts'
import type { Cell } from '../people/table.ts'

/** `main.go:29` with the last folder, as short as it still says where. */
export function placeText(g: Goroutines, frame: number): string {
  const file = g.strings.get(g.frames.file[frame]!)
  if (file === '') return ''
  const parts = file.split('/')
  const short = parts.length > 2 ? parts.slice(-2).join('/') : file
  return safeName(`${short}:${g.frames.line[frame]}`)
}

/** The whole path and line. */
export function fullPlace(g: Goroutines, frame: number): string {
  const file = g.strings.get(g.frames.file[frame]!)
  return file === '' ? '' : safeName(`${file}:${g.frames.line[frame]}`)
}

export function functionName(g: Goroutines, frame: number): string {
  return frame === 0 ? '' : safeName(g.strings.get(g.frames.fn[frame]!))
}

/** A function in the tone of whose it is. */
export function functionCell(g: Goroutines, frame: number, origins: FrameOrigins): Cell {
  return { text: functionName(g, frame), tone: origins.isUser(frame) ? 'strong' : origins.of(frame) }
}
