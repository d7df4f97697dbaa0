import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Near, distance } from '../src/distance.js'

/** The textbook matrix, to compare with. @param {string} a @param {string} b */
function slow(a, b) {
  const d = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => (i ? (j ? 0 : i) : j)))
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      d[i][j] = Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1)
    }
  }
  return d[a.length][b.length]
}

let state = 1
const random = (/** @type {number} */ n) => (state = (state * 48271) % 2147483647) % n
const word = () => Array.from({ length: 2 + random(6) }, () => 'ㄱㄴㄷㅏㅓ'[random(5)]).join('')

test('the banded distance equals the textbook one, up to its limit', () => {
  for (let i = 0; i < 2000; i++) {
    const [a, b] = [word(), word()]
    assert.equal(distance(a, b, 2), Math.min(3, slow(a, b)), `${a} ${b}`)
  }
})

test('looking among words of like length and letters misses none', () => {
  const words = [...new Set(Array.from({ length: 400 }, word))]
  const near = new Near(words)
  for (let i = 0; i < 100; i++) {
    const typed = word()
    const found = near.find(typed, 1).map(([n]) => words[n]).sort()
    assert.deepEqual(found, words.filter((w) => slow(typed, w) <= 1).sort(), typed)
  }
})
