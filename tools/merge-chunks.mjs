// Puts chunks that are always loaded together into one file. A chunk costs Node half a millisecond to find, read and
// link, and esbuild makes one for every set of modules that some commands share: forty for the smallest report.
import { dirname, join, relative } from 'node:path'
import { build } from 'esbuild'

/**
 * Rewrites a split build. `groups` name a file each and the sources of the entry points (dynamic imports) that it is
 * for: it holds all that these import statically, but what an earlier group holds, what `apart` (outputs) reach, and
 * the entry points of the build themselves, which may run code that waits for others.
 */
export async function mergeChunks({ outputFiles, metafile }, { groups, apart, outdir, ...options }) {
  const text = new Map(outputFiles.map((f) => [f.path, f.text]))
  const root = options.absWorkingDir
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, o]) => [join(root, path), o]))
  const reach = (path, seen = new Set()) => {
    if (!outputs.has(path) || seen.has(path)) return seen
    seen.add(path)
    for (const i of outputs.get(path).imports)
      if (i.kind === 'import-statement') reach(join(root, i.path), seen)
    return seen
  }
  const taken = new Set(apart.flatMap((path) => [...reach(join(root, path))]))
  /** Chunk -> the file that holds it, and the prefix of its names there. */
  const home = new Map()
  const merged = new Map()
  for (const { name, entries } of groups) {
    const file = join(root, outdir, 'chunks', `${name}.js`)
    const members = new Set()
    for (const [path, o] of outputs)
      if (entries.includes(o.entryPoint))
        for (const member of reach(path)) if (!taken.has(member)) members.add(member)
    for (const member of members) {
      taken.add(member)
      home.set(member, { file, prefix: `m${home.size}_` })
    }
    merged.set(file, [...members])
  }
  const exported = (path, prefix) =>
    outputs
      .get(path)
      .exports.map((name) => `${name} as ${prefix}${name}`)
      .join(', ')
  /** Bundles `contents` (or a file) with its imports: those of the same file inside, others by their new place. */
  const bundle = async (file, contents, inside) => {
    const { outputFiles } = await build({
      ...options,
      outdir: undefined,
      entryPoints: undefined,
      splitting: false,
      metafile: false,
      write: false,
      outfile: file,
      stdin: { contents, resolveDir: dirname(file), sourcefile: file, loader: 'js' },
      plugins: [
        {
          name: 'merge-chunks',
          setup(b) {
            b.onResolve({ filter: /^merged:/ }, ({ path }) => ({ path: path.slice(7), external: true }))
            b.onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
              const target = join(resolveDir, path)
              if (kind === 'dynamic-import' || (!inside.has(target) && !home.has(target)))
                return { path: between(dirname(file), target), external: true }
              return { path: target, namespace: inside.has(target) ? 'inside' : 'moved' }
            })
            b.onResolve({ filter: /^[^.]/ }, ({ path }) => ({ path, external: true }))
            b.onLoad({ filter: /.*/, namespace: 'inside' }, ({ path }) => ({
              contents: text.get(path),
              resolveDir: dirname(path),
            }))
            b.onLoad({ filter: /.*/, namespace: 'moved' }, ({ path }) => ({
              contents: stub(path, dirname(file)),
              resolveDir: dirname(file),
            }))
          },
        },
      ],
    })
    return outputFiles[0]
  }
  const between = (from, to) => {
    const path = relative(from, to).replaceAll('\\', '/')
    return path.startsWith('.') ? path : `./${path}`
  }
  const stub = (path, from) => {
    const { file, prefix } = home.get(path)
    const names = outputs.get(path).exports.map((name) => `${prefix}${name} as ${name}`)
    return `export { ${names.join(', ')} } from 'merged:${between(from, file)}'`
  }
  const out = []
  for (const [file, members] of merged) {
    const contents = members
      .map((m) => `export { ${exported(m, home.get(m).prefix)} } from '${between(dirname(file), m)}'`)
      .join('\n')
    out.push(await bundle(file, contents, new Set(members)))
  }
  for (const f of outputFiles) {
    const place = home.get(f.path)
    const moved = outputs
      .get(f.path)
      ?.imports.some((i) => i.kind === 'import-statement' && home.has(join(root, i.path)))
    if (place === undefined) out.push(moved ? await bundle(f.path, f.text, new Set()) : f)
    // Somebody may ask for it by its own name.
    else if (outputs.get(f.path).entryPoint !== undefined)
      out.push({
        path: f.path,
        contents: Buffer.from(stub(f.path, dirname(f.path)).replace("'merged:", "'")),
      })
  }
  return out
}
