// How many slips lie between two words.

/**
 * Edits (insert, drop, replace, swap neighbours) between `a` and `b`, or `max + 1` when more.
 * @param {string} a @param {string} b @param {number} max
 */
export function distance(a, b, max) {
  const n = a.length
  const m = b.length
  if (Math.abs(n - m) > max) return max + 1
  /** @type {number[]} */
  let before = []
  let row = Array.from({ length: m + 1 }, (_, j) => j)
  for (let i = 1; i <= n; i++) {
    const next = [i]
    let least = i
    for (let j = 1; j <= m; j++) {
      let v = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) v = Math.min(v, before[j - 2] + 1)
      next[j] = v
      if (v < least) least = v
    }
    if (least > max) return max + 1
    before = row
    row = next
  }
  return Math.min(row[m], max + 1)
}

/** One bit for each letter (folded to 31), to pass over words that share too few. @param {string} text */
export function signature(text) {
  let bits = 0
  for (let i = 0; i < text.length; i++) bits |= 1 << text.charCodeAt(i) % 31
  return bits
}

/** @param {number} n */
export function ones(n) {
  n -= (n >> 1) & 0x55555555
  n = (n & 0x33333333) + ((n >> 2) & 0x33333333)
  return (((n + (n >> 4)) & 0x0f0f0f0f) * 0x01010101) >> 24
}

/** Words sorted by length, so that a slip is looked for among few of them. */
export class Near {
  /** @param {string[]} words */
  constructor(words) {
    this.words = words
    this.signs = Int32Array.from(words, signature)
    /** @type {number[][]} */
    this.sizes = []
    words.forEach((word, i) => (this.sizes[word.length] ||= []).push(i))
  }

  /** The words at most `max` slips away, with how many. @param {string} typed @param {number} max @returns {[number, number][]} */
  find(typed, max) {
    /** @type {[number, number][]} */
    const out = []
    if (!max) return out
    const sign = signature(typed)
    for (let size = typed.length - max; size <= typed.length + max; size++) {
      for (const i of this.sizes[size] || []) {
        if (ones(sign ^ this.signs[i]) > 2 * max) continue
        const d = distance(typed, this.words[i], max)
        if (d <= max) out.push([i, d])
      }
    }
    return out
  }

  /** The longer words whose beginning is one slip away. @param {string} typed */
  beginnings(typed) {
    const sign = signature(typed)
    /** @type {number[]} */
    const out = []
    for (let i = 0; i < this.words.length; i++) {
      const word = this.words[i]
      if (word.length <= typed.length || word[0] !== typed[0] || ones(sign & ~this.signs[i]) > 1) continue
      for (let size = typed.length - 1; size <= typed.length + 1; size++) {
        if (distance(typed, word.slice(0, size), 1) > 1) continue
        out.push(i)
        break
      }
    }
    return out
  }
}
