// A session isn't opened for somebody, or of a role, that ended while it was asked for.
import { beforeEach, expect, test } from 'vitest';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { deleteAccessKey } from '#lib/identity/access-keys/delete-access-key.ts';
import { findKeyHolder } from '#lib/identity/access-keys/find-key-holder.ts';
import { disableUser } from '#lib/identity/accounts/disable-user.ts';
import { NO_REQUEST, type UserCaller } from '#lib/access/schema.ts';
import { beforeTransaction } from '#lib/testing/before-transaction.ts';
import { useRobotSite } from '#lib/testing/use-robot-site.ts';
import { assumeRole } from './assume-role.ts';
import { createRole } from './create-role.ts';
import { removeRole } from './remove-role.ts';
import { updateRole } from './update-role.ts';

const site = useRobotSite();
let asked: Parameters<typeof assumeRole>[1];
let accessKeyId: string;
beforeEach(async () => {
  const { vitrine, owner, registryKey } = site;
  const key = await createAccessKey(vitrine.app, { caller: owner.caller, registryKey });
  ({ accessKeyId } = key);
  const holder = await findKeyHolder(vitrine.app, accessKeyId);
  if (!holder) throw new Error('no key');
  const caller: UserCaller = { principal: holder.principal, context: NO_REQUEST };
  const { registryId } = holder.membership;
  const trustPolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: registryId }, Action: 'sts:AssumeRole' },
  });
  const role = { name: 'deploy', permission: 'reader' as const, description: '', trustPolicy, maxSessionSeconds: 3600 };
  await createRole(vitrine.app, { caller: owner.caller, registryKey, ...role });
  const { membership } = holder;
  asked = { caller, membership, registryId, roleName: 'deploy', sessionName: 'test', durationSeconds: 900 };
});

const owning = () => ({ caller: site.owner.caller, registryKey: site.registryKey });
const endings = {
  'the account was disabled': async () => {
    const admin = await site.vitrine.createUser({ role: 'admin' });
    const { userId } = site.owner.caller.principal;
    await disableUser(site.vitrine.app, { caller: admin.caller, userId, reason: 'Left.' });
  },
  'the access key was deleted': () => deleteAccessKey(site.vitrine.app, { ...owning(), accessKeyId }),
  'the role was disabled': () => updateRole(site.vitrine.app, { ...owning(), name: 'deploy', isEnabled: false }),
  'the role was removed': () => removeRole(site.vitrine.app, { ...owning(), name: 'deploy' }),
};

test.each(Object.entries(endings))('%s', async (_, end) => {
  const { app } = site.vitrine;
  expect((await assumeRole(app, asked)).sessionName).toBe('test');
  const count = () => app.db.accessKey.count({ where: { sessionName: { not: null }, registryKey: site.registryKey } });
  const late = beforeTransaction(app, end);
  await expect(assumeRole(late, asked)).rejects.toMatchObject({
    code: expect.stringMatching(/^(?:unauthenticated|forbidden)$/) as string,
  });
  expect(await count()).toBeLessThanOrEqual(1);
});
