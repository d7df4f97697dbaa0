// The files in the package must be those that these sources make.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { build } from 'esbuild'
import { options } from '../build.js'

test('the shipped files are built from these sources', async () => {
  const { outputFiles } = await build({ ...options, write: false, logLevel: 'silent' })
  for (const { path, text } of outputFiles) assert.equal(readFileSync(path, 'utf8'), text, `${path}: run npm run build`)
})

test('the worker that every page loads stays small', () => {
  assert.ok(readFileSync(new URL('../../src/haebom/search/assets/worker.js', import.meta.url)).length < 2000)
})
