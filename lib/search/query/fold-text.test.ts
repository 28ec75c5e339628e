import { expect, test } from 'vitest';
import { foldText, gramsOf, gramsOfQuery, isUnspaced, splitWords } from './fold-text.ts';

test.each([
  ['Café MÜLLER', 'cafe muller'],
  ['Straße, Łódź, Ærø', 'strasse, lodz, aero'],
  ['İstanbul', 'istanbul'],
  ['Tiếng Việt', 'tieng viet'],
  ['Ёлка', 'елка'],
  ['ΟΔΌΣ', 'οδοσ'],
  ['οδός', 'οδοσ'],
  ['أَسْئِلَة', 'اسيله'],
  ['שָׁלוֹם', 'שלום'],
  ['ｶﾞﾗｽ', 'ガラス'],
  ['한국어', '한국어'],
  ['ภาษาไทย', 'ภาษาไทย'],
  ['हिन्दी', 'हिन्दी'],
])('%s folds to %s', (text, folded) => {
  expect(foldText(text)).toBe(folded);
  expect(foldText(text.normalize('NFD'))).toBe(folded);
  expect(foldText(folded)).toBe(folded);
});

test('words end where an unspaced script begins', () => {
  expect(splitWords('nginx中文版 1.27 データベース-管理')).toEqual([
    'nginx',
    '中文版',
    '1',
    '27',
    'データベース',
    '管理',
  ]);
  expect(splitWords('हिन्दी ภาษาไทย')).toEqual(['हिन्दी', 'ภาษาไทย']);
  expect(['中文', '한국', 'ไทย', 'ລາວ', 'ខ្មែរ', 'မြန်မာ', 'カタカナー'].every(isUnspaced)).toBe(true);
  expect(['nginx', 'берёза', 'हिन्दी', 'العربية', 'ελληνικά', '12'].some(isUnspaced)).toBe(false);
});

test("a query's pairs occur in every text that contains it", () => {
  const text = '分布式数据库服务';
  const letters = Array.from(text);
  const grams = gramsOf(`x ${text}。`);
  for (let from = 0; from < letters.length; from += 1) {
    for (let to = from + 1; to <= letters.length; to += 1) {
      const query = gramsOfQuery(letters.slice(from, to).join(''));
      const has = (gram: string) => grams.some((known) => (to - from === 1 ? known.startsWith(gram) : known === gram));
      expect(query.every(has), query.join()).toBe(true);
    }
  }
});

test('a surrogate pair is never split', () => {
  expect(gramsOf('𠮷野家')).toEqual(['𠮷野', '野家', '家']);
});
