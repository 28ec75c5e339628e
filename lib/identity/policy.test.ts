import { describe, expect, test } from 'vitest';
import { allowedRepositoryActions, canCreateRepository, canManageRegistry } from './policy.ts';
import { ANONYMOUS, type Principal, type RegistryRole, type TokenScope } from '#lib/access/schema.ts';

const user = (scopes: TokenScope[] | null = null): Principal => ({
  ...{ kind: 'user', userId: 'u', email: 'u@example.org', displayName: 'U', siteRole: 'user' },
  scopes,
  apiAccess: scopes === null ? 'write' : 'none',
});
const pushScope: TokenScope[] = [{ repository: 'acme/*', actions: ['push'] }];

describe('allowedRepositoryActions', () => {
  test.each<[string, Principal, RegistryRole | null, 'public' | 'private', string]>([
    ['anyone', ANONYMOUS, null, 'public', 'pull'],
    ['anyone', ANONYMOUS, null, 'private', ''],
    ['a stranger', user(), null, 'public', 'pull'],
    ['a stranger', user(), null, 'private', ''],
    ['a reader', user(), 'reader', 'private', 'pull'],
    ['a pusher', user(), 'pusher', 'private', 'pull push'],
    ['a maintainer', user(), 'maintainer', 'private', 'pull push delete'],
    ['an owner', user(), 'owner', 'private', 'pull push delete'],
    ['an owner with a push token', user(pushScope), 'owner', 'private', 'pull push'],
    ['a reader with a push token', user(pushScope), 'reader', 'private', 'pull'],
    ['a stranger with a push token', user(pushScope), null, 'public', 'pull'],
    [
      'an owner with a token for elsewhere',
      user([{ repository: 'other/*', actions: ['push'] }]),
      'owner',
      'public',
      'pull',
    ],
    [
      'an owner with a token for elsewhere',
      user([{ repository: 'other/*', actions: ['push'] }]),
      'owner',
      'private',
      '',
    ],
  ])('%s (%#)', (_who, actor, role, visibility, expected) => {
    expect(allowedRepositoryActions({ actor, role, visibility, fullName: 'acme/app' }).join(' ')).toBe(expected);
  });
});

test('only who manages a registry makes repositories, and only with a credential that may push there', () => {
  const can = (actor: Principal, role: RegistryRole | null) =>
    canCreateRepository({ actor, role, fullName: 'acme/app' });
  expect(can(user(), 'owner')).toBe(true);
  expect(can(user(pushScope), 'maintainer')).toBe(true);
  expect(can(user([{ repository: 'acme/other', actions: ['push'] }]), 'owner')).toBe(false);
  expect(can(user(), 'pusher')).toBe(false);
  expect(can(user(), null)).toBe(false);
});

test('pages are edited by signed-in people, not by tokens for repositories', () => {
  expect(canManageRegistry({ actor: user(), role: 'maintainer' })).toBe(true);
  expect(canManageRegistry({ actor: user(pushScope), role: 'owner' })).toBe(false);
  expect(canManageRegistry({ actor: ANONYMOUS, role: null })).toBe(false);
});
