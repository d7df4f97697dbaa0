// Which pages answer a query best: BM25 over terms weighted by where they stand, and how much
// of the query a page covers; never all or nothing.

/** @typedef {import('./codec.js').Posting} Posting */
/** @typedef {import('./concept.js').Concept} Concept */
/**
 * @typedef {object} Corpus
 * @property {number} pages
 * @property {number} average
 * @property {(page: number) => number} length
 * @property {(page: number) => number} boost
 */
/** @typedef {{ page: number, score: number, found: number[] }} Hit */

const K1 = 1.2
const B = 0.35

/** @param {number} pages @param {number} on */
const rarity = (pages, on) => Math.log(1 + (pages - on + 0.5) / (on + 0.5))

/** A page's length beside the average; short pages gain nothing from being very short. @param {Corpus} corpus @param {number} page */
const relative = (corpus, page) => Math.max(0.5, corpus.length(page) / corpus.average)

/** How much one posting says, without rarity. @param {Posting} posting @param {number} length */
function strength({ frequency, flags }, length) {
  const title = flags & 7
  const heading = (flags >> 3) & 3
  const count = 2 ** (frequency / 4) - 1 + (title ? 4 + title : 0) + 2 * heading + (flags & 32 ? 3 : 0)
  const text = (count * (K1 + 1)) / (count + K1 * (1 - B + B * length))
  return text + (title ? 1 + 0.22 * title : 0) + 0.25 * heading + (flags & 32 ? 0.5 : 0) + (flags & 64 && title ? 0.3 : 0)
}

/**
 * @param {Concept[]} concepts
 * @param {Map<string, Posting[]>} postings
 * @param {Corpus} corpus
 * @param {Set<number> | null} only
 * @returns {Hit[]}
 */
export function rank(concepts, postings, corpus, only) {
  const top = rarity(corpus.pages, 1)
  /** @type {Map<number, { score: number, covered: number, found: number[] }>} */
  const pages = new Map()
  let total = 0
  concepts.forEach((concept, number) => {
    const own = byTerms(concept, postings, corpus)
    const rare = byParts(concept, postings, corpus, own)
    const share = concept.weight * (0.4 + rare / top)
    total += share
    for (const [page, { score, sure }] of own.scores) {
      if (only && !only.has(page)) continue
      let entry = pages.get(page)
      if (!entry) pages.set(page, (entry = { score: 0, covered: 0, found: [] }))
      entry.score += concept.weight * score
      entry.covered += share * sure
      entry.found.push(number)
    }
  })
  const out = []
  for (const [page, { score, covered, found }] of pages) {
    const cover = concepts.length > 1 && total > 0 ? (covered / total) ** 1.5 : 1
    out.push({ page, score: score * cover * corpus.boost(page), found })
  }
  return out.sort((a, b) => b.score - a.score || a.page - b.page)
}

/** @typedef {{ scores: Map<number, { score: number, sure: number }>, rare: number }} Scores */

/** Each page by the terms of one concept. @param {Concept} concept @param {Map<string, Posting[]>} postings @param {Corpus} corpus @returns {Scores} */
function byTerms(concept, postings, corpus) {
  let on = 0
  for (const [term, weight] of concept.terms) {
    const found = postings.get(term) || []
    on = Math.max(on, weight >= 0.8 ? found.length : found.length * weight)
  }
  const rare = on ? rarity(corpus.pages, on) : rarity(corpus.pages, 1) * 0.5
  /** @type {Scores['scores']} */
  const scores = new Map()
  for (const [term, weight] of concept.terms) {
    for (const posting of postings.get(term) || []) {
      const length = relative(corpus, posting.page)
      const value = rare * weight * strength(posting, length)
      const entry = scores.get(posting.page)
      if (!entry) scores.set(posting.page, { score: value, sure: 1 })
      else entry.score = Math.max(entry.score, value) + 0.12 * Math.min(entry.score, value)
    }
  }
  return { scores, rare }
}

/** Adds the pages that hold a concept's parts; returns how rare the concept is. @param {Concept} concept @param {Map<string, Posting[]>} postings @param {Corpus} corpus @param {Scores} own */
function byParts(concept, postings, corpus, own) {
  const { parts } = concept
  if (!parts.length) return own.rare
  const alone = !concept.terms.has(concept.head)
  /** @type {Map<number, { score: number, covered: number }>} */
  const pages = new Map()
  let total = 0
  for (const part of parts) {
    const found = postings.get(part) || []
    const rare = rarity(corpus.pages, found.length || 1)
    total += rare
    for (const posting of found) {
      const length = relative(corpus, posting.page)
      let entry = pages.get(posting.page)
      if (!entry) pages.set(posting.page, (entry = { score: 0, covered: 0 }))
      entry.score += rare * strength(posting, length)
      entry.covered += rare
    }
  }
  const factor = alone ? 0.9 : 0.35 * Math.min(1, own.rare / total + 0.3)
  for (const [page, { score, covered }] of pages) {
    const sure = covered / total
    if (sure < 0.99 && !alone) continue
    const value = score * factor * sure * sure
    const entry = own.scores.get(page)
    if (!entry) own.scores.set(page, { score: value, sure })
    else if (alone) {
      entry.score = Math.max(entry.score, value) + 0.3 * Math.min(entry.score, value)
    } else entry.score += 0.3 * value
  }
  return concept.terms.size ? own.rare : total / parts.length
}
