// What a part of a query may mean: the terms that could stand for it, and how surely.
import { isGeneric } from './grammar.js'
import { jamo } from './hangul.js'

/** @typedef {import('./vocabulary.js').Vocabulary} Vocabulary */
/**
 * @typedef {object} Concept
 * @property {string} raw      what was typed
 * @property {string} head     its base form
 * @property {string} kind
 * @property {Map<string, number>} terms  terms that stand for it, with weights from 0 to 1
 * @property {string[]} parts  terms that stand for it together
 * @property {string[]} fallback  parts of an alias, when nothing else is known
 * @property {number} weight   how much it counts
 */

/** Makes concepts and fills them from a vocabulary. */
export class Concepts {
  /** @param {Vocabulary} vocabulary */
  constructor(vocabulary) {
    this.v = vocabulary
  }

  /** @param {string} raw @param {string} kind @param {string} head @returns {Concept} */
  concept(raw, kind, head = raw) {
    const weight = isGeneric(head) || isGeneric(raw) ? 0.25 : kind === 'verb' ? 0.6 : 1
    return { raw, head, kind, terms: new Map(), parts: [], fallback: [], weight }
  }

  /** @param {Concept} concept @param {string} term @param {number} weight */
  add(concept, term, weight) {
    if (!this.v.has(term)) return false
    if (!((concept.terms.get(term) || 0) >= weight)) concept.terms.set(term, weight)
    return true
  }

  /** @param {Concept} concept @param {string} term @param {number} weight */
  addAliases(concept, term, weight = 1) {
    for (const [other, sure] of this.v.aliases.get(term) || []) {
      if (!this.add(concept, other, weight * sure)) this.addPhrase(concept, other, weight * sure)
    }
  }

  /** An alias of several Latin words: written as one, or its words as parts when nothing else is known. @param {Concept} concept @param {string} other @param {number} weight */
  addPhrase(concept, other, weight) {
    if (!other.includes(' ') || this.add(concept, other.replace(/ /g, ''), weight)) return
    const parts = other.split(' ')
    if (!concept.fallback.length && parts.every((p) => this.v.has(p))) concept.fallback = parts
  }

  /** @param {Concept} concept @param {string} typed @param {number} weight */
  addPrefixes(concept, typed, weight) {
    this.v.hangulPrefixes(typed).forEach(([term, more], i) => {
      const sure = weight / (1 + 0.2 * more + 0.25 * i)
      this.add(concept, term, sure)
      if (i < 2) this.addAliases(concept, term, sure * 0.8)
    })
  }

  /** Terms a slip away from one of the words, or whose beginning is. @param {Concept} concept @param {string[]} words @param {boolean} last */
  addSlips(concept, words, last) {
    for (const one of words) {
      const near = this.v.hangulSlips(one)
      if (!near.length && last) near.push(...this.v.hangulPrefixSlips(one))
      near.forEach((term, i) => {
        this.add(concept, term, 0.9 / (1 + 0.5 * i))
        if (i < 2) this.addAliases(concept, term, 0.8 / (1 + 0.5 * i))
      })
      if (near.length) return
    }
  }
}
