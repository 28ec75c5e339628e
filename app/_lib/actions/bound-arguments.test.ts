import { describe, expect, test } from 'vitest';
import { parseBoundKey, parseBoundName } from './bound-arguments.ts';

const NOT_FOUND = 'NEXT_HTTP_ERROR_FALLBACK;404';

describe('bound arguments', () => {
  test('pass as the page bound them', () => {
    expect(parseBoundKey(7n)).toBe(7n);
    expect(parseBoundName({ alias: 'ada', name: 'team/app' }, 'images')).toEqual({
      named: { alias: 'ada', name: 'team/app' },
      fullName: 'ada/team/app',
      path: '/console/repositories/ada/team/app/-/images',
    });
  });

  test.each([0n, -1n, 2n ** 63n, 7, '7', null, undefined, { gt: 0n }, [7n]])('refuse %s as a key', (bound) => {
    expect(() => parseBoundKey(bound as bigint)).toThrow(NOT_FOUND);
  });

  test.each([null, 'ada/app', {}, { alias: 'ada' }, { alias: 'ada', name: '../x' }, { alias: 'a?b=', name: 'app' }])(
    'refuse %j as a repository',
    (bound) => {
      expect(() => parseBoundName(bound as never, 'images')).toThrow(NOT_FOUND);
    },
  );
});
