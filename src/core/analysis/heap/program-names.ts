import type { HeapNames } from './analyse.ts'
import type { HeapProgram } from './program.ts'
import { fieldName } from './type-fields.ts'
import { coveringLocal, frameLocals } from './typed-objects.ts'

/** Names of variables, functions and fields from the program that wrote the dump. */
export function programNames(program: HeapProgram): HeapNames {
  const { go, dump } = program
  return {
    variableAt: (segment, offset) => program.variableAt(segment, offset)?.variable ?? -1,
    variableName: (variable) => program.variableName(variable),
    functionAt: (code) => program.functionAt(code),
    fieldOfVariable: (segment, offset) => {
      const place = program.variableAt(segment, offset)
      const type = place === undefined ? -1 : program.variableType(place.variable)
      return place === undefined || type < 0 || go === undefined ? '' : fieldName(go, type, place.offset)
    },
    localAt: (frame, offset) => {
      if (go === undefined) return ''
      const at = offset - dump.frames.size[frame]
      const found = coveringLocal(go, frameLocals(program, go, frame), at)
      return found === undefined ? '' : ` ${found.local.name}${fieldName(go, found.local.type, found.offset)}`
    },
  }
}
