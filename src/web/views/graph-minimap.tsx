// The whole graph, small, with the part that is seen: a press or a drag goes there.

import type { GraphModel } from '../draw/graph-boxes.ts'
import type { GraphPlaces } from '../draw/graph-layout.ts'
import type { GraphView } from '../draw/graph-view.ts'

const WIDTH = 190
const HEIGHT = 130

export function GraphMinimap(props: {
  readonly model: GraphModel
  readonly places: GraphPlaces
  readonly view: GraphView
  readonly screen: { readonly width: number; readonly height: number }
  readonly onMove: (point: { x: number; y: number }) => void
}) {
  const { model, places, view, screen, onMove } = props
  const k = Math.min(WIDTH / places.width, HEIGHT / places.height)
  const [width, height] = [Math.max(24, places.width * k), Math.max(24, places.height * k)]
  const to = (e: PointerEvent): void => {
    const r = (e.currentTarget as SVGElement).getBoundingClientRect()
    onMove({ x: (e.clientX - r.left) / k, y: (e.clientY - r.top) / k })
  }
  return (
    <svg
      class="minimap"
      width={width}
      height={height}
      aria-hidden="true"
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId)
        to(e)
      }}
      onPointerMove={(e) => e.currentTarget.hasPointerCapture(e.pointerId) && to(e)}
    >
      {model.boxes.map((b, i) => (
        <rect
          key={i}
          class="b"
          x={(places.at[2 * i]! - b.width / 2) * k}
          y={(places.at[2 * i + 1]! - b.height / 2) * k}
          width={Math.max(1, b.width * k)}
          height={Math.max(1, b.height * k)}
        />
      ))}
      <rect
        class="seen"
        x={(-view.x / view.k) * k}
        y={(-view.y / view.k) * k}
        width={(screen.width / view.k) * k}
        height={(screen.height / view.k) * k}
      />
    </svg>
  )
}
