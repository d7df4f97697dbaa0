// The terms: those that every search loads, and the rare ones fetched when typed.
import { Reader, base64, utf8 } from './codec.js'
import { Near, distance } from './distance.js'
import { initials, jamo, romanise, skeleton } from './hangul.js'

/** @typedef {import('./codec.js').Posting} Posting */
/** @typedef {(name: string) => Promise<Uint8Array>} Get */
/**
 * @typedef {object} Manifest
 * @property {number} pages
 * @property {number} average
 * @property {string} lengths
 * @property {string} fragments
 * @property {Record<string, number>} boosts
 * @property {string} vocabulary
 * @property {[string, number][]} core
 * @property {[string, string][]} rare
 * @property {[string, string, number][]} aliases
 * @property {Record<string, string[]>} verbs
 */

export class Vocabulary {
  /** @param {Get} get @param {Manifest} manifest @param {Uint8Array} bytes */
  constructor(get, manifest, bytes) {
    this.get = get
    this.manifest = manifest
    /** @type {string[]} */
    this.terms = []
    /** @type {number[]} */
    this.counts = []
    /** @type {number[]} */
    this.prominence = []
    const reader = new Reader(bytes)
    for (let previous = ''; !reader.done; ) {
      previous = reader.term(previous)
      this.terms.push(previous)
      this.counts.push(reader.varint())
      this.prominence.push(reader.byte())
    }
    this.ids = new Map(this.terms.map((term, i) => [term, i]))
    this.firstHangul = this.lower('가')
    /** @type {Map<string, Posting[]>} */
    this.rare = new Map()
    /** @type {Map<number, Promise<void>>} */
    this.fetched = new Map()
    /** @type {Map<number, Promise<{ reader: Reader, starts: number[], first: number }>>} */
    this.shards = new Map()
    this.shardStarts = [0]
    for (const [, size] of manifest.core) this.shardStarts.push(this.shardStarts[this.shardStarts.length - 1] + size)
    /** @type {Map<string, [string, number][]>} */
    this.aliases = new Map()
    for (const [a, b, weight] of manifest.aliases) {
      this.alias(a, b, weight / 100)
      this.alias(b, a, weight / 100)
    }
    /** @type {Map<string, string[]>} */
    this.stems = new Map()
    for (const [verb, stems] of Object.entries(manifest.verbs)) {
      for (const stem of stems) {
        const known = this.stems.get(stem)
        if (known) known.push(verb)
        else this.stems.set(stem, [verb])
      }
    }
    /** @type {string[] | undefined} */
    this.spelled = undefined
    /** @type {string[] | undefined} */
    this.heads = undefined
    /** @type {Near | undefined} */
    this.hangulNear = undefined
    /** @type {Near | undefined} */
    this.latinNear = undefined
  }

  /** @param {Get} get @param {string} name */
  static async load(get, name) {
    /** @type {Manifest} */
    const manifest = JSON.parse(utf8(await get(name)))
    return new Vocabulary(get, manifest, await get(manifest.vocabulary))
  }

  /** @param {string} a @param {string} b @param {number} weight */
  alias(a, b, weight) {
    const known = this.aliases.get(a)
    if (known) known.push([b, weight])
    else this.aliases.set(a, [[b, weight]])
  }

  /** @param {string} term */
  has(term) {
    return this.ids.has(term) || this.rare.has(term)
  }

  /** On how many pages a term stands. @param {string} term */
  count(term) {
    const id = this.ids.get(term)
    return id === undefined ? this.rare.get(term)?.length || 0 : this.counts[id]
  }

  /** How likely a term is meant when several fit. @param {string} term */
  rank(term) {
    const id = this.ids.get(term)
    if (id === undefined) return 1
    const p = this.prominence[id]
    return (p & 1 ? 6 : 1) * (p & 2 ? 2 : 1) * (p & 4 ? 2 : 1) * Math.log2(2 + this.counts[id])
  }

  /** Whether a page is tagged with a term. @param {string} term */
  isTag(term) {
    return (this.prominence[this.ids.get(term) ?? -1] & 4) > 0
  }

  /** The first place in the core that is not before `term`. @param {string} term */
  lower(term) {
    let lo = 0
    for (let hi = this.terms.length; lo < hi; ) {
      const mid = (lo + hi) >> 1
      if (this.terms[mid] < term) lo = mid + 1
      else hi = mid
    }
    return lo
  }

  /** Fetch the rare terms between two words, at most three files. @param {string} from @param {string} to */
  async reach(from, to) {
    const { rare } = this.manifest
    const jobs = []
    for (let i = rare.length - 1; i >= 0 && jobs.length < 3; i--) {
      if (rare[i][1] > to) continue
      jobs.push(this.reachShard(i))
      if (rare[i][1] <= from) break
    }
    await Promise.all(jobs)
  }

  /** @param {number} i */
  reachShard(i) {
    const known = this.fetched.get(i)
    if (known) return known
    const job = this.get(this.manifest.rare[i][0]).then((bytes) => {
      const reader = new Reader(bytes)
      for (let previous = ''; !reader.done; ) {
        previous = reader.term(previous)
        this.rare.set(previous, reader.postings())
      }
    })
    this.fetched.set(i, job)
    return job
  }

  /** @param {string} term @returns {Promise<Posting[]>} */
  async postings(term) {
    const id = this.ids.get(term)
    if (id === undefined) return this.rare.get(term) || []
    let shard = 0
    while (this.shardStarts[shard + 1] <= id) shard++
    let job = this.shards.get(shard)
    if (!job) {
      job = this.get(this.manifest.core[shard][0]).then((bytes) => {
        const reader = new Reader(bytes)
        const starts = []
        while (!reader.done) {
          starts.push(reader.at)
          reader.skipPostings()
        }
        return { reader, starts, first: this.shardStarts[shard] }
      })
      this.shards.set(shard, job)
    }
    const { reader, starts, first } = await job
    reader.at = starts[id - first]
    return reader.postings()
  }

  /** The core's Hangul terms in letters, made when first needed. */
  letters() {
    this.spelled ||= this.terms.slice(this.firstHangul).map(jamo)
    return this.spelled
  }

  /** Hangul terms whose letters begin with `typed`, likeliest first. @param {string} typed @param {number} limit @returns {[string, number][]} */
  hangulPrefixes(typed, limit = 20) {
    const spelled = this.letters()
    /** @type {[string, number, number][]} */
    const out = []
    for (let i = 0; i < spelled.length; i++) {
      if (!spelled[i].startsWith(typed)) continue
      const term = this.terms[this.firstHangul + i]
      const more = spelled[i].length - typed.length
      out.push([term, more, this.rank(term) / (1 + 0.15 * more)])
    }
    out.sort((a, b) => b[2] - a[2])
    return out.slice(0, limit).map(([term, more]) => [term, more])
  }

  /** Terms one or two letters away. @param {string} word @param {number} limit */
  hangulSlips(word, limit = 4) {
    this.hangulNear ||= new Near(this.letters())
    const typed = jamo(word)
    const max = typed.length >= 10 ? 2 : typed.length >= 5 ? 1 : 0
    const found = this.hangulNear.find(typed, max).map(([i, d]) => /** @type {[string, number]} */ ([this.terms[this.firstHangul + i], d]))
    return this.nearest(found.filter(([term]) => term.length > 1), limit)
  }

  /** @param {string} word @param {number} limit */
  latinSlips(word, limit = 3) {
    this.latinNear ||= new Near(this.terms.slice(0, this.firstHangul))
    const max = word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0
    const found = this.latinNear.find(word, max).map(([i, d]) => /** @type {[string, number]} */ ([this.terms[i], d + (this.terms[i][0] === word[0] ? 0 : 1)]))
    return this.nearest(found.filter(([term]) => term !== word), limit)
  }

  /** Terms whose beginning is one letter away from `word`. @param {string} word @param {number} limit */
  hangulPrefixSlips(word, limit = 3) {
    const typed = jamo(word)
    if (typed.length < 6) return []
    this.hangulNear ||= new Near(this.letters())
    const found = this.hangulNear.beginnings(typed).map((i) => /** @type {[string, number]} */ ([this.terms[this.firstHangul + i], 1]))
    return this.nearest(found, limit)
  }

  /** @param {[string, number][]} found @param {number} limit @returns {string[]} */
  nearest(found, limit) {
    const least = Math.min(...found.map((x) => x[1]))
    return found
      .filter((x) => x[1] === least)
      .map((x) => x[0])
      .sort((a, b) => this.rank(b) - this.rank(a))
      .slice(0, limit)
  }

  /** @param {string} typed @param {number} limit @returns {[string, number][]} */
  latinPrefixes(typed, limit = 12) {
    /** @type {string[]} */
    const out = []
    for (let i = this.lower(typed); i < this.terms.length && this.terms[i].startsWith(typed); i++) {
      if (this.terms[i] !== typed && !this.terms[i].includes(' ')) out.push(this.terms[i])
    }
    for (const term of this.rare.keys()) if (term.startsWith(typed) && term !== typed) out.push(term)
    out.sort((a, b) => this.rank(b) / (1 + 0.05 * b.length) - this.rank(a) / (1 + 0.05 * a.length))
    return out.slice(0, limit).map((term) => [term, term.length - typed.length])
  }

  /** Terms whose initial consonants are, or begin with, `typed`. @param {string} typed @returns {[string, number][]} */
  byInitials(typed) {
    this.heads ||= this.terms.slice(this.firstHangul).map(initials)
    /** @type {[string, number][]} */
    const out = []
    this.heads.forEach((head, i) => {
      if (!head.startsWith(typed)) return
      const term = this.terms[this.firstHangul + i]
      out.push([term, (head === typed ? 1 : 0.2) * this.rank(term)])
    })
    return out.sort((a, b) => b[1] - a[1]).slice(0, 6)
  }

  /** Latin terms that sound like a Hangul word. @param {string} word @returns {string[]} */
  soundsLike(word) {
    const sound = romanise(word)
    const bones = skeleton(sound)
    if (bones.length < 2) return []
    if (!this.bones) {
      this.bones = new Map()
      for (let i = 0; i < this.firstHangul; i++) {
        const term = this.terms[i]
        if (!/^[a-z]{4,}$/.test(term) || this.counts[i] < 2) continue
        const key = skeleton(term)
        const known = this.bones.get(key)
        if (known) known.push(term)
        else this.bones.set(key, [term])
      }
    }
    /** @type {string[]} */
    const near = this.bones.get(bones) || []
    return near
      .filter((term) => distance(sound, term, 4) <= Math.max(2, term.length * 0.5))
      .sort((a, b) => this.rank(b) / (1 + Math.abs(b.length - sound.length)) - this.rank(a) / (1 + Math.abs(a.length - sound.length)))
      .slice(0, 2)
  }

  /** The names of the pages' fragment files. */
  fragments() {
    const bytes = base64(this.manifest.fragments)
    const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
    return (hex.match(/.{12}/g) || []).map((digest) => `f-${digest}.bin`)
  }
}
