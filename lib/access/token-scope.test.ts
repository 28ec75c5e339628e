import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAppError } from '#lib/platform/errors.ts';
import { anyName } from '#lib/testing/images/oci-arbitraries.ts';
import { REPOSITORY_ACTIONS } from './schema.ts';
import { formatTokenScope, normaliseTokenScopes, parseTokenScope, scopesAllow } from './token-scope.ts';

describe('parseTokenScope', () => {
  test.each([
    ['push', 'repository:*:push'],
    ['repository:acme/app:pull,push', 'repository:acme/app:pull,push'],
    ['repository:acme/*:push,pull', 'repository:acme/*:pull,push'],
  ])('%s', (text, expected) => {
    expect(formatTokenScope(parseTokenScope(text))).toBe(expected);
  });

  test.each([
    '',
    'admin',
    'repository:acme/app',
    'repository:acme/app:fly',
    'repository:A:pull',
    'registry:catalog:*',
    'repository:a:pull:x',
  ])('rejects "%s"', (text) => {
    expect(() => parseTokenScope(text)).toThrow(/is not a valid scope/);
  });

  const actions = fc.shuffledSubarray([...REPOSITORY_ACTIONS], { minLength: 1 });

  test('normalises equal scopes and round-trips them', () => {
    fc.assert(
      fc.property(anyName, actions, actions, (repository, some, others) => {
        const scope = parseTokenScope(`repository:${repository}:${[...some, ...others].join(',')}`);
        const expected = REPOSITORY_ACTIONS.filter((action) => some.includes(action) || others.includes(action));
        expect(scope).toEqual({ repository, actions: expected });
        const text = formatTokenScope(scope);
        expect(parseTokenScope(text)).toEqual(scope);
        expect(normaliseTokenScopes([text, text])).toEqual([text]);
      }),
    );
  });

  test('parses or rejects arbitrary text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc
        .array(fc.constantFrom('repository', ':', ',', 'a/b', '*', 'pull', 'push', ' ', '\n', 'A'))
        .map((p) => p.join('')),
    );
    fc.assert(
      fc.property(text, (input) => {
        try {
          const scope = parseTokenScope(input);
          expect(scope.actions.length).toBeGreaterThan(0);
          expect(parseTokenScope(formatTokenScope(scope))).toEqual(scope);
        } catch (error) {
          expect(isAppError(error) && error.code).toBe('invalid_input');
        }
      }),
    );
  });
});

describe('scopesAllow', () => {
  const allows = (scope: string, name: string, action: 'pull' | 'push' | 'delete' = 'push') =>
    scopesAllow([parseTokenScope(scope)], name, action);

  test.each([
    ['repository:acme/app:push', 'acme/app', true],
    ['repository:acme/app:push', 'acme/app2', false],
    ['repository:acme/app:push', 'acme/ap', false],
    ['repository:acme/*:push', 'acme/app/deep', true],
    ['repository:acme/*:push', 'acmes/app', false],
    ['repository:*/app:push', 'acme/app', true],
    ['repository:a*b*c:push', 'axbxc', true],
    ['repository:a*b*c:push', 'acb', false],
    ['repository:ab*ba:push', 'aba', false],
  ])('%s on %s: %s', (scope, name, expected) => {
    expect(allows(scope, name)).toBe(expected);
  });

  test('push includes pull but pull includes nothing else', () => {
    expect(allows('push', 'acme/app', 'pull')).toBe(true);
    expect(allows('pull', 'acme/app', 'push')).toBe(false);
    expect(allows('push', 'acme/app', 'delete')).toBe(false);
  });

  test('agrees with a regular expression on any pattern', () => {
    const pieces = fc.array(fc.constantFrom('a', 'b', 'ab', '*', '/'), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pieces, fc.stringMatching(/^[ab/]{0,12}$/), (parts, name) => {
        const pattern = parts.join('').replace(/^\//, 'a');
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name);
        expect(scopesAllow([{ repository: pattern, actions: ['pull'] }], name, 'pull')).toBe(expected);
      }),
    );
  });
});
