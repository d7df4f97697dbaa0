// A Korean word of a query: a noun with its particle, a verb in any form, a half-typed or
// misspelt word, initial consonants.
import { isInflected, isLongParticle, isTail, isVerbTail } from './grammar.js'
import { LETTER, jamo, open } from './hangul.js'

/** @typedef {import('./concept.js').Concept} Concept */
/** @typedef {import('./concept.js').Concepts} Concepts */

export class Korean {
  /** @param {Concepts} make */
  constructor(make) {
    this.make = make
    this.v = make.v
  }

  /** The longest known noun at the start of a word that only particles or endings follow. @param {string} word */
  base(word) {
    const { v } = this
    for (let length = word.length; length > 0; length--) {
      const a = word.slice(0, length)
      if (!isTail(word.slice(length))) continue
      if (length === 1 && word.length > 2 && !isLongParticle(word.slice(1))) break
      if (!v.has(a) && !v.aliases.has(a)) continue
      // 조사의 may be 조사 + 의, when that is much more common
      for (let shorter = length - 1; shorter >= 2; shorter--) {
        const b = word.slice(0, shorter)
        if (v.has(b) && isTail(word.slice(shorter)) && v.count(b) >= 4 * v.count(a) && !v.aliases.has(a)) return b
      }
      return a
    }
    return null
  }

  /** The verbs that a word may be a form of. @param {string} word @returns {string[]} */
  verbs(word) {
    const { v } = this
    for (let length = Math.min(word.length, 6); length > 0; length--) {
      const rest = word.slice(length)
      if (!isVerbTail(rest)) continue
      if (length === 1 && word.length > 4) break
      const stem = word.slice(0, length)
      const found = v.stems.get(stem)
      if (found) return found
      const opened = open(stem[length - 1])
      const again = opened && v.stems.get(stem.slice(0, -1) + opened)
      if (again) return again
    }
    return []
  }

  /** Cut an unknown word into known pieces, as few as possible, with an optional tail; unknown syllables between them cost most. @param {string} word */
  cut(word) {
    const n = word.length
    /** @type {({ cost: number, pieces: string[] } | null)[]} */
    const best = Array(n + 1).fill(null)
    best[0] = { cost: 0, pieces: [] }
    /** @param {number} at @param {number} cost @param {string[]} pieces */
    const offer = (at, cost, pieces) => {
      const now = best[at]
      if (!now || cost < now.cost) best[at] = { cost, pieces }
    }
    for (let i = 0; i < n; i++) {
      const here = best[i]
      if (!here) continue
      if (i && isTail(word.slice(i))) offer(n, here.cost + 0.1, here.pieces)
      offer(i + 1, here.cost + 2.2, here.pieces)
      for (let size = 1; size <= Math.min(8, n - i); size++) {
        const piece = word.slice(i, i + size)
        if (this.v.has(piece)) offer(i + size, here.cost + 1 + (size === 1 ? 1.5 : 0), [...here.pieces, piece])
      }
    }
    const pieces = best[n]?.pieces.filter((piece) => piece.length > 1) || []
    return pieces.length && pieces.join('').length * 2 >= n ? { pieces, whole: (best[n]?.cost || 9) < pieces.length + 1 } : null
  }

  /** Cut a known compound into two or three known parts. @param {string} word @returns {string[]} */
  partsOf(word) {
    const { v } = this
    /** @type {string[]} */
    let best = []
    /** @param {number} at @param {string[]} row */
    const go = (at, row) => {
      if (at === word.length) {
        if (row.length > 1 && (!best.length || row.length < best.length)) best = row
        return
      }
      for (let size = Math.min(word.length - at, 6); size >= 2; size--) {
        const piece = word.slice(at, at + size)
        if (size < word.length && row.length < 3 && v.has(piece)) go(at + size, [...row, piece])
      }
    }
    go(0, [])
    return best
  }

  /** @param {string} word @param {boolean} last */
  hangul(word, last) {
    if (LETTER.test(word)) return this.letters(word)
    const base = this.base(word)
    if (base) return this.noun(word, base, last)
    const concept = this.verb(word)
    if (!concept) return this.unknown(word, last)
    if (last) this.make.addPrefixes(concept, jamo(word), 0.8)
    return concept
  }

  /** @param {string} word */
  verb(word) {
    const verbs = this.verbs(word)
    const concept = this.make.concept(word, 'verb', verbs[0])
    verbs.forEach((verb, i) => {
      this.make.add(concept, verb, i ? 0.7 : 1)
      this.make.addAliases(concept, verb, i ? 0.5 : 1)
    })
    return concept.terms.size ? concept : null
  }

  /** Initial consonants, or a syllable half typed. @param {string} word */
  letters(word) {
    const { v } = this
    if (/^[ㄱ-ㅎ]{2,}$/.test(word)) {
      const concept = this.make.concept(word, 'initials')
      v.byInitials(word).forEach(([term], i) => {
        this.make.add(concept, term, 1 / (1 + 0.6 * i))
        if (!i) this.make.addAliases(concept, term, 0.8)
      })
      return concept
    }
    const concept = this.make.concept(word, 'prefix')
    this.make.addPrefixes(concept, jamo(word), 1)
    if (!concept.terms.size) this.make.addSlips(concept, [word], true)
    if (!concept.terms.size) {
      const known = this.base(word.replace(/[ㄱ-ㅎㅏ-ㅣ]+/g, ''))
      if (known) {
        this.make.add(concept, known, 1)
        this.make.addAliases(concept, known)
      }
    }
    return concept
  }

  /** @param {string} word @param {string} base @param {boolean} last */
  noun(word, base, last) {
    const { v } = this
    const concept = this.make.concept(word, 'noun', base)
    this.make.add(concept, base, 1)
    this.make.addAliases(concept, base)
    if (base.length >= 4 && !concept.parts.length) concept.parts = this.partsOf(base)
    if (v.count(base) < 2) {
      for (const term of v.hangulSlips(base)) {
        if (term === base || v.count(term) < 4) continue
        this.make.add(concept, term, 0.5)
        this.make.addAliases(concept, term, 0.4)
      }
    }
    if (last && base === word) {
      for (const [term, more] of v.hangulPrefixes(jamo(word), 8)) {
        if (concept.terms.has(term)) continue
        this.make.add(concept, term, 0.45 / (1 + 0.2 * more))
      }
    }
    if (last && base !== word) this.make.addPrefixes(concept, jamo(word), base.length > 1 ? 0.7 : 1)
    const verbs = word.length > base.length ? this.verbs(word) : []
    for (const verb of verbs) if (verb.length > base.length + 1) this.make.add(concept, verb, 1)
    return concept
  }

  /** @param {string} word @param {boolean} last */
  unknown(word, last) {
    const { v } = this
    const cut = this.cut(word)
    const concept = this.make.concept(word, 'prefix')
    if (last) this.make.addPrefixes(concept, jamo(word), 1)
    const strong = [...concept.terms.keys()].some((t) => v.rank(t) > 4)
    if (cut?.whole && !strong) return { ...this.make.concept(word, 'cut'), parts: cut.pieces }
    if (concept.terms.size) return concept
    const bases = [word]
    for (let length = word.length - 1; length >= 2; length--) if (isTail(word.slice(length))) bases.push(word.slice(0, length))
    concept.kind = 'slip'
    const inflected = isInflected(word)
    if (inflected) concept.weight = 0.3
    this.make.addSlips(concept, bases, last)
    if (!inflected && !concept.terms.size) {
      for (const one of bases) {
        const near = one.length >= 3 ? v.soundsLike(one) : []
        for (const term of near) {
          this.make.add(concept, term, concept.terms.size ? 0.5 : 0.9)
          this.make.addAliases(concept, term, 0.5)
        }
        if (near.length) break
      }
    }
    if (!concept.terms.size && !last) this.make.addPrefixes(concept, jamo(word), 0.6)
    if (!concept.terms.size && cut) concept.parts = cut.pieces
    return concept
  }
}
