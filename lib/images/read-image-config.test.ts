import { expect, test } from 'vitest';
import { NO_IMAGE_FACTS, readImageConfig, readImageLabels } from './read-image-config.ts';

const configOf = (count: number) =>
  Buffer.from(JSON.stringify({ os: 'linux', config: { Labels: { a: 'b' } }, x: new Array(count).fill(0) }));

test('a config with too many values is ignored', () => {
  expect(readImageConfig(configOf(10))).toMatchObject({ os: 'linux' });
  expect(readImageLabels(configOf(10))).toEqual({ a: 'b' });
  expect(readImageConfig(configOf(20_001))).toEqual(NO_IMAGE_FACTS);
  expect(readImageLabels(configOf(20_001))).toEqual({});
});
