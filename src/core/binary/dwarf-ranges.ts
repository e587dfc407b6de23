// Lists of address ranges: .debug_ranges (DWARF 2 to 4) and .debug_rnglists (DWARF 5).

import { DecodeError } from '../base/errors.ts'
import type { Int64Builder } from '../base/int64.ts'
import { DwarfCursor } from './dwarf-cursor.ts'
import type { DwarfSections } from './dwarf-sections.ts'
import type { Unit } from './dwarf-unit.ts'

const FORMAT = 'dwarf'

/** All lists read from one file together; a hostile one could name its longest list from every entry. */
const MAX_RANGES = 1 << 24

export class RangeReader {
  private readonly sections: DwarfSections
  private total = 0
  constructor(sections: DwarfSections) {
    this.sections = sections
  }

  /**
   * Appends the ranges of a list to `low` and `high`. `at` is an offset, or an index into the unit's
   * table if `indexed`. Throws DecodeError.
   */
  read(unit: Unit, base: number, at: number, indexed: boolean, low: Int64Builder, high: Int64Builder): void {
    const before = low.length
    if (unit.version >= 5 && this.sections.has('rnglists')) this.readLists(unit, base, at, indexed, low, high)
    else if (this.sections.has('ranges')) this.readPairs(unit, base, at, low, high)
    this.count(low.length - before)
  }

  private count(n: number): void {
    this.total += n
    if (this.total > MAX_RANGES)
      throw new DecodeError(FORMAT, -1, 'too many address ranges in the debug data')
  }

  private readPairs(unit: Unit, base: number, at: number, low: Int64Builder, high: Int64Builder): void {
    const c = new DwarfCursor(this.sections.get('ranges'), this.sections.little, at)
    const size = unit.addressSize
    // The greatest address says that the next word is a new base.
    const mark = size === 8 ? -1 : 2 ** (8 * size) - 1
    while (c.pos < c.end) {
      const a = c.address(size)
      const b = c.address(size)
      if (a === 0 && b === 0) break
      if (a === mark) base = b
      else {
        low.push(base + a)
        high.push(base + b)
      }
    }
  }

  private readLists(
    unit: Unit,
    base: number,
    at: number,
    indexed: boolean,
    low: Int64Builder,
    high: Int64Builder,
  ): void {
    const section = this.sections.get('rnglists')
    const { little } = this.sections
    const size = unit.addressSize
    let from = at
    if (indexed) {
      const table = new DwarfCursor(section, little, unit.rnglistsBase + at * (unit.wide ? 8 : 4))
      from = unit.rnglistsBase + table.offset(unit.wide)
    }
    const c = new DwarfCursor(section, little, from)
    const indexedAddress = (index: number): number =>
      new DwarfCursor(this.sections.get('addr'), little, unit.addrBase + index * size).address(size)
    const push = (a: number, b: number): void => {
      low.push(a)
      high.push(b)
    }
    for (;;) {
      const kind = c.u8()
      switch (kind) {
        case 0:
          return
        case 1:
          base = indexedAddress(c.uleb())
          break
        case 2: {
          const a = indexedAddress(c.uleb())
          push(a, indexedAddress(c.uleb()))
          break
        }
        case 3: {
          const a = indexedAddress(c.uleb())
          push(a, a + c.uleb())
          break
        }
        case 4: {
          const a = base + c.uleb()
          push(a, base + c.uleb())
          break
        }
        case 5:
          base = c.address(size)
          break
        case 6: {
          const a = c.address(size)
          push(a, c.address(size))
          break
        }
        case 7: {
          const a = c.address(size)
          push(a, a + c.uleb())
          break
        }
        default:
          throw new DecodeError(FORMAT, c.pos, 'an unknown kind of address range')
      }
    }
  }
}
