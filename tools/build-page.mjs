// Builds dist/web/: the page (chunks that load on first use), its worker, its style sheet and fonts; and
// dist/web/single/, the same as one script each, which `goscope export` puts into a file.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/** Returns {outputFiles, inputs} for files under dist/web. */
export async function buildPage(root) {
  const options = {
    write: false,
    metafile: true,
    absWorkingDir: root,
    outdir: 'dist/web',
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome115', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    // Names of functions and classes are in profiles of the page and in defect reports.
    keepNames: false,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"' },
  }
  const entries = {
    page: 'src/web/main.tsx',
    worker: 'src/web/worker.ts',
    'graph-worker': 'src/web/graph-worker.ts',
  }
  const [served, single, style] = await Promise.all([
    build({ ...options, entryPoints: entries, splitting: true, chunkNames: 'chunks/[name]-[hash]' }),
    build({
      ...options,
      entryPoints: entries,
      outdir: 'dist/web/single',
      format: 'iife',
      loader: { '.woff2': 'empty' },
    }),
    build({
      ...options,
      entryPoints: { page: 'src/web/style/index.css' },
      loader: { '.woff2': 'file' },
      assetNames: '[name]-[hash]',
    }),
  ])
  const html = readFileSync(join(root, 'src/web/page.html'), 'utf8')
    .replace('<!-- head -->', '<link rel="stylesheet" href="page.css">')
    .replace('<!-- scripts -->', '<script type="module" src="page.js"></script>')
  const page = { path: join(root, 'dist/web/page.html'), contents: Buffer.from(html) }
  return {
    outputFiles: [...served.outputFiles, ...single.outputFiles, ...style.outputFiles, page],
    inputs: { ...served.metafile.inputs, ...single.metafile.inputs, ...style.metafile.inputs },
  }
}
