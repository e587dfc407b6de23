// Transforms in the address: `focus:main.f~hide:runtime.g`, names percent-encoded where they hold a separator.

import { TRANSFORM_OPS, type Transform, type TransformOp } from '../core/engine/workbench/transforms.ts'

export function decodeTransforms(text: string): Transform[] {
  return text.split('~').flatMap((part) => {
    const cut = part.indexOf(':')
    const op = TRANSFORM_OPS.find((o): o is TransformOp => o === part.slice(0, cut))
    return op === undefined ? [] : [{ op, name: decodeURIComponent(part.slice(cut + 1)) }]
  })
}

export function encodeTransforms(list: readonly Transform[]): string {
  return list
    .map((t) => `${t.op}:${t.name.replace(/[%~]/g, encodeURIComponent).replaceAll('~', '%7E')}`)
    .join('~')
}
