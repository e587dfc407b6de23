import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importsOf } from '../kit/imports.ts'
import { root } from '../kit/run-command.ts'
import { rules } from './rules.ts'

const sources = ['src', 'test', 'tools', 'bench']
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const dependencies = new Set(
  Object.keys({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }),
)
const tree = new Map<string, string>()
for (const folder of sources.filter((f) => existsSync(join(root, f)))) {
  for (const entry of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
    const path = `${folder}/${entry.replaceAll('\\', '/')}`
    if (/\.(ts|tsx|mjs)$/.test(path)) tree.set(path, readFileSync(join(root, path), 'utf8'))
  }
}

describe('the house', () => {
  for (const rule of rules) {
    test(rule.title, () => {
      const violations = rule.check(tree, dependencies)
      expect(violations, rule.reason).toEqual([])
    })
  }
})

describe('the rules see what they forbid', () => {
  const base = ['src/core/base/text.ts', 'export const a = 1\n'] as const
  const guilty: Record<string, readonly (readonly [string, string])[]> = {
    'imports go down, or stay in their folder': [
      base,
      ['src/core/base/up.ts', "import type { X } from '../model/x.ts'\n"],
      ['src/core/binary/elf.ts', "export { y } from '../formats/y.ts'\n"],
      ['src/core/analysis/late.ts', "const x = await import('../engine/x.ts')\n"],
      ['src/node/cli.ts', "import { a } from '../web/a.ts'\n"],
      ['src/core/strange/a.ts', ''],
    ],
    'no Node below src/node': [
      ['src/core/base/a.ts', "import { join } from 'node:path'\n"],
      ['src/core/model/b.ts', 'export const cwd = () => process.cwd()\n'],
      ['src/core/model/c.ts', 'export const b = () => Buffer.alloc(1)\n'],
    ],
    'no cycles between files': [
      ['src/core/base/a.ts', "import { b } from './b.ts'\n"],
      ['src/core/base/b.ts', "import type { C } from './c.ts'\n"],
      ['src/core/base/c.ts', "export * from './a.ts'\n"],
      ['src/core/base/self.ts', "import './self.ts'\n"],
    ],
    'relative imports name a file that is there, with its ending': [
      base,
      ['src/core/base/a.ts', "import { a } from './text'\n"],
      ['src/core/base/b.ts', "import { a } from './text.js'\n"],
      ['src/core/base/c.ts', "import { a } from './texts.ts'\n"],
      ['src/core/base/d.ts', 'const a = await import(name)\n'],
    ],
    'only listed packages are imported, and no tools from the product': [
      ['src/core/base/a.ts', "import { x } from 'left-pad/x'\n"],
      ['src/core/base/b.ts', "import { x } from '@some/where'\n"],
      ['src/core/base/c.ts', "import { build } from 'esbuild'\n"],
    ],
    'no default exports': [
      ['src/core/base/a.ts', 'export default 1\n'],
      ['src/core/base/b.ts', 'const a = 1\nexport { a as default }\n'],
    ],
    'no file over 800 lines': [['src/core/base/a.ts', '// About something.\n'.repeat(801)]],
    'files and folders are kebab-case and named for what is in them': [
      ['src/core/base/camelCase.ts', ''],
      ['src/core/base/types.ts', ''],
      ['src/core/utils/a.ts', ''],
    ],
  }
  for (const rule of rules) {
    test(rule.title, () => {
      const files = new Map(guilty[rule.title])
      const seen = rule.check(files, new Set(['esbuild']))
      const innocent = files.has(base[0]) ? 1 : 0
      const cycles = rule.title.startsWith('no cycles')
      expect(seen).toHaveLength(cycles ? 2 : files.size - innocent)
    })
  }

  test('comments, strings and regular expressions are no code', () => {
    const text = [
      "// import { a } from './a.ts'",
      "/* import './b.ts' */",
      ["const c = \"import('./c.ts')\" + `import './d.ts' $", "{await import('./real.ts')} import`"].join(''),
      "const e = /'/.test(x) ? a / b : c / d // import './e.ts'",
      "export { f } from './f.ts'",
      "import { type G } from './g.ts'",
      'import {',
      '  h,',
      "} from './h.ts'",
    ].join('\n')
    expect(importsOf(text)).toEqual([
      { specifier: './real.ts', kind: 'dynamic', line: 3 },
      { specifier: './f.ts', kind: 'static', line: 5 },
      { specifier: './g.ts', kind: 'type', line: 6 },
      { specifier: './h.ts', kind: 'static', line: 9 },
    ])
  })
})
