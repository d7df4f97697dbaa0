// A Latin word of a query: a word in another form, an identifier, or the beginning of one.
import { squash, subwords } from './identifiers.js'

/** @typedef {import('./concept.js').Concept} Concept */
/** @typedef {import('./concept.js').Concepts} Concepts */

export class Latin {
  /** @param {Concepts} make */
  constructor(make) {
    this.make = make
    this.v = make.v
  }

  /** @param {string} word @param {boolean} last */
  latin(word, last) {
    const { v } = this
    const key = squash(word)
    if (!key || /^\d$/.test(key)) return null
    const concept = this.make.concept(word, 'latin', key)
    if (key.includes('.')) {
      this.dotted(concept, key, last)
      if (concept.terms.size) return concept
    }
    this.make.add(concept, key, 1)
    const other = /[^s]s$/.test(key) ? key.slice(0, -1) : `${key}s`
    if (key.length > 2) {
      this.make.add(concept, other, 0.9)
      for (const form of forms(key)) this.make.add(concept, form, 0.6)
    }
    this.make.addAliases(concept, key)
    if (!v.has(key) && !v.aliases.has(key)) this.make.addAliases(concept, other, 0.9)
    const inner = subwords(word)
    if (!v.has(key) && inner.length && inner.every((p) => v.has(p))) concept.parts = inner
    if (last || !concept.terms.size) {
      for (const [term, more] of v.latinPrefixes(key)) {
        if (concept.terms.has(term)) continue
        const sure = (v.has(key) ? 0.35 : 1) / (1 + 0.1 * more)
        this.make.add(concept, term, sure)
        this.make.addAliases(concept, term, sure * 0.6)
      }
    }
    const seen = v.count(key)
    if (!concept.terms.size || (seen > 0 && seen <= 2 && key.length >= 5)) {
      for (const term of v.latinSlips(key)) {
        if (v.count(term) < 8 * seen) continue
        this.make.add(concept, term, 0.9)
        this.make.addAliases(concept, term, 0.8)
      }
    }
    return concept
  }

  /** `torch.nn.Linear`: as a whole, its last two parts, its last part. @param {Concept} concept @param {string} key @param {boolean} last */
  dotted(concept, key, last) {
    const parts = key.split('.')
    let known = this.make.add(concept, key, 1)
    if (parts.length > 2) known = this.make.add(concept, parts.slice(-2).join('.'), 1) || known
    const end = parts[parts.length - 1]
    if (!this.make.add(concept, end, known ? 0.35 : 0.9) && last && end) {
      for (const [term, more] of this.v.latinPrefixes(end)) this.make.add(concept, term, 0.8 / (1 + 0.1 * more))
    }
    if (last && !known) for (const [term, more] of this.v.latinPrefixes(key)) this.make.add(concept, term, 1 / (1 + 0.1 * more))
  }
}

/** Other forms of an English word. @param {string} key */
function forms(key) {
  const stem = key.replace(/(?:izations?|ations?|ings?|ed|es|e|ers?|ors?)$/, '')
  if (stem.length < 4) return []
  return ['', 'e', 'es', 'ing', 'ed', 'er', 'ation', 'ization', 'ize', 'or', 'ion'].map((end) => stem + end).filter((form) => form !== key)
}
