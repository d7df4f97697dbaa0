// What build and browser both do must come out alike; tests/search reads the same cases.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { initials, jamo, romanise, skeleton } from '../src/hangul.js'
import { squash, subwords } from '../src/identifiers.js'

const cases = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8'))
const functions = { jamo, initials, romanise, skeleton, squash, subwords }
for (const [name, work] of Object.entries(functions)) {
  test(`${name} as in the build`, () => {
    for (const [input, wanted] of Object.entries(cases[name])) assert.deepEqual(work(input), wanted, input)
  })
}
