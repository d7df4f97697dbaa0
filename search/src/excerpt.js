// The sections of a page that answer best, each with the passage where it does.

/** @typedef {import('./concept.js').Concept} Concept */
/** @typedef {import('./ranking.js').Hit} Hit */
/** @typedef {import('./engine.js').Fragment} Fragment */
/** @typedef {import('./vocabulary.js').Vocabulary} Vocabulary */

const AROUND = 60
const LENGTH = 170
const SECTIONS = 4

/** @type {Record<string, string>} */
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** @param {string} text */
const escape = (text) => text.replace(/[&<>"]/g, (c) => ENTITIES[c])
/** @param {string} text */
const quote = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** A pattern that finds a term however it is spaced or spelled. @param {string} term */
function pattern(term) {
  if (/[가-힣]/.test(term)) return [...term].map(quote).join('\\s?')
  if (term.includes(' ')) return term.split(' ').map(quote).join('[\\s-]')
  const loose = [...term].map(quote).join('[_-]?')
  return term.length < 4 ? `(?<![A-Za-z0-9])${loose}(?![A-Za-z0-9])` : loose
}

export class Excerpts {
  /** @param {Concept[]} concepts @param {Vocabulary} vocabulary */
  constructor(concepts, vocabulary) {
    this.concepts = concepts
    this.patterns = concepts.map((concept) => {
      const terms = [...concept.terms].filter(([, weight]) => weight >= 0.4).map(([term]) => term)
      const words = [...terms, ...concept.parts].flatMap((term) => surface(term, vocabulary))
      const sorted = [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, 24)
      return sorted.length ? new RegExp(sorted.map(pattern).join('|'), 'gi') : null
    })
    const all = this.patterns.filter((p) => p).map((p) => /** @type {RegExp} */ (p).source)
    this.any = all.length ? new RegExp(all.join('|'), 'gi') : null
  }

  /** @param {string} text */
  mark(text) {
    const html = escape(text)
    return this.any ? html.replace(this.any, (m) => (m.trim() ? `<mark data-md-highlight>${m}</mark>` : m)) : html
  }

  /** The passage of a text that holds the most. @param {string} text */
  passage(text) {
    let start = 0
    if (this.any) {
      const at = [...text.matchAll(this.any)].map((m) => m.index || 0).slice(0, 200)
      let best = 0
      for (const from of at) {
        const window = text.slice(from, from + LENGTH - AROUND)
        const score = this.patterns.reduce((sum, p, i) => sum + (p && new RegExp(p.source, 'i').test(window) ? this.concepts[i].weight : 0), 0)
        if (score > best) {
          best = score
          start = Math.max(0, from - AROUND)
        }
        if (best >= this.concepts.length) break
      }
    }
    if (start > 0) {
      const space = text.indexOf(' ', start)
      if (space > 0 && space < start + 15) start = space + 1
    }
    const end = Math.min(text.length, start + LENGTH)
    return (start > 0 ? '… ' : '') + this.mark(text.slice(start, end).trim()) + (end < text.length ? ' …' : '')
  }

  /** How well a section answers. @param {string} title @param {string} prose @param {string} code */
  weigh(title, prose, code) {
    let score = 0
    this.patterns.forEach((p, i) => {
      if (!p) return
      const heading = (title.match(p) || []).length
      const body = (prose.match(p) || []).length
      const source = (code.match(p) || []).length
      if (!heading && !body && !source) return
      score += this.concepts[i].weight * (1 + (heading ? 1.2 : 0) + 0.35 * Math.log2(1 + body + 0.5 * source))
    })
    return score
  }

  /**
   * Material's items for one page: the article, then its sections, best first.
   * @param {Hit} hit @param {Fragment} fragment
   */
  item(hit, [location, title, tags, sections]) {
    const found = new Set(hit.found)
    /** @type {Record<string, boolean>} */
    const terms = {}
    const weighed = sections
      .map((section, number) => ({ section, score: this.weigh(section[1], section[2], section[3]) + (number ? 0 : 0.1) }))
      .filter((x) => x.score > 0.1)
      .sort((a, b) => b.score - a.score)
      .slice(0, SECTIONS)
    const text = sections.map((s) => `${s[1]} ${s[2]} ${s[3]}`).join(' ')
    this.concepts.forEach((concept, i) => {
      const match = this.patterns[i] && new RegExp(/** @type {RegExp} */ (this.patterns[i]).source, 'i').exec(text)
      if (match) terms[match[0].trim().replace(/\s+/g, ' ')] = true
      else if (!found.has(i) && concept.weight >= 0.6) terms[concept.raw] = false
    })
    const article = { location, title: this.mark(title), text: '', score: hit.score, terms: {}, ...(tags.length ? { tags } : {}) }
    /** @type {{ location: string, title: string, text: string, score: number, terms: Record<string, boolean>, tags?: string[] }[]} */
    const items = [article]
    weighed.forEach(({ section: [anchor, heading, prose, code] }, number) => {
      const shown = this.any && prose.search(this.any) >= 0 ? prose : this.any && code.search(this.any) >= 0 ? code : prose || code
      const html = shown ? `<p>${this.passage(shown)}</p>` : ''
      if (anchor) {
        const score = number ? hit.score * 0.5 : hit.score + 0.02
        items.push({ location: `${location}#${anchor}`, title: this.mark(heading), text: html, score, terms })
      } else if (!number) {
        article.text = html
        article.terms = terms
      }
    })
    if (items.length === 1 && !article.text && sections.length) {
      article.text = `<p>${this.passage(sections[0][2] || '')}</p>`
      article.terms = terms
    }
    return items
  }
}

/** The stretches of text that show a term: a verb by its stems, anything else as it is. @param {string} term @param {Vocabulary} vocabulary */
function surface(term, vocabulary) {
  const stems = term.endsWith('다') ? vocabulary.manifest.verbs[term] : undefined
  return stems ? stems.filter((stem) => stem.length > 1) : [term]
}
