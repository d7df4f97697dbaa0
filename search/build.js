// Builds the two files that ship in the package: the worker that every page loads, which is
// small, and the engine that the worker loads with the first query.
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url))

/** @type {import('esbuild').BuildOptions} */
export const options = {
  entryPoints: { worker: here('src/worker.js'), engine: here('src/main.js') },
  outdir: here('../src/haebom/search/assets'),
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2021',
  charset: 'utf8',
  legalComments: 'none',
}

if (argv[1] === here('build.js')) await build({ ...options, logLevel: 'info' })
