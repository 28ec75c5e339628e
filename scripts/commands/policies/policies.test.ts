import { expect, test } from 'vitest';
import { attachPolicyCommand } from './identity-policy.ts';
import { createPolicyCommand, setPolicyVersionCommand } from './managed-policy.ts';
import { createTeamCommand, updateTeamCommand } from './team.ts';

const NAMED = { json: false, registry: '123456789012', name: 'release' };

test.each([
  [createPolicyCommand, {}, '--policy is required. --help lists the options.'],
  [createPolicyCommand, { policy: '/no/such/file' }, "Can't read /no/such/file: ENOENT"],
  [setPolicyVersionCommand, {}, '--version is required. --help lists the options.'],
  [setPolicyVersionCommand, { version: 'v2' }, '--version must be a number.'],
  [attachPolicyCommand, {}, '--principal is required. --help lists the options.'],
  [createTeamCommand, { 'join-role': 'owner' }, '--join-role must be one of reader, none.'],
  [updateTeamCommand, {}, 'Give at least one option to change. --help lists them.'],
])('$0.summary: refuses $1', async (command, values, message) => {
  const run = command.run({ ...NAMED, ...values });
  await expect(run).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining(message) as string,
  });
});
