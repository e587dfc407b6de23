// The program that wrote a dump: what stands at its addresses. Addresses of the dump become those of the file.

import { UserError } from '../../base/errors.ts'
import type { GoTypes, GoVariable } from '../../binary/dwarf-types.ts'
import type { Executable } from '../../binary/executable.ts'
import { sectionNamed } from '../../binary/image.ts'
import { symbolName } from '../../binary/lookup.ts'
import type { HeapDump } from '../../model/heap-dump.ts'

import type { TypeSource } from './typed-objects.ts'

/** Functions that are compared to tell whether this is the program. */
const CHECKED = 64

export class HeapProgram implements TypeSource {
  readonly dump: HeapDump
  readonly exe: Executable
  readonly go: GoTypes | undefined
  /** Address in the process minus that in the file (position-independent executables). */
  readonly slide: number
  private readonly base: number
  private readonly typesStart: number
  private readonly variables: readonly GoVariable[]

  /** Throws UserError if the program is another one. */
  constructor(dump: HeapDump, exe: Executable, go: GoTypes | undefined) {
    this.dump = dump
    this.exe = exe
    this.go = go
    this.base = Number(dump.params.heapStart)
    this.slide = findSlide(dump, exe, this.base)
    const [types] = exe.symbols?.addressesOf('runtime.types') ?? []
    this.typesStart = types ?? sectionNamed(exe.image, '.rodata')?.address ?? 0
    this.variables = go?.variables ?? []
  }

  /** An address of the dump as in the file. */
  fileAddress(address: number): number {
    return this.base + address - this.slide
  }

  functionAt(code: number): string {
    if (Number.isNaN(code)) return ''
    const address = this.fileAddress(code)
    const pcln = this.exe.go?.pcln
    const fn = pcln?.find(address) ?? -1
    return fn >= 0 ? pcln!.name(fn) : symbolName(this.exe, address)
  }

  /** Address in the file of the function that an address of the dump lies in; -1 if unknown. */
  functionStart(code: number): number {
    const pcln = this.exe.go?.pcln
    const fn = pcln?.find(this.fileAddress(code)) ?? -1
    return fn >= 0 ? pcln!.entry[fn] : -1
  }

  /** The variable at a place of a segment and the bytes into it: from debug information, else from the symbols. */
  variableAt(segment: 'data' | 'bss', offset: number): { variable: number; offset: number } | undefined {
    const { dump } = this
    const at = segment === 'data' ? dump.data : dump.bss
    if (at === undefined) return undefined
    const address = this.fileAddress(at.address + offset)
    const typed = this.go?.variableAt(address) ?? -1
    if (typed >= 0) return { variable: typed, offset: address - this.variables[typed].address }
    const { symbols } = this.exe
    const row = symbols?.at(address) ?? -1
    if (row < 0) return undefined
    return { variable: this.variables.length + row, offset: address - symbols!.address[row] }
  }

  variableName(variable: number): string {
    const typed = this.variables[variable]
    return typed?.name ?? this.exe.symbols?.name(variable - this.variables.length) ?? ''
  }

  /** Type by number, -1 if unknown. */
  variableType(variable: number): number {
    return this.variables[variable]?.type ?? -1
  }

  /** Type of a type descriptor of the dump, -1 if unknown. */
  typeAt(descriptor: number): number {
    if (this.go === undefined || Number.isNaN(descriptor)) return -1
    const address = this.fileAddress(descriptor)
    const direct = this.go.typeOfDescriptor(address)
    return direct >= 0 ? direct : this.go.typeOfDescriptor(address - this.typesStart)
  }
}

/** By how much the functions of the dump's stacks lie elsewhere than in the file. Throws UserError if they are others. */
function findSlide(dump: HeapDump, exe: Executable, base: number): number {
  const pcln = exe.go?.pcln
  if (pcln === undefined) throw new UserError('it is no Go program, or its function table is damaged')
  const wanted = new Map<string, number>()
  const { frames, strings } = dump
  for (let f = 0; f < frames.count && wanted.size < CHECKED; f++)
    wanted.set(strings.get(frames.fn[f]), base + frames.entry[f])
  if (wanted.size === 0) return 0
  const slides = new Map<number, number>()
  for (let fn = 0; fn < pcln.count; fn++) {
    const entry = wanted.get(pcln.name(fn))
    if (entry === undefined) continue
    const slide = entry - pcln.entry[fn]
    slides.set(slide, (slides.get(slide) ?? 0) + 1)
  }
  const [best] = [...slides].sort((a, b) => b[1] - a[1])
  if (best === undefined || best[1] < wanted.size / 2) {
    throw new UserError(
      `it is not the program that wrote the dump (${dump.params.version || 'of another build'}): ` +
        `${best === undefined ? 'none' : `only ${best[1]}`} of ${wanted.size} functions on its stacks lie where the binary has them`,
    )
  }
  return best[0]
}
