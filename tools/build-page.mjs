// Builds dist/web/: the page (chunks that load on first use), its worker, its style sheet and fonts; and
// dist/web/single/, the same as one script each, which `goscope export` puts into a file.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { mergeChunks } from './merge-chunks.mjs'

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
  /**
   * A program in chunks that load on first use; what is wanted at the start, or together, is in one file: a page
   * that asks for forty small ones waits forty times. Page and worker share nothing, or one would load the other.
   */
  const inChunks = async (entryPoints, groups) => {
    const all = { ...options, entryPoints, splitting: true, chunkNames: 'chunks/[name]-[hash]' }
    const built = await build(all)
    const merged = await mergeChunks(built, { ...all, apart: [], groups })
    return { outputFiles: merged, metafile: built.metafile }
  }
  const question = (name) => `src/core/engine/workbench/questions/${name}.ts`
  const [page, worker, others, single, style] = await Promise.all([
    inChunks({ page: entries.page }, [
      { name: 'main', entries: [entries.page] },
      { name: 'first-views', entries: ['flame', 'top', 'findings'].map((v) => `src/web/views/${v}.tsx`) },
    ]),
    inChunks({ worker: entries.worker }, [
      {
        name: 'work',
        entries: [
          entries.worker,
          ...['files', 'profiles', 'profile-head', 'profile-functions', 'flame-tree'].map(question),
        ],
      },
    ]),
    build({
      ...options,
      entryPoints: { 'graph-worker': entries['graph-worker'], early: 'src/web/early.ts' },
    }),
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
    .replace(
      '<!-- head -->',
      '<link rel="modulepreload" href="chunks/main.js">\n<link rel="stylesheet" href="page.css">',
    )
    .replace(
      '<!-- scripts -->',
      '<script type="module" src="early.js"></script>\n<script type="module" src="page.js"></script>',
    )
  const builds = [page, worker, others, single, style]
  return {
    outputFiles: [
      ...builds.flatMap((b) => b.outputFiles),
      { path: join(root, 'dist/web/page.html'), contents: Buffer.from(html) },
    ],
    inputs: Object.assign({}, ...builds.map((b) => b.metafile.inputs)),
  }
}
