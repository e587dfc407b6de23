// Conditions on a live program: `goroutines > 5000 || heap_inuse > 1GiB && !(cpu < 80%)`.
//
// Read by precedence with two stacks (no recursion, one pass), so time and memory are linear in the text.

import { UserError } from '../base/errors.ts'

/** What a value measures. 'number' is not known, or has no unit, and goes with everything. */
export type Dimension = 'number' | 'count' | 'bytes' | 'seconds' | 'share'

export interface Variable {
  readonly dimension: Dimension
  /** Where it is read: this decides what a look at the program costs. */
  readonly from: 'index' | 'memstats' | 'process' | 'vars' | 'metrics'
  readonly what: string
}

/** What conditions can be about. */
export const VARIABLES: Readonly<Record<string, Variable>> = {
  goroutines: { dimension: 'count', from: 'index', what: 'goroutines' },
  heap_alloc: {
    dimension: 'bytes',
    from: 'memstats',
    what: 'objects of the heap, live or not collected yet',
  },
  heap_inuse: { dimension: 'bytes', from: 'memstats', what: 'spans of the heap that hold objects' },
  heap_idle: { dimension: 'bytes', from: 'memstats', what: 'spans that hold none' },
  heap_released: { dimension: 'bytes', from: 'memstats', what: 'of these, what was returned to the system' },
  heap_objects: { dimension: 'count', from: 'memstats', what: 'objects of the heap' },
  stack_inuse: { dimension: 'bytes', from: 'memstats', what: 'stacks of goroutines' },
  next_gc: { dimension: 'bytes', from: 'memstats', what: 'size at which the heap is collected next' },
  sys: { dimension: 'bytes', from: 'memstats', what: 'memory that the runtime has from the system' },
  alloc_rate: { dimension: 'bytes', from: 'memstats', what: 'allocated in a second, between two looks' },
  gc_rate: { dimension: 'count', from: 'memstats', what: 'collections in a second, between two looks' },
  gc_cpu: {
    dimension: 'share',
    from: 'memstats',
    what: 'share of the processors for collecting, since the start',
  },
  gc_pause: { dimension: 'seconds', from: 'memstats', what: 'the newest pause' },
  cpu: { dimension: 'share', from: 'process', what: 'share of the processors that it may use, 100% is all' },
  cores: { dimension: 'count', from: 'process', what: 'processors in use' },
  rss: { dimension: 'bytes', from: 'process', what: 'resident memory' },
  threads: { dimension: 'count', from: 'process', what: 'threads' },
  files: { dimension: 'count', from: 'process', what: 'open files' },
}

/** A variable by name: one of VARIABLES, `vars.NAME.NAME` of expvar, or `metrics.NAME` of Prometheus. */
export function variableOf(name: string): Variable | undefined {
  if (Object.hasOwn(VARIABLES, name)) return VARIABLES[name]
  if (/^vars\.[\w.]+$/.test(name))
    return { dimension: 'number', from: 'vars', what: 'a number of /debug/vars' }
  if (/^metrics\.\w+$/.test(name))
    return { dimension: 'number', from: 'metrics', what: 'a metric of /metrics, summed up' }
  return undefined
}

type Operator = '||' | '&&' | '!' | '>' | '>=' | '<' | '<=' | '==' | '!='

type Step =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'operator'; readonly operator: Operator }

export interface Condition {
  readonly text: string
  /** Variables that it needs. */
  readonly names: readonly string[]
  /** Whether it holds. A comparison with a value that is not known (NaN, or not there) does not. */
  holds(values: ReadonlyMap<string, number>): boolean
}

const RANK: Readonly<Record<Operator, number>> = {
  '||': 1,
  '&&': 2,
  '>': 3,
  '>=': 3,
  '<': 3,
  '<=': 3,
  '==': 3,
  '!=': 3,
  '!': 4,
}

const UNITS: Readonly<Record<string, readonly [factor: number, dimension: Dimension]>> = {
  '%': [0.01, 'share'],
  ns: [1e-9, 'seconds'],
  us: [1e-6, 'seconds'],
  µs: [1e-6, 'seconds'],
  ms: [1e-3, 'seconds'],
  s: [1, 'seconds'],
  min: [60, 'seconds'],
  h: [3600, 'seconds'],
  B: [1, 'bytes'],
  kB: [1e3, 'bytes'],
  KB: [1e3, 'bytes'],
  MB: [1e6, 'bytes'],
  GB: [1e9, 'bytes'],
  TB: [1e12, 'bytes'],
  KiB: [2 ** 10, 'bytes'],
  MiB: [2 ** 20, 'bytes'],
  GiB: [2 ** 30, 'bytes'],
  TiB: [2 ** 40, 'bytes'],
  k: [1e3, 'count'],
  M: [1e6, 'count'],
  G: [1e9, 'count'],
}

const LONGEST = 4096

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?)(?<unit>%|[A-Za-zµ]+)?|(?<name>[A-Za-z_][\w.]*)|(?<sign>\|\||&&|>=|<=|==|!=|[()<>!]))/y

/** Understands a condition. Throws UserError that says where. */
export function parseCondition(text: string): Condition {
  const reader = new Reader(text)
  const steps = reader.all()
  return { text, names: [...reader.names], holds: (values) => holds(steps, values) }
}

/** What an operand is: a truth, or a number of a dimension. */
type Type = Dimension | 'truth'

class Reader {
  readonly names = new Set<string>()
  private readonly text: string
  private readonly steps: Step[] = []
  private readonly types: Type[] = []
  private readonly operators: { readonly sign: Operator | '('; readonly at: number }[] = []
  /** Whether a value has to come next. */
  private wants = true

  constructor(text: string) {
    this.text = text
  }

  all(): readonly Step[] {
    const { text } = this
    if (text.length > LONGEST) throw new UserError(`the condition is longer than ${LONGEST} characters`)
    TOKEN.lastIndex = 0
    let at = 0
    const end = text.trimEnd().length
    while (at < end) {
      TOKEN.lastIndex = at
      const m = TOKEN.exec(text)
      if (m?.groups === undefined)
        throw this.wrong(at + /^\s*/.exec(text.slice(at))![0].length, 'is not understood')
      const start = TOKEN.lastIndex - m[0].trimStart().length
      at = TOKEN.lastIndex
      const { number, unit, name, sign } = m.groups
      if (sign !== undefined) this.sign(sign, start)
      else this.value(number, unit, name, start)
    }
    if (this.wants) throw this.wrong(at, this.steps.length === 0 ? 'holds no condition' : 'ends early')
    while (this.operators.length > 0) {
      const top = this.operators.at(-1)!
      if (top.sign === '(') throw this.wrong(top.at, 'opens a parenthesis that is not closed')
      this.reduce()
    }
    if (this.types[0] !== 'truth')
      throw this.wrong(0, 'compares nothing: say more or less than what, such as goroutines > 5000')
    return this.steps
  }

  private value(
    number: string | undefined,
    unit: string | undefined,
    name: string | undefined,
    at: number,
  ): void {
    if (!this.wants) throw this.wrong(at, 'wants an operator in front: && || > < == and so on')
    this.wants = false
    if (number !== undefined) {
      const known =
        unit === undefined ? ([1, 'number'] as const) : Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined
      if (known === undefined)
        throw this.wrong(at, `has a unit that is not known (${unit}): ${Object.keys(UNITS).join(' ')}`)
      this.steps.push({ kind: 'number', value: Number(number) * known[0] })
      this.types.push(known[1])
      return
    }
    const variable = variableOf(name!)
    if (variable === undefined)
      throw this.wrong(
        at,
        `names nothing that is known (${name}): ${Object.keys(VARIABLES).join(', ')}, vars.NAME, metrics.NAME`,
      )
    this.names.add(name!)
    this.steps.push({ kind: 'name', name: name! })
    this.types.push(variable.dimension)
  }

  private sign(sign: string, at: number): void {
    if (sign === '(' || sign === '!') {
      if (!this.wants) throw this.wrong(at, 'wants an operator in front: && or ||')
      this.operators.push({ sign, at })
      return
    }
    if (this.wants) throw this.wrong(at, 'wants a value in front')
    if (sign === ')') {
      while (this.operators.length > 0 && this.operators.at(-1)!.sign !== '(') this.reduce()
      if (this.operators.pop() === undefined) throw this.wrong(at, 'closes a parenthesis that was not opened')
      return
    }
    const operator = sign as Operator
    for (;;) {
      const top = this.operators.at(-1)
      if (top === undefined || top.sign === '(' || RANK[top.sign] < RANK[operator]) break
      this.reduce()
    }
    this.operators.push({ sign: operator, at })
    this.wants = true
  }

  /** Takes the top operator with its operands: types are checked, and it becomes a step. */
  private reduce(): void {
    const { sign, at } = this.operators.pop()!
    const operator = sign as Operator
    const right = this.types.pop()!
    this.steps.push({ kind: 'operator', operator })
    if (operator === '!') {
      if (right !== 'truth')
        throw this.wrong(at, 'negates what is no comparison: put it in parentheses, !(a > b)')
      this.types.push('truth')
      return
    }
    const left = this.types.pop()!
    const logical = operator === '&&' || operator === '||'
    if (logical !== (left === 'truth') || logical !== (right === 'truth'))
      throw this.wrong(at, logical ? 'joins what is no comparison' : 'compares what is no number')
    if (!logical && left !== right && left !== 'number' && right !== 'number')
      throw this.wrong(at, `compares ${WORDS[left as Dimension]} with ${WORDS[right as Dimension]}`)
    this.types.push('truth')
  }

  private wrong(at: number, what: string): UserError {
    const here = this.text.slice(at, at + 20)
    return new UserError(`the condition ${what}, at character ${at + 1}${here === '' ? '' : ` ("${here}")`}`)
  }
}

const WORDS: Readonly<Record<Dimension, string>> = {
  number: 'a number',
  count: 'a count',
  bytes: 'a size',
  seconds: 'a time',
  share: 'a share',
}

function holds(steps: readonly Step[], values: ReadonlyMap<string, number>): boolean {
  // Truths are 1 and 0.
  const stack: number[] = []
  for (const step of steps) {
    if (step.kind === 'number') stack.push(step.value)
    else if (step.kind === 'name') stack.push(values.get(step.name) ?? Number.NaN)
    else {
      const right = stack.pop()!
      if (step.operator === '!') stack.push(right === 0 ? 1 : 0)
      else stack.push(apply(step.operator, stack.pop()!, right) ? 1 : 0)
    }
  }
  return stack[0] === 1
}

function apply(operator: Exclude<Operator, '!'>, a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return false
  switch (operator) {
    case '&&':
      return a === 1 && b === 1
    case '||':
      return a === 1 || b === 1
    case '>':
      return a > b
    case '>=':
      return a >= b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '==':
      return a === b
    case '!=':
      return a !== b
  }
}
