import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** What reaches standard output, of a process of its own. */
function logged(what: string): Record<string, unknown> {
  const code = `import { createLog } from '#lib/platform/log.ts'; createLog('info', false).warn(${what}, 'said');`;
  const line = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', code], { encoding: 'utf8' });
  return JSON.parse(line) as Record<string, unknown>;
}

test('an error says what it is, and why, but not all that the client of the database knows', () => {
  const lost = `Object.assign(new Error('lost', { cause: new Error('terminated') }), { code: '57P01', client: { statements: ['SELECT'] } })`;
  const { err, msg } = logged(`{ err: ${lost} }`);
  expect(msg).toBe('said');
  expect(err).toMatchObject({ message: 'lost: terminated', code: '57P01' });
  expect(err).not.toHaveProperty('client');
});

test('what was thrown and is no error is logged as it is', () => {
  expect(logged(`{ err: 'a sentence' }`)).toMatchObject({ err: 'a sentence' });
});

test('secrets are hidden', () => {
  expect(logged(`{ password: 'hunter2', headers: { authorization: 'Basic abc' } }`)).toMatchObject({
    password: '[hidden]',
    headers: { authorization: '[hidden]' },
  });
});
