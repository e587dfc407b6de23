import { GrowU32 } from '../../../base/grow.ts'
import type { Int } from '../../../base/int64.ts'
import { displayable } from '../../../base/utf8.ts'
import type { TraceTables } from '../../../model/trace.ts'

/**
 * Stacks as a prefix tree from the root frame, as viewers want them: one node per path of pcs.
 * Nodes count from 1 in the order of their first use; 0 is no stack.
 */
export class ViewerFrames {
  /** Node -> the node of its caller, 0 at the root; its frame (row of the trace's stacks). */
  readonly parent = new GrowU32(256)
  private readonly frame = new GrowU32(256)
  private readonly children = new Map<number, number>()
  private readonly pcs = new Map<Int, number>()
  /** Stack row -> node + 1, 0 = not yet asked for. */
  private readonly nodes = new GrowU32(256)
  private tables: TraceTables | undefined

  constructor() {
    this.parent.push(0)
    this.frame.push(0)
  }

  /** Number of nodes, 0 included. */
  get count(): number {
    return this.parent.length
  }

  /** Set before the first `node`. */
  use(tables: TraceTables): void {
    this.tables = tables
  }

  /** The node of a stack row's leaf, 0 for row 0 and for stacks without frames. */
  node(stack: number): number {
    if (stack <= 0 || stack >= (this.tables?.stacks.count ?? 0)) return 0
    while (this.nodes.length <= stack) this.nodes.push(0)
    const known = this.nodes.a[stack]
    if (known !== 0) return known - 1
    const node = this.add(stack)
    this.nodes.a[stack] = node + 1
    return node
  }

  /** "function:line" of a node. */
  name(node: number): string {
    if (this.tables === undefined) return ''
    const { stacks, strings } = this.tables
    const frame = this.frame.a[node]
    return `${displayable(strings.get(stacks.fn.a[frame]))}:${stacks.line[frame]}`
  }

  private add(stack: number): number {
    if (this.tables === undefined) return 0
    const { stacks } = this.tables
    let node = 0
    for (let i = stacks.start.a[stack + 1] - 1; i >= stacks.start.a[stack]; i--) {
      const frame = stacks.frame.a[i]
      const pc = stacks.pc[frame]
      let number = this.pcs.get(pc)
      if (number === undefined) {
        number = this.pcs.size
        this.pcs.set(pc, number)
      }
      const key = node * MAX_PCS + number
      let child = this.children.get(key)
      if (child === undefined) {
        child = this.count
        this.children.set(key, child)
        this.parent.push(node)
        this.frame.push(frame)
      }
      node = child
    }
    return node
  }
}

/** More pcs than a trace can hold; times the number of nodes it must stay below 2^53. */
const MAX_PCS = 2 ** 26
