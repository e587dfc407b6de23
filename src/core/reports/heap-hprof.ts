// What the HPROF encoder needs, from an analysed heap dump.

import type { HeapAnalysis } from '../analysis/heap/analyse.ts'
import { goroutineWords } from '../analysis/heap/describe.ts'
import { HOLDER } from '../analysis/heap/holders.ts'
import type { HprofSource, HprofVariable } from '../formats/heapdump/hprof-encode.ts'

/** Classes of global variables without a name. */
const SEGMENTS = ['go.data', 'go.bss'] as const

const TEXTS = new Set(['string', '[]uint8', '[]int8'])

export function hprofSource(a: HeapAnalysis): HprofSource {
  const { dump, holders, types } = a
  const variables: HprofVariable[] = []
  const frameRoots: (readonly [number, number])[] = []
  const otherRoots: number[] = []
  for (let h = 0; h < holders.count; h++) {
    const kind = holders.kind[h]
    for (let k = holders.start[h]; k < holders.start[h + 1]; k++) {
      const object = holders.target[k]
      if (kind === HOLDER.variable) variables.push(variableOf(a, h, k, object))
      else if (kind === HOLDER.frame || kind === HOLDER.guess) frameRoots.push([holders.of[h], object])
      else otherRoots.push(object)
    }
  }
  frameRoots.sort((x, y) => x[0] - y[0])
  return {
    dump,
    typeOf: (object) => types.of(object),
    typeName: (type) => types.name(type),
    // Texts are better seen as bytes.
    isNamed: (type) => types.isNamed(type) && !TEXTS.has(types.name(type)),
    fieldName: (object, offset) => types.fieldAt(object, offset),
    variables,
    goroutineName: (g) => {
      const { name, state } = goroutineWords(dump, g)
      return `goroutine ${dump.goroutines.id[g]}${state === '' ? '' : ` [${state}]`} ${name}`
    },
    frameRoots,
    otherRoots,
  }
}

function variableOf(a: HeapAnalysis, holder: number, k: number, object: number): HprofVariable {
  const { holders, names } = a
  const offset = holders.targetOffset[k]
  const variable = holders.variable[holder]
  const bss = holders.segment[holder]
  if (variable < 0 || names === undefined)
    return { owner: SEGMENTS[bss], name: `+0x${offset.toString(16)}`, object }
  const full = names.variableName(variable)
  // The package is what stands before the first dot behind the last slash.
  const dot = full.indexOf('.', full.lastIndexOf('/') + 1)
  const field = names.fieldOfVariable(bss === 1 ? 'bss' : 'data', offset)
  return { owner: full.slice(0, Math.max(dot, 0)) || 'go', name: full.slice(dot + 1) + field, object }
}
