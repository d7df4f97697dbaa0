import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reader } from '../src/codec.js'
import { engineOf } from './helpers.js'

const TITLE = 7
const terms = {
  역전파: [[0, 8, TITLE]],
  손실: [[1, 8, TITLE], [2, 4, 0]],
  함수: [[1, 8, TITLE], [4, 8, 0], [5, 6, 0]],
  손실함수: [[1, 8, TITLE]],
  토크나이저: [[2, 8, TITLE]],
  불러오다: [[6, 6, 0]],
  'nn.sequential': [[7, 6, 0]],
  sequential: [[7, 6, 0]],
  zerograd: [[8, 6, 0]],
  zero: [[8, 2, 0], [9, 4, 0]],
  grad: [[8, 2, 0]],
  backpropagation: [[3, 4, 0]],
  재현성: [[10, 2, 32]],
}
/** @type {Record<string, [number, number, number][]>} */
const typed = /** @type {any} */ (terms)
const make = () =>
  engineOf(typed, {
    aliases: [['backpropagation', '역전파', 90], ['gradient descent', '손실함수', 90]],
    verbs: { 불러오다: ['불러오', '불러와', '불러왔', '불러온', '불러옵'] },
    rare: { 희귀어: [[11, 4, 0]] },
  })

/** @type {[string, number][]} */
const first = [
  ['역전파', 0], ['역전파를', 0], ['역전파에서는', 0], ['역전파했더니', 0], ['역전ㅍ', 0], ['역전팡', 0], ['역전바', 0],
  ['ㅇㅈㅍ', 0], ['backpropagation', 0], ['BackPropagation', 0], ['손실함수', 1], ['손실 함수', 1], ['손실함수의', 1],
  ['gradient descent', 1], ['토크나이져', 2], ['토크나', 2], ['불러와서', 6], ['불러온', 6], ['불러옵니다', 6],
  ['nn.Sequential', 7], ['torch.nn.Sequential', 7], ['Sequential', 7], ['sequental', 7], ['zero grad', 8], ['zero_grad', 8],
  ['optimizer.zero_grad()', 8], ['#재현성', 10], ['희귀어는', 11],
]
for (const [query, page] of first) {
  test(`${query} finds its page first`, async () => {
    const { top } = await make()
    assert.equal((await top(query))[0], page)
  })
}

test('aliases work both ways', async () => {
  const { top } = await make()
  assert.deepEqual((await top('역전파')).slice(0, 2), [0, 3])
  assert.deepEqual((await top('backpropagation')).slice(0, 2), [0, 3])
})

test('a particle alone does not make a word a misspelt one', async () => {
  const { engine } = await make()
  assert.equal(engine.reading.read('역전파를').concepts[0].kind, 'noun')
})

test('one known word among unknown ones is enough', async () => {
  const { top } = await make()
  assert.equal((await top('쀍뛟 역전파 xyzzyx'))[0], 0)
})

test('nothing but unknown words finds nothing', async () => {
  const { top } = await make()
  assert.deepEqual(await top('쀍뛟쀍뛟 xyzzyx'), [])
})

test('text in decomposed form is found', async () => {
  const { top } = await make()
  assert.equal((await top('역전파'.normalize('NFD')))[0], 0)
})

test('rare terms are fetched only when typed', async () => {
  const { top, asked } = await make()
  await top('역전파')
  assert.ok(!asked.includes('r'))
  await top('희귀어')
  assert.ok(asked.includes('r'))
})

test('a file that ends too early is an error, not a standstill', () => {
  assert.throws(() => new Reader(Uint8Array.from([200])).varint(), RangeError)
})

test('a boost lifts a page', async () => {
  const plain = await engineOf({ 말: [[0, 4, 0], [1, 4, 0]] })
  const lifted = await engineOf({ 말: [[0, 4, 0], [1, 4, 0]] }, { boosts: { 1: 2 } })
  assert.deepEqual(await plain.top('말'), [0, 1])
  assert.deepEqual(await lifted.top('말'), [1, 0])
})

test('a tag narrows a query', async () => {
  const { top } = await engineOf({ 시드: [[0, 8, TITLE], [1, 2, 0]], 재현성: [[0, 9, 0], [1, 2, 32]] })
  assert.deepEqual(await top('시드 #재현성'), [1])
})

test('a tag that no page has is a word', async () => {
  const { top } = await engineOf({ 시드: [[0, 8, TITLE]], 재현성: [[1, 2, 32]] })
  assert.deepEqual(await top('#시드'), [0])
  assert.deepEqual(await top('#없는말 시드'), [0])
})

test('items name the article, then its sections; marks are safe and text is escaped', async () => {
  /** @type {import('../src/engine.js').Fragment[]} */
  const pages = [['a/', '제목 <b>', ['태그'], [['', '제목 <b>', '머리말', ''], ['b', '둘째', '손실 함수는 <b>값</b>입니다', 'x = 1']]]]
  const { engine } = await engineOf({ 손실함수: [[0, 4, TITLE]], 손실: [[0, 4, TITLE]], 함수: [[0, 4, TITLE]] }, { pages })
  const { items } = await engine.search('손실함수')
  assert.deepEqual(items[0].map((i) => i.location), ['a/', 'a/#b'])
  assert.match(items[0][1].text, /<mark data-md-highlight>손실 함수<\/mark>는 &lt;b&gt;값/)
  assert.match(items[0][0].title, /&lt;/)
  assert.deepEqual(items[0][1].terms, { '손실 함수': true })
  assert.ok(items[0][1].score > items[0][0].score)
})

test('a completion goes on with what was typed', async () => {
  const { engine } = await make()
  assert.deepEqual(engine.suggestions('토크'), ['토크나이저'])
  assert.deepEqual(engine.suggestions('zz'), [])
})
