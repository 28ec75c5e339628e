import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { reapSignIns } from '#lib/identity/jobs/reap-sign-ins.ts';
import { countSignUpAttempt } from './limit-sign-up.ts';
import { signUpUser } from './sign-up-user.ts';

const LIMIT = 4;
const SITE_LIMIT = LIMIT * 30;
let site: TestApp;
beforeAll(async () => {
  site = await createTestApp({ SIGN_UPS_PER_HOUR: String(LIMIT) });
});
afterAll(() => site.close());
beforeEach(() => site.app.db.signUpCount.deleteMany());

async function attempt(address: string | null): Promise<string> {
  return countSignUpAttempt(site.app, address).then(
    () => 'ok',
    (error: unknown) => (isAppError(error) ? error.code : 'internal'),
  );
}

async function countAllowed(addresses: string[]): Promise<number> {
  const results = await Promise.all(addresses.map(attempt));
  expect(results.filter((result) => result !== 'ok' && result !== 'rate_limited')).toEqual([]);
  return results.filter((result) => result === 'ok').length;
}

const repeat = (count: number, address: (i: number) => string) => Array.from({ length: count }, (_, i) => address(i));
const age = (seconds: number) =>
  site.app.db.$executeRaw`UPDATE sign_up_counts SET started_at = started_at - make_interval(secs => ${seconds}::int)`;

let serial = 0;
const signUp = (address: string) => {
  const email = `newcomer-${(serial += 1)}@example.org`;
  return signUpUser(site.app, { email, password: 'a long password', displayName: 'Newcomer', address });
};

describe('signing up', () => {
  test('is limited per address and hour, with the time until the next attempt', async () => {
    for (let i = 0; i < LIMIT; i += 1) await signUp('192.0.2.1');
    const before = await site.app.db.user.count();
    const audits = await site.app.db.auditEvent.count();
    await age(600);
    const refused: unknown = await signUp('192.0.2.1').catch((error: unknown) => error);
    if (!isAppError(refused)) throw new Error('expected an AppError');
    expect(refused.code).toBe('rate_limited');
    expect(refused.message).toBe('Too many accounts were created from your network. Try again in 50 minutes.');
    expect(refused.retryAfterSeconds).toBeGreaterThan(2_990);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(3_000);
    expect(await site.app.db.user.count()).toBe(before);
    expect(await site.app.db.auditEvent.count()).toBe(audits);
    await signUp('192.0.2.2');
    await age(3_001);
    await signUp('192.0.2.1');
  });

  test('limits concurrent attempts like sequential ones', async () => {
    expect(await countAllowed(repeat(200, () => '192.0.2.3'))).toBe(LIMIT);
  });

  test('counts attempts with a taken address but not invalid input', async () => {
    const taken = { email: 'taken@example.org', password: 'a long password', displayName: 'T', address: '192.0.2.4' };
    for (let i = 0; i < LIMIT; i += 1) {
      await expect(signUpUser(site.app, { ...taken, password: 'short' })).rejects.toMatchObject({
        code: 'invalid_input',
      });
    }
    await signUpUser(site.app, taken);
    for (let i = 1; i < LIMIT; i += 1) {
      await expect(signUpUser(site.app, taken)).rejects.toMatchObject({ code: 'name_taken' });
    }
    await expect(signUpUser(site.app, taken)).rejects.toMatchObject({ code: 'rate_limited' });
  });

  test('counts IPv6 addresses by /64', async () => {
    expect(await countAllowed(repeat(LIMIT + 3, (i) => `2001:db8:0:1::${i.toString(16)}`))).toBe(LIMIT);
    expect(await attempt('2001:db8:0:2::1')).toBe('ok');
  });

  test('limits the whole site, without counting limited addresses', async () => {
    await countAllowed(repeat(SITE_LIMIT * 2, () => '192.0.2.5'));
    const many = repeat(SITE_LIMIT + 20, (i) => `198.51.100.${i}`);
    expect(await countAllowed(many)).toBe(SITE_LIMIT - LIMIT);
    await expect(signUp('203.0.113.1')).rejects.toThrow(
      'Too many people are signing up right now. Try again in 60 minutes.',
    );
    await age(3_601);
    await signUp('203.0.113.1');
  });

  test('deletes counters after a day', async () => {
    await attempt('192.0.2.6');
    await reapSignIns(site.app);
    expect(await site.app.db.signUpCount.count()).toBe(2);
    await age(86_401);
    await reapSignIns(site.app);
    expect(await site.app.db.signUpCount.count()).toBe(0);
  });

  test('is unlimited if the setting is 0', async () => {
    const app = { ...site.app, config: { ...site.app.config, signUpsPerHour: 0 } };
    for (let i = 0; i < LIMIT + 1; i += 1) await countSignUpAttempt(app, '192.0.2.7');
    expect(await site.app.db.signUpCount.count()).toBe(0);
  });
});
