// Which part of a picture is seen: a scale, and where the picture's corner is on the screen.

export interface GraphView {
  readonly k: number
  readonly x: number
  readonly y: number
}

export const LEAST_ZOOM = 0.05
export const MOST_ZOOM = 4
/** Smaller than this nobody reads: then a part is shown. */
const READABLE = 0.62
/** How large that part is, and how far down the screen its point. */
const PART = 0.85
const DOWN = 0.2
const EDGE = 16

/** The whole picture, no larger than life; of one too large to be read, the part around a point. */
export function fitView(
  picture: { readonly width: number; readonly height: number },
  screen: { readonly width: number; readonly height: number },
  around?: { readonly x: number; readonly y: number },
): GraphView {
  const room = (v: number): number => Math.max(1, v - 2 * EDGE)
  const k = Math.min(room(screen.width) / picture.width, room(screen.height) / picture.height, 1)
  if (k < READABLE && around !== undefined) {
    const v = centred(PART, around, screen)
    return filled({ ...v, y: screen.height * DOWN - around.y * PART }, picture, screen)
  }
  return centred(Math.max(LEAST_ZOOM, k), { x: picture.width / 2, y: picture.height / 2 }, screen)
}

/** With a point of the picture in the middle. */
export function centred(
  k: number,
  point: { readonly x: number; readonly y: number },
  screen: { readonly width: number; readonly height: number },
): GraphView {
  return { k, x: screen.width / 2 - point.x * k, y: screen.height / 2 - point.y * k }
}

/** The view without room beside the picture that it could fill. */
export function filled(
  v: GraphView,
  picture: { readonly width: number; readonly height: number },
  screen: { readonly width: number; readonly height: number },
): GraphView {
  const inside = (at: number, size: number, room: number): number =>
    size + 2 * EDGE <= room ? at : Math.min(EDGE, Math.max(room - size - EDGE, at))
  return {
    k: v.k,
    x: inside(v.x, picture.width * v.k, screen.width),
    y: inside(v.y, picture.height * v.k, screen.height),
  }
}

/** Closer or further away; the point of the screen stays where it is. */
export function zoomed(
  v: GraphView,
  factor: number,
  at: { readonly x: number; readonly y: number },
): GraphView {
  const k = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, v.k * factor))
  const f = k / v.k
  return { k, x: at.x - (at.x - v.x) * f, y: at.y - (at.y - v.y) * f }
}

/** Whether a rectangle of the picture is wholly seen. */
export function isSeen(
  v: GraphView,
  r: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  screen: { readonly width: number; readonly height: number },
): boolean {
  const [left, top] = [r.x * v.k + v.x, r.y * v.k + v.y]
  return (
    left >= 0 && top >= 0 && left + r.width * v.k <= screen.width && top + r.height * v.k <= screen.height
  )
}

/** As text for the address, and back. */
export function viewText(v: GraphView): string {
  return `${Number(v.k.toPrecision(4))},${Math.round(v.x)},${Math.round(v.y)}`
}

export function parseView(text: string): GraphView | undefined {
  const m = /^(\d+(?:\.\d+)?),(-?\d+),(-?\d+)$/.exec(text)
  if (m === null) return undefined
  const k = Number(m[1])
  return k >= LEAST_ZOOM && k <= MOST_ZOOM ? { k, x: Number(m[2]), y: Number(m[3]) } : undefined
}
