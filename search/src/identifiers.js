// Latin words as they are looked up. The build does the same in haebom/search/identifiers.py.
const CAMEL = /[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+/g
const MIXED = /[a-z][A-Z]|[A-Z]{2}[a-z]/

/** Lower case, without `_` and `-`, no dots at the ends. @param {string} word */
export function squash(word) {
  return word.replace(/[_-]+/g, '').toLowerCase().replace(/^\.+|\.+$/g, '')
}

/** The words inside one undotted identifier; none when it is one word. @param {string} word */
export function subwords(word) {
  /** @type {string[]} */
  const out = []
  for (const piece of word.split(/[_-]+/)) {
    const found = MIXED.test(piece) ? piece.match(CAMEL) || [] : [piece]
    for (const part of found) if (part) out.push(part.toLowerCase())
  }
  return out.length > 1 ? out : []
}
