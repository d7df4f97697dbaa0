// What the worker loads with the first query: `self.haebom(base, manifest)` opens the index.
import { Engine } from './engine.js'

/** @param {string} base */
function reader(base) {
  return async (/** @type {string} */ name) => {
    const response = await fetch(new URL(name, base))
    if (!response.ok || !response.body) throw new Error(`${name}: ${response.status}`)
    const unpacked = response.body.pipeThrough(new DecompressionStream('gzip'))
    return new Uint8Array(await new Response(unpacked).arrayBuffer())
  }
}

Object.assign(self, {
  haebom: (/** @type {string} */ base, /** @type {string} */ manifest) => Engine.load(reader(base), manifest),
})
