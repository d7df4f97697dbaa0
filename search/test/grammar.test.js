import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isEmpty, isTail, isVerbTail } from '../src/grammar.js'

test('particles, the copula and verbs of doing may follow a noun', () => {
  const tails = '를 에서는 으로부터 이라는 들을 입니다 까지의 했더니 하려면 되었는데 시켰습니다 할 됩니다 했습니다만 적인'
  for (const tail of tails.split(' ')) assert.ok(isTail(tail), tail)
})

test('nouns are no tails', () => {
  for (const word of '함수 신경망 률 파이 해석 합성 한계 할당 해시'.split(' ')) assert.ok(!isTail(word), word)
})

test('endings may follow a verb, nouns may not', () => {
  for (const tail of ['는', '기', '다가', '습니다', '으려고', '지만', '봤더니', '졌다', '면서도']) assert.ok(isVerbTail(tail), tail)
  for (const word of ['인코더', '케쥬', '함수']) assert.ok(!isVerbTail(word), word)
})

test('question words carry nothing', () => {
  for (const word of ['어떻게', '왜', '하나요', '알려줘', '무엇인가요']) assert.ok(isEmpty(word), word)
  assert.ok(!isEmpty('학습'))
})
