/** Tasks that began and did not end, by row + 1 of the trace's tasks (row -1 is a task as well). */
export class ActiveTasks {
  /** Row of the parent (-1 = none) + 2; 0 = not active. */
  private parents = new Int32Array(256)
  private names = new Int32Array(256)

  isActive(row: number): boolean {
    return row + 1 < this.parents.length && this.parents[row + 1] !== 0
  }

  /** Row of the parent that an active task was given. */
  parent(row: number): number {
    return this.parents[row + 1] - 2
  }

  /** Name that an active task was given: a string of the trace's table. */
  name(row: number): number {
    return this.names[row + 1]
  }

  begin(row: number, parent: number, name: number): void {
    if (row + 1 >= this.parents.length) this.grow(row + 2)
    this.parents[row + 1] = parent + 2
    this.names[row + 1] = name
  }

  end(row: number): void {
    if (row + 1 < this.parents.length) this.parents[row + 1] = 0
  }

  clear(): void {
    this.parents.fill(0)
  }

  private grow(least: number): void {
    const capacity = Math.max(least, this.parents.length * 2)
    const parents = new Int32Array(capacity)
    parents.set(this.parents)
    this.parents = parents
    const names = new Int32Array(capacity)
    names.set(this.names)
    this.names = names
  }
}
