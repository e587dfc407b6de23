// Builds dist/: the command line (split into chunks that load on first use), the two
// libraries and their type declarations. Runs by itself on `npm install` (prepare).
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const at = (...parts) => join(root, ...parts)

rmSync(at('dist'), { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: {
    cli: 'src/node/cli/main.ts',
    index: 'src/core/index.ts',
    node: 'src/node/index.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
  // Whitespace is parse time on every start; names are kept for profiles and defect reports.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
})

const types = spawnSync(
  process.execPath,
  [at('node_modules', 'typescript', 'bin', 'tsc'), '-b', at('src', 'node')],
  { stdio: 'inherit' },
)
process.exit(types.status ?? 1)
