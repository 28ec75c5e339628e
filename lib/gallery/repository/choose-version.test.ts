import { expect, test } from 'vitest';
import { chooseVersion } from './choose-version.ts';

test.each([
  [['latest', '1', '1.27', '1.27.3'], null, '1.27.3'],
  [['1.27.3-alpine', 'latest', '1.27'], '22.04', '1.27'],
  [['1.27-alpine', '1.27.3-alpine'], null, '1.27.3-alpine'],
  [['1.2.0_up1'], null, '1.2.0+up1'],
  [['latest'], '22.04', '22.04'],
  [['main', '20260101x'], null, null],
  [['v2'], null, 'v2'],
  [[], null, null],
])('%j and a stated %s are version %s', (tags, stated, version) => {
  expect(chooseVersion(tags, stated)).toBe(version);
});
