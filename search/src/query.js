// What a reader typed, cut into concepts.
import { Concepts } from './concept.js'
import { isEmpty, isTail } from './grammar.js'
import { HANGUL, LETTER } from './hangul.js'
import { squash } from './identifiers.js'
import { Korean } from './korean.js'
import { Latin } from './latin.js'

/** @typedef {import('./concept.js').Concept} Concept */
/** @typedef {import('./vocabulary.js').Vocabulary} Vocabulary */

const TOKEN = /#[^\s#]+|[가-힣ㄱ-ㅎㅏ-ㅣ]+|[A-Za-z]\+\+|[Cc]#|[A-Za-z0-9_]+(?:[.\-][A-Za-z0-9_]+)*/g
const isHangul = (/** @type {string} */ token) => /[가-힣ㄱ-ㅎㅏ-ㅣ]/.test(token)

/** @param {string} query */
export function tokens(query) {
  return query.normalize('NFC').match(TOKEN) || []
}

export class Reading {
  /** @param {Vocabulary} vocabulary */
  constructor(vocabulary) {
    this.v = vocabulary
    this.make = new Concepts(vocabulary)
    this.korean = new Korean(this.make)
    this.latin = new Latin(this.make)
  }

  /** Fetch the rare terms that a query may need. @param {string} query */
  async prepare(query) {
    const { v } = this
    await Promise.all(
      tokens(query).map((token) => {
        if (token[0] === '#' || LETTER.test(token)) return
        if (isHangul(token)) {
          if (token.length < 2 || isEmpty(token)) return
          const base = this.korean.base(token)
          if (base && base.length > 1) return
          return v.reach(token.slice(0, token.length > 4 ? 2 : 1), token + '\uffff')
        }
        const key = squash(token)
        return key.length < 2 || v.ids.has(key) ? undefined : v.reach(key, key + '\uffff')
      }),
    )
  }

  /**
   * Read a query.
   * @param {string} query
   * @returns {{ concepts: Concept[], tags: string[] }}
   */
  read(query) {
    /** @type {string[]} */
    const tags = []
    /** @type {string[]} */
    const words = []
    for (const token of tokens(query)) {
      const tag = token[0] === '#' ? squash(token.slice(1)) : ''
      if (tag && this.v.isTag(tag)) tags.push(tag)
      else if (token !== '#') words.push(...(tag ? tokens(token.slice(1)) : [token]))
    }
    /** @type {Concept[]} */
    const concepts = []
    const full = words.filter((w) => !isEmpty(w)).length
    let from = 0
    for (let i = 0; i < words.length; i++) {
      const word = words[i]
      const at = query.normalize('NFC').indexOf(word, from)
      const glued = at > 0 && at === from && i > 0 && !isHangul(words[i - 1])
      from = at + word.length
      if (isHangul(word) && glued && isTail(word)) continue
      if (full > 0 && words.length > 1 && isEmpty(word)) continue
      const joined = isHangul(word) ? this.joinHangul(words, i) : this.joinLatin(words, i)
      if (joined) {
        for (let k = 1; k < joined.size; k++) from = query.normalize('NFC').indexOf(words[i + k], from) + words[i + k].length
        i += joined.size - 1
        concepts.push(joined.concept)
        continue
      }
      const last = i === words.length - 1
      const concept = isHangul(word) ? this.korean.hangul(word, last) : this.latin.latin(word, last)
      if (concept) concepts.push(concept)
    }
    for (const concept of concepts) if (!concept.terms.size && !concept.parts.length) concept.parts = concept.fallback
    return { concepts, tags }
  }

  /** @param {string[]} words @param {number} i @returns {{ size: number, concept: Concept } | null} */
  joinHangul(words, i) {
    for (let size = Math.min(4, words.length - i); size > 1; size--) {
      const some = words.slice(i, i + size)
      if (!some.every((w) => HANGUL.test(w))) continue
      const whole = some.join('')
      const base = this.korean.base(whole)
      if (!base || base.length <= some.slice(0, -1).join('').length) continue
      if (some.some((w) => w.length === 1) && (this.v.rank(base) < 4 || /^[두세네한그이저각번]/.test(some[0]))) continue
      const concept = this.korean.hangul(whole, i + size === words.length)
      if (!concept) continue
      concept.raw = some.join(' ')
      const parts = some.map((w) => this.korean.base(w) || w).filter((w) => this.v.has(w) && w !== base)
      if (parts.length === size) concept.parts = parts
      return { size, concept }
    }
    return null
  }

  /** @param {string[]} words @param {number} i @returns {{ size: number, concept: Concept } | null} */
  joinLatin(words, i) {
    for (let size = Math.min(4, words.length - i); size > 1; size--) {
      const some = words.slice(i, i + size)
      if (some.some(isHangul)) continue
      const spaced = some.join(' ').toLowerCase()
      const glued = squash(some.join(''))
      const concept = this.make.concept(some.join(' '), 'phrase', spaced)
      this.make.add(concept, spaced, 1)
      if (!/^\d/.test(some[size - 1])) this.make.add(concept, glued, 1)
      this.make.addAliases(concept, spaced)
      if (!concept.terms.size && !concept.fallback.length) continue
      this.make.addAliases(concept, glued)
      const parts = some.map(squash).filter((w) => this.v.has(w))
      if (parts.length === size) concept.parts = parts
      return { size, concept }
    }
    return null
  }
}
