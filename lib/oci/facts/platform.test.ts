import { expect, test } from 'vitest';
import { architectureName, operatingSystemName, platformName } from './platform.ts';

test('other spellings of systems and architectures', () => {
  expect(['Linux', 'windows', ' macOS '].map(operatingSystemName)).toEqual(['linux', 'windows', 'darwin']);
  expect(['x86-64', 'ARM 64', 'ARM', 'x86', 'amd64', 's390x', 'IBM Z'].map(architectureName)).toEqual([
    ...['amd64', 'arm64', 'arm', '386', 'amd64', 's390x', 's390x'],
  ]);
});

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['Linux/ARM 64', 'linux/arm64'],
  ['linux/arm/v7', 'linux/arm/v7'],
  ['linux', null],
  ['/amd64', null],
  ['', null],
])('the platform %j', (text, name) => {
  expect(platformName(text)).toBe(name);
});
