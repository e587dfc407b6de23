// Bitmaps of a graph. The drawing is done by resvg (WebAssembly), at 96 pixels to the inch as Graphviz
// does it.

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { crc32, deflateSync } from 'node:zlib'
import type { BundledFont } from './bundled-font.ts'

export type Bitmap = 'png' | 'gif' | 'jpg'

/** 48 million pixels take some 500 MB to draw and pack. */
const MOST_PIXELS = 48e6
/** Wider or higher pictures are refused by many programs; the formats end at 65535. */
const LONGEST_SIDE = 32767
const PIXELS_PER_POINT = 96 / 72

/** Pixels of a picture, four bytes each: red, green, blue, and opacity (always full). */
interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** A bitmap of the SVG, and by what it had to be made smaller (1 if it is as large as wanted). */
export async function drawBitmap(
  svg: string,
  format: Bitmap,
  font: BundledFont,
): Promise<{ bytes: Uint8Array; scale: number }> {
  const size = /<svg\s+width="([\d.]+)pt"\s+height="([\d.]+)pt"/.exec(svg)
  if (size === null) throw new Error('no SVG of Graphviz')
  const width = Number(size[1]) * PIXELS_PER_POINT
  const height = Number(size[2]) * PIXELS_PER_POINT
  const scale = Math.min(
    1,
    Math.sqrt(MOST_PIXELS / (width * height)),
    LONGEST_SIDE / width,
    LONGEST_SIDE / height,
  )
  const { Resvg, initWasm } = await import('@resvg/resvg-wasm')
  initialized.resvg ??= initWasm(resvgModule())
  await initialized.resvg
  const drawn = new Resvg(svg, {
    font: { fontBuffers: [font.bytes], defaultFontFamily: font.family, serifFamily: font.family },
    // The library takes a point for 96/72 pixels by itself.
    fitTo: { mode: 'zoom', value: scale },
    background: 'white',
  }).render()
  const pixels: Pixels = { data: drawn.pixels, width: drawn.width, height: drawn.height }
  return { bytes: await encoders[format](pixels), scale }
}

/** The library can be initialized only once in a thread. */
const initialized: { resvg?: Promise<void> } = {}

/** The library's compiled part: beside the program, or in its package while that is not built. */
function resvgModule(): Uint8Array<ArrayBuffer> {
  const built = new URL('./assets/resvg.wasm', import.meta.url)
  const path = existsSync(built)
    ? built
    : createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')
  return new Uint8Array(readFileSync(path))
}

const encoders: Readonly<Record<Bitmap, (p: Pixels) => Uint8Array | Promise<Uint8Array>>> = {
  png: encodePng,
  async gif(p) {
    const { GIFEncoder } = await import('gifenc')
    const { indices, palette } = indexed(p)
    const gif = GIFEncoder()
    gif.writeFrame(indices, p.width, p.height, { palette })
    gif.finish()
    return gif.bytes()
  },
  async jpg(p) {
    const { default: jpeg } = await import('jpeg-js')
    return jpeg.encode(p, 90).data
  },
}

/**
 * The picture in its 256 most frequent colours, others going to the nearest. A graph has few colours, in
 * large areas, which a quantizer would mix; the rest are the edges of letters and lines.
 */
function indexed({ data, width, height }: Pixels): { indices: Uint8Array; palette: number[][] } {
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height)
  const count = new Map<number, number>()
  for (let i = 0; i < pixels.length; ) {
    // Most pixels are like the one before.
    const from = i
    const color = pixels[i]!
    while (i < pixels.length && pixels[i] === color) i++
    count.set(color, (count.get(color) ?? 0) + i - from)
  }
  const rgb = (c: number): [number, number, number] => [c & 255, (c >> 8) & 255, (c >> 16) & 255]
  const colors = [...count].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([c]) => c)
  const palette = colors.slice(0, 256).map(rgb)
  const index = new Map<number, number>()
  for (const [i, c] of colors.entries()) index.set(c, i < 256 ? i : nearest(palette, rgb(c)))
  const indices = new Uint8Array(pixels.length)
  for (let i = 0; i < pixels.length; ) {
    const color = pixels[i]!
    const from = i
    while (i < pixels.length && pixels[i] === color) i++
    indices.fill(index.get(color)!, from, i)
  }
  return { indices, palette }
}

function nearest(palette: readonly number[][], [r, g, b]: readonly [number, number, number]): number {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (const [i, p] of palette.entries()) {
    const d = (p[0]! - r) ** 2 + (p[1]! - g) ** 2 + (p[2]! - b) ** 2
    if (d < least) [best, least] = [i, d]
  }
  return best
}

/**
 * PNG without opacity, its rows unfiltered: large areas of one colour pack better so. The library's own
 * encoder takes twice the time and half again the bytes.
 */
function encodePng({ data, width, height }: Pixels): Uint8Array {
  const row = 1 + width * 3
  const rows = new Uint8Array(row * height)
  for (let y = 0, from = 0; y < height; y++) {
    for (let to = y * row + 1, end = (y + 1) * row; to < end; from += 4) {
      rows[to++] = data[from]!
      rows[to++] = data[from + 1]!
      rows[to++] = data[from + 2]!
    }
  }
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, width)
  header.setUint32(4, height)
  header.setUint8(8, 8)
  header.setUint8(9, 2)
  // 96 dots to the inch, in dots to the metre.
  const density = new DataView(new ArrayBuffer(9))
  density.setUint32(0, 3780)
  density.setUint32(4, 3780)
  density.setUint8(8, 1)
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    pngChunk('IHDR', new Uint8Array(header.buffer)),
    pngChunk('pHYs', new Uint8Array(density.buffer)),
    pngChunk('IDAT', deflateSync(rows, { level: 6, chunkSize: 1 << 20 })),
    pngChunk('IEND', new Uint8Array(0)),
  ])
}

function pngChunk(type: string, content: Uint8Array): Uint8Array {
  const out = Buffer.alloc(12 + content.length)
  out.writeUInt32BE(content.length, 0)
  out.write(type, 4, 'latin1')
  out.set(content, 8)
  out.writeUInt32BE(crc32(out.subarray(4, 8 + content.length)), 8 + content.length)
  return out
}
