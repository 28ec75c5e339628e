import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** Logs in a child process and returns the parsed line from standard output. */
function logged(what: string): Record<string, unknown> {
  const code = `import { createLog } from '#lib/platform/log.ts'; createLog('info', false).warn(${what}, 'said');`;
  const line = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', code], { encoding: 'utf8' });
  return JSON.parse(line) as Record<string, unknown>;
}

test('logs an error with its cause but without the database client', () => {
  const lost = `Object.assign(new Error('lost', { cause: new Error('terminated') }), { code: '57P01', client: { statements: ['SELECT'] } })`;
  const { err, msg } = logged(`{ err: ${lost} }`);
  expect(msg).toBe('said');
  expect(err).toMatchObject({ message: 'lost: terminated', code: '57P01' });
  expect(err).not.toHaveProperty('client');
});

test('logs thrown values that are not errors unchanged', () => {
  expect(logged(`{ err: 'a sentence' }`)).toMatchObject({ err: 'a sentence' });
});

test('redacts secrets', () => {
  expect(logged(`{ password: 'hunter2', headers: { authorization: 'Basic abc' } }`)).toMatchObject({
    password: '[hidden]',
    headers: { authorization: '[hidden]' },
  });
});
