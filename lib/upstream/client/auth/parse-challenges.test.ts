import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseChallenges } from './parse-challenges.ts';

const read = (header: string | undefined) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('parseChallenges', () => {
  test.each([
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/alpine:pull,push"',
      [
        [
          'bearer',
          {
            realm: 'https://auth.docker.io/token',
            service: 'registry.docker.io',
            scope: 'repository:library/alpine:pull,push',
          },
        ],
      ],
    ],
    ['Basic realm="a b"', [['basic', { realm: 'a b' }]]],
    ['basic', [['basic', {}]]],
    ['Bearer realm=token , Service = "x"', [['bearer', { realm: 'token', service: 'x' }]]],
    [
      'Basic realm="x", Bearer realm="https://y",service="z"',
      [
        ['basic', { realm: 'x' }],
        ['bearer', { realm: 'https://y', service: 'z' }],
      ],
    ],
    [
      'Negotiate, Basic realm=x,,',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    [
      'Negotiate YIIa+/==, Bearer realm="y"',
      [
        ['negotiate', {}],
        ['bearer', { realm: 'y' }],
      ],
    ],
    ['Bearer realm=', [['bearer', {}]]],
    ['Bearer realm="quo\\"ted \\\\ back"', [['bearer', { realm: 'quo"ted \\ back' }]]],
    ['Basic realm="Bearer realm=\\"https://evil\\""', [['basic', { realm: 'Bearer realm="https://evil"' }]]],
  ])('%s', (header, expected) => {
    expect(read(header)).toEqual(expected);
  });

  test.each([
    [undefined],
    [''],
    [',,,'],
    ['Bearer realm="never ends'],
    ['Bearer realm="a",realm="b"'],
    ['Bearer realm="a"service="b"'],
    ['Bearer realm="line\nbreak"'],
    ['"Bearer" realm="x"'],
    [`Bearer realm="${'x'.repeat(9_000)}"`],
  ])('finds no challenge in %j', (header) => {
    expect(read(header)).toEqual([]);
  });

  it('reads parameters named like properties of Object.prototype', () => {
    expect(parseChallenges('Bearer __proto__="x",constructor=y')[0]?.parameters.get('constructor')).toBe('y');
  });

  it('round-trips challenges', () => {
    const token = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const value = fc.string({ unit: fc.constantFrom(...'abc "\\,=/:') });
    const challenge = fc.tuple(
      token,
      fc.uniqueArray(fc.tuple(token, value), { selector: ([name]) => name, minLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), (challenges) => {
        const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
        const header = challenges
          .map(([scheme, pairs]) => `${scheme} ${pairs.map(([name, text]) => `${name}=${quote(text)}`).join(',')}`)
          .join(', ');
        expect(read(header)).toEqual(challenges.map(([scheme, pairs]) => [scheme, Object.fromEntries(pairs)]));
      }),
    );
  });

  it('parses any header, and long hostile ones in linear time', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'Bb="\\,; \t=', 'Bearer ', 'realm=', 'é', '\n') });
    fc.assert(fc.property(fc.oneof(fc.string(), hostile), (header) => parseChallenges(header).length <= 8));
    const startedAt = performance.now();
    for (const piece of ['"\\', 'a="', 'a=', 'a,', ' ,', 'a ', '=', 'a="b",'])
      parseChallenges(`Bearer x="${piece.repeat(2_000)}`);
    for (const piece of ['a=', 'a,', ' ,', 'a ', '=', 'a="b",']) parseChallenges(piece.repeat(1_300));
    expect(performance.now() - startedAt).toBeLessThan(100);
  });
});
