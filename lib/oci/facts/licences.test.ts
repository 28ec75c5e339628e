import { expect, test } from 'vitest';
import { licencesIn } from './licences.ts';

test.each([
  ['MIT', ['MIT']],
  ['apache-2.0', ['Apache-2.0']],
  ['Apache License, Version 2.0', ['Apache-2.0']],
  ['MIT OR Apache-2.0', ['MIT', 'Apache-2.0']],
  ['(LGPL-2.1-only OR MIT) AND BSD-3-Clause', ['LGPL-2.1-only', 'MIT', 'BSD-3-Clause']],
  ['GPL-2.0-or-later WITH Bison-exception-2.2', ['GPL-2.0-or-later']],
  ['GPL-3.0', ['GPL-3.0-only']],
  ['gplv2+', ['GPL-2.0-or-later']],
  ['MIT, MIT; mit', ['MIT']],
  ['Proprietary', []],
  ['constructor', []],
  ['', []],
])('%j names %j', (expression, ids) => {
  expect(licencesIn(expression)).toEqual(ids);
});

test('a hostile expression is cut', () => {
  expect(licencesIn('MIT OR '.repeat(100_000))).toEqual(['MIT']);
  expect(licencesIn(' '.repeat(100_000))).toEqual([]);
  expect(licencesIn('0BSD,ISC,MIT,Zlib,X11,Vim,W3C,Ruby')).toHaveLength(5);
});
