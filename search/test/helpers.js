// A tiny index in memory, written the way haebom/search/codec.py writes it.
import { Engine } from '../src/engine.js'

/** @param {number} n */
export function varint(n) {
  const out = []
  while (n >= 128) {
    out.push((n & 127) | 128)
    n >>= 7
  }
  return [...out, n]
}

/** @param {string} term @param {string} previous */
export function frontCoded(term, previous) {
  let shared = 0
  while (shared < term.length && term[shared] === previous[shared]) shared++
  const rest = [...new TextEncoder().encode(term.slice(shared))]
  return [shared, ...varint(rest.length), ...rest]
}

/** @param {[number, number, number][]} rows  page, frequency, flags */
export function packed(rows) {
  const out = varint(rows.length)
  let last = -1
  for (const [page, frequency, flags] of rows) {
    out.push(...varint(page - last - 1), ...varint((frequency << 1) | (flags ? 1 : 0)))
    if (flags) out.push(flags)
    last = page
  }
  return out
}

const IN_TITLE = 7
/**
 * @param {Record<string, [number, number, number][]>} terms
 * @param {{ aliases?: [string, string, number][], verbs?: Record<string, string[]>, rare?: Record<string, [number, number, number][]>, pages?: import('../src/engine.js').Fragment[], boosts?: Record<string, number> }} more
 */
export async function engineOf(terms, more = {}) {
  const pages = more.pages || Array.from({ length: 12 }, (_, i) => /** @type {import('../src/engine.js').Fragment} */ ([`p${i}/`, `글 ${i}`, [], [['', `글 ${i}`, '본문', '']]]))
  /** @type {Map<string, Uint8Array>} */
  const files = new Map()
  const vocabulary = []
  const shard = []
  let previous = ''
  for (const term of Object.keys(terms).sort()) {
    const rows = terms[term]
    const prominent = (rows.some((r) => r[2] & IN_TITLE) ? 1 : 0) | (rows.some((r) => r[2] & 32) ? 4 : 0)
    vocabulary.push(...frontCoded(term, previous), ...varint(rows.length), prominent)
    shard.push(...packed(rows))
    previous = term
  }
  files.set('v', Uint8Array.from(vocabulary))
  files.set('p', Uint8Array.from(shard))
  const rare = []
  previous = ''
  for (const term of Object.keys(more.rare || {}).sort()) {
    rare.push(...frontCoded(term, previous), ...packed(/** @type {any} */ (more.rare)[term]))
    previous = term
  }
  files.set('r', Uint8Array.from(rare))
  const names = pages.map((page, i) => {
    const digest = i.toString(16).padStart(12, '0')
    files.set(`f-${digest}.bin`, new TextEncoder().encode(JSON.stringify(page)))
    return digest
  })
  const manifest = {
    pages: pages.length,
    average: 100,
    lengths: btoa(String.fromCharCode(...pages.map(() => 107))),
    fragments: btoa(names.map((d) => (d.match(/../g) || []).map((h) => String.fromCharCode(parseInt(h, 16))).join('')).join('')),
    boosts: more.boosts || {},
    vocabulary: 'v',
    core: [['p', Object.keys(terms).length]],
    rare: more.rare ? [['r', Object.keys(more.rare).sort()[0]]] : [],
    aliases: more.aliases || [],
    verbs: more.verbs || {},
  }
  files.set('m', new TextEncoder().encode(JSON.stringify(manifest)))
  /** @type {string[]} */
  const asked = []
  const engine = await Engine.load(async (name) => {
    asked.push(name)
    const file = files.get(name)
    if (!file) throw new Error(name)
    return file
  }, 'm')
  return { engine, asked, top: async (/** @type {string} */ query) => (await engine.rank(query)).hits.map((h) => h.page) }
}
