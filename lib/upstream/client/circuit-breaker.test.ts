import { beforeEach, describe, expect, it } from 'vitest';
import { CircuitBreaker, type Pause, type PauseBoard } from './circuit-breaker.ts';

let nowMs = 0;
let breaker: CircuitBreaker;
const settings = { maxFailures: 3, firstPauseMs: 1_000, maxPauseMs: 8_000 };
beforeEach(() => {
  nowMs = 1_000_000;
  breaker = new CircuitBreaker({ host: 'ghcr.io', clock: () => nowMs, settings });
});

const failOnce = async (): Promise<void> => {
  nowMs += 1;
  await (await breaker.enter()).fail();
};
const open = async (): Promise<void> => {
  for (let failures = 0; failures < settings.maxFailures; failures += 1) await failOnce();
};
const pauseMs = (): number => (breaker.brokenUntil?.getTime() ?? nowMs) - nowMs;

describe('a circuit breaker', () => {
  it('stays closed while failures are few or interrupted by a success', async () => {
    await failOnce();
    await failOnce();
    await (await breaker.enter()).succeed();
    await failOnce();
    await failOnce();
    expect(breaker.brokenUntil).toBeNull();
    await (await breaker.enter()).withdraw();
  });

  it('opens after repeated failures and says when to retry', async () => {
    await open();
    expect(pauseMs()).toBeGreaterThanOrEqual(750);
    expect(pauseMs()).toBeLessThanOrEqual(1_250);
    await expect(breaker.enter()).rejects.toThrow(/^ghcr.io failed repeatedly/);
    expect(await errorOf()).toMatchObject({
      code: 'upstream_unavailable',
      retryAfterSeconds: Math.ceil(pauseMs() / 1000),
    });
  });

  it('counts concurrent failures once', async () => {
    const permits = await Promise.all(Array.from({ length: 10 }, () => breaker.enter()));
    nowMs += 100;
    for (const permit of permits) await permit.fail();
    expect(breaker.brokenUntil).toBeNull();
  });

  it('lets one probe through after the pause and closes when it succeeds', async () => {
    await open();
    nowMs += 2_000;
    const probe = await breaker.enter();
    await expect(breaker.enter()).rejects.toThrow();
    await probe.succeed();
    await (await breaker.enter()).succeed();
    await (await breaker.enter()).succeed();
  });

  it('lets the next request probe when the first probe was abandoned', async () => {
    await open();
    nowMs += 2_000;
    await (await breaker.enter()).withdraw();
    await (await breaker.enter()).succeed();
    expect(breaker.brokenUntil).toBeNull();
  });

  it('doubles its pause up to a limit', async () => {
    await open();
    const pauses: number[] = [];
    for (let times = 0; times < 8; times += 1) {
      nowMs += pauseMs() + 1;
      await failOnce();
      pauses.push(pauseMs());
    }
    expect(pauses[0]).toBeGreaterThanOrEqual(1_500);
    expect(pauses[1]).toBeGreaterThanOrEqual(3_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(10_000);
  });

  it('opens immediately when rate-limited, for as long as Retry-After says', async () => {
    await (await breaker.enter()).limit(120);
    expect(pauseMs()).toBe(120_000);
    expect(await errorOf()).toMatchObject({ code: 'upstream_rate_limited', retryAfterSeconds: 120 });
  });

  it('is not closed by the success of a request that began earlier', async () => {
    const early = await breaker.enter();
    await (await breaker.enter()).limit(120);
    await early.succeed();
    expect(pauseMs()).toBe(120_000);
  });
});

describe('a circuit breaker that shares its pauses', () => {
  const claim = new Date(0);
  const shared = (board: Partial<PauseBoard>): PauseBoard => ({
    open: () => Promise.resolve(true),
    claimProbe: () => Promise.resolve(null),
    release: () => Promise.resolve(),
    close: () => Promise.reject(new Error('a newer pause was ended')),
    ...board,
  });
  const share = (board: Partial<PauseBoard>) =>
    (breaker = new CircuitBreaker({ host: 'ghcr.io', clock: () => nowMs, settings, board: shared(board) }));

  it('probes alone after a pause that it could not tell the others', async () => {
    share({ open: () => Promise.resolve(false) });
    await (await breaker.enter()).limit(1);
    nowMs += 1_001;
    const probe = await breaker.enter();
    await expect(breaker.enter()).rejects.toThrow();
    await probe.succeed();
    await (await breaker.enter()).succeed();
  });

  it('keeps a pause that began while it probed', async () => {
    const pause = (): Pause => ({ untilMs: nowMs - 1, openings: 1, isLimited: true });
    share({ claimProbe: () => Promise.resolve({ pause: pause(), claim }) });
    const early = await breaker.enter();
    await (await breaker.enter()).limit(1);
    nowMs += 1_001;
    const probe = await breaker.enter();
    await early.limit(120);
    await probe.succeed();
    expect(pauseMs()).toBe(120_000);
  });

  it('keeps a pause that began while it asked for the probe', async () => {
    const asked = Promise.withResolvers<{ pause: Pause; claim: Date }>();
    const released: Date[] = [];
    share({ claimProbe: () => asked.promise, release: (given) => (released.push(given), Promise.resolve()) });
    const early = await breaker.enter();
    await (await breaker.enter()).limit(1);
    nowMs += 1_001;
    const probe = breaker.enter();
    await early.limit(120);
    asked.resolve({ pause: { untilMs: nowMs - 1, openings: 1, isLimited: true }, claim });
    await expect(probe).rejects.toMatchObject({ code: 'upstream_rate_limited' });
    expect(released).toEqual([claim]);
    expect(pauseMs()).toBe(120_000);
  });
});

function errorOf(): Promise<unknown> {
  return breaker.enter().catch((error: unknown) => error);
}
