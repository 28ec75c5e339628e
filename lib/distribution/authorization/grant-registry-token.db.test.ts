// The scope grammar of the token endpoint, tested by the grants it leads to.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPOSITORY_ACTIONS } from '#lib/access/schema.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { grantRegistryToken } from './grant-registry-token.ts';

let site: TestApp;
let ada: TestUser;
beforeAll(async () => {
  site = await createTestApp();
  ada = await site.createUser();
});
afterAll(() => site.close());

async function grant(scopes: string[]): Promise<Record<string, string[]>> {
  const authority = { key: site.app.authKeys.registryToken, service: 'test' };
  const { grants } = await grantRegistryToken({ pool: site.app.pool, authority }, { caller: ada.caller, scopes });
  return Object.fromEntries(grants.map(({ name, actions }) => [name, [...actions].sort()]));
}

const anyActions = fc.array(fc.constantFrom('pull', 'push', 'delete', '*', 'fly', ''), { maxLength: 5 });

test('scopes of one repository add up, in one parameter or several', async () => {
  const wish = fc.record({
    repository: fc.constantFrom('one', 'two/deep'),
    actions: anyActions,
    isJoined: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(wish, { maxLength: 5 }), async (wishes) => {
      const scopes: string[] = [];
      const expected: Record<string, Set<string>> = {};
      for (const { repository, actions, isJoined } of wishes) {
        const scope = `repository:${ada.alias}/${repository}:${actions.join(',')}`;
        const last = scopes.pop();
        if (isJoined && last !== undefined) scopes.push(`${last} ${scope}`);
        else scopes.push(...(last === undefined ? [] : [last]), scope);
        const meant = REPOSITORY_ACTIONS.filter((action) => actions.includes(action) || actions.includes('*'));
        const name = `${ada.alias}/${repository}`;
        if (meant.length > 0) expected[name] = new Set([...(expected[name] ?? []), ...meant]);
      }
      const sorted = Object.entries(expected).map(([name, actions]) => [name, [...actions].sort()]);
      expect(await grant(scopes)).toEqual(Object.fromEntries(sorted));
    }),
  );
});

test('arbitrary scopes grant nothing beyond the user’s own names, and fail only with an AppError', async () => {
  const piece = fc.constantFrom(
    ...['repository', 'registry', 'catalog', ':', '::', '*', 'pull', 'push,pull', ' ', '(plugin)', '..'],
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary-ascii', maxLength: 60 }),
    fc.constantFrom(
      '\0',
      'repository:a/b:*',
      `repository:${'a/'.repeat(2_000)}b:pull`,
      `repository:${':a'.repeat(4_000)}!`,
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 4 }), async (scopes) => {
      const granted = await grant(scopes).catch((error: unknown) => {
        expect(isAppError(error)).toBe(true);
        return {};
      });
      expect(Object.keys(granted).filter((name) => !name.startsWith(`${ada.alias}/`))).toEqual([]);
    }),
  );
});
