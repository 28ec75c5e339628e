import { expect, test } from 'vitest';
import { createAccessKeyCommand } from './access-key.ts';
import { createRobotCommand } from './robot.ts';
import { createTokenCommand } from './token.ts';

const EITHER = 'Either --email or --robot is required. --help lists the options.';

test.each([
  [{}, EITHER],
  [{ email: 'ada@example.org', robot: 'ci', registry: '123456789012' }, EITHER],
  [{ robot: 'ci' }, '--registry is required. --help lists the options.'],
  [{ robot: '', registry: '123456789012' }, '--robot is required. --help lists the options.'],
])('a credential isn’t created for %j', async (values, message) => {
  for (const { run } of [createTokenCommand, createAccessKeyCommand])
    await expect(run({ json: false, ...values })).rejects.toMatchObject({ code: 'invalid_input', message });
});

test.each(['owner', 'admin', ''])('robot create refuses --role %j', async (role) => {
  const run = createRobotCommand.run({ json: false, registry: '123456789012', name: 'ci', role });
  const message = '--role must be one of maintainer, pusher, reader, none.';
  await expect(run).rejects.toMatchObject({ code: 'invalid_input', message });
});
