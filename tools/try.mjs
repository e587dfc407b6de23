// `npm run try`: the first look. Shows where the example's time goes, names more to try and, where somebody sits at a
// terminal, opens the page.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
if (!existsSync(join(root, 'dist', 'cli.js'))) {
  spawnSync(process.execPath, [join(root, 'tools', 'build.mjs')], { stdio: 'inherit' })
}
const shown = ['bin/goscope.js', 'top', 'examples/orders/go1.26/cpu.pb.gz']
console.log(`$ node ${shown.join(' ')}\n`)
const { status } = spawnSync(process.execPath, shown, { cwd: root, stdio: 'inherit' })
console.log(`
More to try (the program behind these files: examples/orders/main.go):

  node bin/goscope.js open examples/orders/go1.26
  node bin/goscope.js doctor examples/orders/go1.26
  node bin/goscope.js flame examples/orders/go1.26/cpu.pb.gz
  node bin/goscope.js peek main.validSKU examples/orders/go1.26/allocs.pb.gz
  node bin/goscope.js diff examples/orders/go1.26/heap-t1.pb.gz examples/orders/go1.26/heap-t2.pb.gz
  node bin/goscope.js help
`)
// Scripts are not to wait for somebody who ends the server.
if (status !== 0 || !process.stdout.isTTY || process.env.CI) process.exit(status ?? 1)
console.log('The page of all these files is served until Ctrl-C; if no browser opens, this is its address:\n')
const page = spawnSync(process.execPath, ['bin/goscope.js', 'open', 'examples/orders/go1.26'], {
  cwd: root,
  stdio: 'inherit',
})
process.exit(page.status ?? 1)
