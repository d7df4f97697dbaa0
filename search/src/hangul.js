// Hangul syllables taken apart. The build does the same in haebom/search/hangul.py.
const INITIALS = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'
const VOWELS = 'ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ'.split(' ')
const FINALS = ' ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ'.split(' ')
/** Letters that stand alone and that a syllable spells with two. @type {Record<string, string>} */
const PAIRS = {
  ㅘ: 'ㅗㅏ', ㅙ: 'ㅗㅐ', ㅚ: 'ㅗㅣ', ㅝ: 'ㅜㅓ', ㅞ: 'ㅜㅔ', ㅟ: 'ㅜㅣ', ㅢ: 'ㅡㅣ', ㄳ: 'ㄱㅅ', ㄵ: 'ㄴㅈ',
  ㄶ: 'ㄴㅎ', ㄺ: 'ㄹㄱ', ㄻ: 'ㄹㅁ', ㄼ: 'ㄹㅂ', ㄽ: 'ㄹㅅ', ㄾ: 'ㄹㅌ', ㄿ: 'ㄹㅍ', ㅀ: 'ㄹㅎ', ㅄ: 'ㅂㅅ',
}
const LATIN_INITIALS = 'g gg n d dd l m b bb s ss  j jj ch k t p h'.split(' ')
const LATIN_VOWELS = 'a e ya e eo e ye ye o wa we we yo u wo we wi yu eu ui i'.split(' ')
const LATIN_FINALS = ' k k k n n n t l k m p l l p l m p p t t ng t t k t p t'.split(' ')
const SOUNDS = [
  ['ph', 'p'], ['th', 't'], ['sh', 's'], ['ch', 'j'], ['ck', 'k'], ['tion', 'sn'], ['x', 'ks'], ['c', 'k'],
  ['q', 'k'], ['f', 'p'], ['v', 'b'], ['z', 'j'], ['r', 'l'], ['gg', 'k'], ['g', 'k'], ['dd', 't'], ['d', 't'],
  ['bb', 'b'], ['b', 'p'], ['ng', 'n'], ['jj', 'j'],
]

/** @param {string} char @returns {[number, number, number] | null} */
export function split(char) {
  const n = char.charCodeAt(0) - 0xac00
  return n >= 0 && n < 11172 ? [(n / 588) | 0, ((n % 588) / 28) | 0, n % 28] : null
}

/** Write every syllable as its letters, compound vowels and finals as two. @param {string} text */
export function jamo(text) {
  let out = ''
  for (const char of text) {
    const p = split(char)
    out += p ? INITIALS[p[0]] + VOWELS[p[1]] + FINALS[p[2]] : PAIRS[char] || char
  }
  return out
}

/** Write every syllable as its initial consonant. @param {string} text */
export function initials(text) {
  let out = ''
  for (const char of text) {
    const p = split(char)
    out += p ? INITIALS[p[0]] : char
  }
  return out
}

/** Write Hangul in Latin letters, roughly as it sounds. @param {string} text */
export function romanise(text) {
  let out = ''
  for (const char of text) {
    const p = split(char)
    if (p) out += LATIN_INITIALS[p[0]] + LATIN_VOWELS[p[1]] + LATIN_FINALS[p[2]]
  }
  return out
}

/** Reduce a Latin word to the consonants that a transliteration would keep. @param {string} latin */
export function skeleton(latin) {
  let text = latin.toLowerCase().replace(/r(?![aeiouy])/g, '')
  for (const [from, to] of SOUNDS) text = text.split(from).join(to)
  return text.replace(/[aeiouywh\- ]/g, '').replace(/(.)\1+/g, '$1')
}

/** The syllable without its final consonant, when that is one that an ending wrote there. @param {string} char */
export function open(char) {
  const p = split(char)
  return p && [4, 8, 16, 17, 20].includes(p[2]) ? String.fromCharCode(char.charCodeAt(0) - p[2]) : null
}

export const HANGUL = /^[가-힣]+$/
export const LETTER = /[ㄱ-ㅎㅏ-ㅣ]/
