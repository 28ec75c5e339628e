import { expect, test } from 'vitest';
import { addIdentityProviderCommand } from './identity-provider.ts';
import { createRoleCommand, updateRoleCommand } from './role.ts';

const ROLE = { json: false, registry: '123456789012', name: 'deploy' };

test.each([
  [{}, '--trust-policy is required. --help lists the options.'],
  [{ permission: 'owner' }, '--permission must be one of maintainer, pusher, reader, none.'],
  [{ 'max-session-seconds': '1h' }, '--max-session-seconds must be a number of seconds.'],
  [{ 'trust-policy': '/no/such/file' }, /^Can't read \/no\/such\/file: ENOENT/],
])('role create refuses %j', async (values, message) => {
  const run = createRoleCommand.run({ ...ROLE, ...values });
  await expect(run).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringMatching(message) as string });
});

test.each([
  [{}, 'Give at least one option to change. --help lists them.'],
  [{ disable: true, enable: true }, 'Use either --disable or --enable.'],
  [{ permission: '' }, '--permission must be one of maintainer, pusher, reader, none.'],
])('role update refuses %j', async (values, message) => {
  await expect(updateRoleCommand.run({ ...ROLE, ...values })).rejects.toMatchObject({ code: 'invalid_input', message });
});

test('identity-provider add needs an audience', async () => {
  const run = addIdentityProviderCommand.run({ json: false, registry: '123456789012', issuer: 'https://issuer.test' });
  const message = '--audience is required. --help lists the options.';
  await expect(run).rejects.toMatchObject({ code: 'invalid_input', message });
});
