// The site's switch that requires a second factor for reviewers and admins.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAllowed } from '#lib/access/authorize.ts';
import { SYSTEM_CALLER, type UserCaller, type UserPrincipal } from '#lib/access/schema.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { findSessionUser } from '#lib/identity/sessions/find-session-user.ts';
import { updateSiteSettings } from '#lib/site/update-site-settings.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { openTestSession } from '#lib/testing/open-test-session.ts';
import { removeTotp } from './remove-totp.ts';
import { confirmTotp, findTotpSetup, startTotp } from './set-up-totp.ts';
import { totpCode, totpStep } from './totp.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

const require = (staffNeedFactor: boolean) =>
  updateSiteSettings(site.app, { caller: SYSTEM_CALLER, settings: { staffNeedFactor } });

async function enter(user: TestUser): Promise<() => Promise<UserPrincipal>> {
  const sessionId = await openTestSession(site.app, { user: user.caller.principal });
  return async () => {
    const principal = await findSessionUser(site.app, { sessionId });
    if (!principal) throw new Error('no session');
    return principal;
  };
}

test('staff without a second factor have no staff role until they add one', async () => {
  const people = [await site.createUser({ role: 'reviewer' }), await site.createUser({ role: 'admin' })] as const;
  const [reviewer, admin] = [await enter(people[0]), await enter(people[1])];
  const { context } = people[0].caller;
  const may = async (find: () => Promise<UserPrincipal>, action: 'vitrine:ListReviewQueue' | 'vitrine:ManageUsers') =>
    isAllowed({ principal: await find(), context, action });
  expect(await may(reviewer, 'vitrine:ListReviewQueue')).toBe(true);
  await require(true);
  expect(await may(reviewer, 'vitrine:ListReviewQueue')).toBe(false);
  expect(await may(admin, 'vitrine:ManageUsers')).toBe(false);
  expect(await admin()).toMatchObject({ siteRole: 'user', isFactorMissing: true });
  const { token } = people[1];
  expect(await authenticateAccessToken(site.app, token)).toMatchObject({ siteRole: 'user', isFactorMissing: true });

  const caller: UserCaller = { principal: await admin(), context };
  await startTotp(site.app, { caller });
  const secret = (await findTotpSetup(site.app, { caller }))?.secret ?? '';
  await confirmTotp(site.app, { caller, code: totpCode(secret, totpStep(new Date())) });
  expect(await may(admin, 'vitrine:ManageUsers')).toBe(true);
  expect((await authenticateAccessToken(site.app, token)).siteRole).toBe('admin');
  expect(await may(reviewer, 'vitrine:ListReviewQueue')).toBe(false);
  await removeTotp(site.app, { caller });
  expect(await may(admin, 'vitrine:ManageUsers')).toBe(false);

  await require(false);
  expect(await may(reviewer, 'vitrine:ListReviewQueue')).toBe(true);
  expect(await may(admin, 'vitrine:ManageUsers')).toBe(true);
});

test('users without a staff role are not affected, and the change is audited', async () => {
  const user = await enter(await site.createUser());
  await require(true);
  expect((await user()).isFactorMissing).toBeUndefined();
  const event = await site.app.db.auditEvent.findFirstOrThrow({
    where: { action: 'site.update' },
    orderBy: { id: 'desc' },
  });
  expect(event).toMatchObject({ before: { staffNeedFactor: 'no' }, after: { staffNeedFactor: 'yes' } });
});
