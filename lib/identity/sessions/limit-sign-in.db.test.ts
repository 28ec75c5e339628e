import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { reapSignIns } from '#lib/identity/jobs/reap-sign-ins.ts';
import { countSignInAttempt, forgetSignInFailures } from './limit-sign-in.ts';
import { signInUser } from './sign-in-user.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());
beforeEach(() => site.app.db.signInFailure.deleteMany());

/** Returns `ok` or the error code. */
async function attempt(email: string, address: string | null = null): Promise<string> {
  return countSignInAttempt(site.app, { email, address }).then(
    () => 'ok',
    (error: unknown) => (isAppError(error) ? error.code : 'internal'),
  );
}

async function attempts(count: number, email: (i: number) => string, address: string | null = null): Promise<string[]> {
  const results: string[] = [];
  for (let i = 0; i < count; i += 1) results.push(await attempt(email(i), address));
  return results;
}

const age = (seconds: number) =>
  site.app.db
    .$executeRaw`UPDATE sign_in_failures SET last_failed_at = last_failed_at - make_interval(secs => ${seconds}::int)`;

describe('password guessing', () => {
  test('allows five attempts, then doubles the wait with each failure up to 15 minutes', async () => {
    expect(await attempts(6, () => 'a@example.org')).toEqual([
      ...Array.from({ length: 5 }, () => 'ok'),
      'rate_limited',
    ]);
    const waits: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      const error: unknown = await countSignInAttempt(site.app, { email: 'a@example.org', address: null }).catch(
        (thrown: unknown) => thrown,
      );
      if (!isAppError(error)) throw new Error('expected an AppError');
      const wait = error.retryAfterSeconds ?? 0;
      waits.push(wait);
      await age(wait);
      expect(await attempt('a@example.org')).toBe('ok');
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  test('limits concurrent attempts like sequential ones', async () => {
    const startedAt = performance.now();
    const results = await Promise.all(Array.from({ length: 1_000 }, () => attempt('many@example.org')));
    const elapsedSeconds = (performance.now() - startedAt) / 1_000;
    // Five free attempts, and one after each delay that has passed meanwhile: 2 s, 4 s, 8 s, …
    const delays = Math.floor(Math.log2(elapsedSeconds / 2 + 1));
    const allowed = results.filter((result) => result === 'ok').length;
    expect(allowed).toBeGreaterThanOrEqual(5);
    expect(allowed).toBeLessThanOrEqual(5 + delays);
  });

  test('treats unknown and existing accounts alike', async () => {
    const { email } = await site.createUser();
    const tries = async (address: string) => {
      const codes: string[] = [];
      for (let i = 0; i < 6; i += 1) {
        const input = { email: address, password: 'wrong password', address: null };
        codes.push(
          await signInUser(site.app, input).then(
            () => 'ok',
            (error: unknown) => (isAppError(error) ? `${error.code}: ${error.message}` : 'internal'),
          ),
        );
      }
      return codes;
    };
    expect(await tries('nobody@example.org')).toEqual(await tries(email));
  });

  test('resets the account’s failures after a successful sign-in', async () => {
    const { email, password } = await site.createUser();
    const signIn = (typed: string) => signInUser(site.app, { email, password: typed, address: '192.0.2.1' });
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 4; i += 1)
        await expect(signIn('wrong password')).rejects.toMatchObject({ code: 'unauthenticated' });
      await signIn(password);
    }
  });

  test('limits an address that tries many accounts, even after one success', async () => {
    const results = await attempts(31, (i) => `spray-${i}@example.org`, '192.0.2.9');
    expect(results.filter((result) => result === 'ok')).toHaveLength(30);
    await forgetSignInFailures(site.app, { email: 'spray-1@example.org', address: '192.0.2.9' });
    expect(await attempts(2, (i) => `next-${i}@example.org`, '192.0.2.9')).toEqual(['ok', 'rate_limited']);
    expect(await attempt('spray-1@example.org', '192.0.2.10')).toBe('ok');
  });

  test('counts IPv6 addresses by /64', async () => {
    for (let i = 0; i < 30; i += 1) await attempt(`six-${i}@example.org`, `2001:db8:0:1::${i.toString(16)}`);
    expect(await attempt('six@example.org', '2001:db8::1:ffff:0:0:1')).toBe('rate_limited');
    expect(await attempt('six@example.org', '2001:db8:0:2::1')).toBe('ok');
  });

  test('resets after a day', async () => {
    await attempts(6, () => 'old@example.org');
    await age(86_401);
    expect(await attempts(6, () => 'old@example.org')).toEqual([
      ...Array.from({ length: 5 }, () => 'ok'),
      'rate_limited',
    ]);
    await age(86_401);
    await reapSignIns(site.app);
    expect(await site.app.db.signInFailure.count()).toBe(0);
  });
});
