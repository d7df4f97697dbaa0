// Reads what haebom/search/codec.py writes.

/** @typedef {{ page: number, frequency: number, flags: number }} Posting */

/** A cursor over bytes. */
export class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes
    this.at = 0
  }
  get done() {
    return this.at >= this.bytes.length
  }
  byte() {
    return this.bytes[this.at++]
  }
  varint() {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      if (this.done) throw new RangeError('the file ends too early')
      const b = this.bytes[this.at++]
      value |= (b & 127) << shift
      if (b < 128) return value
    }
  }
  /** @param {string} previous */
  term(previous) {
    const shared = this.byte()
    const length = this.varint()
    const rest = decoder.decode(this.bytes.subarray(this.at, this.at + length))
    this.at += length
    return previous.slice(0, shared) + rest
  }
  /** @returns {Posting[]} */
  postings() {
    const count = this.varint()
    const out = new Array(count)
    let page = -1
    for (let i = 0; i < count; i++) {
      page += this.varint() + 1
      const value = this.varint()
      out[i] = { page, frequency: value >> 1, flags: value & 1 ? this.byte() : 0 }
    }
    return out
  }
  skipPostings() {
    for (let count = this.varint(); count > 0; count--) {
      this.varint()
      if (this.varint() & 1) this.at++
    }
  }
}
const decoder = new TextDecoder()

/** @param {string} text */
export function base64(text) {
  const raw = atob(text)
  const out = new Uint8Array(raw.length)
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i)
  return out
}

/** @param {Uint8Array} bytes */
export const utf8 = (bytes) => decoder.decode(bytes)
