// From a query to Material's result items.
import { Excerpts } from './excerpt.js'
import { Reading } from './query.js'
import { rank } from './ranking.js'
import { Vocabulary } from './vocabulary.js'
import { base64, utf8 } from './codec.js'

/** @typedef {import('./vocabulary.js').Get} Get */
/** @typedef {[string, string, string[], [string, string, string, string][]]} Fragment */

export class Engine {
  /** @param {Get} get @param {Vocabulary} vocabulary */
  constructor(get, vocabulary) {
    this.get = get
    this.vocabulary = vocabulary
    this.reading = new Reading(vocabulary)
    this.names = vocabulary.fragments()
    /** @type {Map<number, Promise<Fragment>>} */
    this.fragments = new Map()
    const { manifest } = vocabulary
    const lengths = base64(manifest.lengths)
    this.corpus = {
      pages: manifest.pages,
      average: manifest.average || 1,
      length: (/** @type {number} */ page) => 2 ** (lengths[page] / 16) - 1,
      boost: (/** @type {number} */ page) => manifest.boosts[page] || 1,
    }
  }

  /** @param {Get} get @param {string} manifest */
  static async load(get, manifest) {
    return new Engine(get, await Vocabulary.load(get, manifest))
  }

  /** The best pages for a query. @param {string} query @param {number} limit */
  async rank(query, limit = 10) {
    await this.reading.prepare(query)
    const { concepts, tags } = this.reading.read(query)
    const needed = new Set(tags)
    for (const { terms, parts } of concepts) {
      for (const term of terms.keys()) needed.add(term)
      for (const part of parts) needed.add(part)
    }
    /** @type {Map<string, import('./codec.js').Posting[]>} */
    const postings = new Map()
    await Promise.all([...needed].map(async (term) => postings.set(term, await this.vocabulary.postings(term))))
    /** @type {Set<number> | null} */
    let only = null
    for (const tag of tags) {
      const tagged = (postings.get(tag) || []).filter((p) => p.flags & 32).map((p) => p.page)
      only = new Set(only ? tagged.filter((page) => only?.has(page)) : tagged)
    }
    const hits = concepts.length
      ? rank(concepts, postings, this.corpus, only)
      : [...(only || [])].map((page) => ({ page, score: this.corpus.boost(page), found: [] }))
    return { concepts, hits: hits.slice(0, limit), all: hits.length }
  }

  /** @param {number} page */
  fragment(page) {
    let job = this.fragments.get(page)
    if (!job) {
      job = this.get(this.names[page]).then((bytes) => JSON.parse(utf8(bytes)))
      this.fragments.set(page, job)
    }
    return job
  }

  /** Search as Material's worker does. @param {string} query @param {boolean} suggest */
  async search(query, suggest = false) {
    const { concepts, hits } = await this.rank(query)
    const excerpts = new Excerpts(concepts, this.vocabulary)
    const items = await Promise.all(hits.map(async (hit) => excerpts.item(hit, await this.fragment(hit.page))))
    return suggest ? { items, suggest: this.suggestions(query) } : { items }
  }

  /** How the last word may go on. @param {string} query */
  suggestions(query) {
    const word = /[^\s]+$/.exec(query.normalize('NFC'))?.[0] || ''
    if (word.length < 2 || /[_.\-]/.test(word)) return []
    const key = word.toLowerCase()
    const { vocabulary } = this
    const start = vocabulary.lower(key)
    let best = ''
    for (let i = start; i < vocabulary.terms.length && vocabulary.terms[i].startsWith(key); i++) {
      const term = vocabulary.terms[i]
      if (term.length > key.length && !/[ .]/.test(term) && (!best || vocabulary.rank(term) > vocabulary.rank(best))) best = term
    }
    return best ? [word + best.slice(word.length)] : []
  }
}
