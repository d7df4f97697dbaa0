// Stands in for Material's search worker and speaks its protocol: 0 setup, 1 ready, 2 query,
// 3 result. It loads nothing until the first query.

/** @typedef {{ engine: string, index: string, manifest: string }} Place */
/** @typedef {import('./engine.js').Engine} Engine */

/** @type {Place} */
let place
let suggest = false
/** @type {Promise<Engine> | undefined} */
let engine
let latest = 0

const open = async () => {
  const scope = /** @type {any} */ (self)
  if (!scope.haebom) await scope.importScripts(new URL(place.engine, self.location.href).href)
  return scope.haebom(new URL(place.index, self.location.href).href, place.manifest)
}

/** After a deployment the files that an open page knows are gone: ask where the new ones are. */
const renew = async () => {
  const response = await fetch(new URL('../../../search/search_index.json', self.location.href), { cache: 'no-cache' })
  const { config } = await response.json()
  place = { ...place, index: config.haebom.index, manifest: config.haebom.manifest }
}

/** @param {string} query */
const answer = async (query) => {
  for (let again = 0; ; again++) {
    try {
      engine ||= open()
      return await (await engine).search(query, suggest)
    } catch (error) {
      engine = undefined
      if (again) throw error
      await renew()
    }
  }
}

self.onmessage = async ({ data: { type, data } }) => {
  if (type === 0) {
    place = data.config.haebom
    suggest = !!data.options?.suggest
    self.postMessage({ type: 1 })
  } else if (type === 2) {
    const number = ++latest
    /** @type {{ items: unknown[], suggest?: string[] }} */
    let result = { items: [], suggest: [] }
    try {
      if (data.trim()) result = await answer(data)
    } catch (error) {
      console.warn('search:', error)
    }
    if (number === latest) self.postMessage({ type: 3, data: result })
  }
}
