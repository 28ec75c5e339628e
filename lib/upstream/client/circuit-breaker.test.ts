import { beforeEach, describe, expect, it } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.ts';

let nowMs = 0;
let breaker: CircuitBreaker;
const settings = { maxFailures: 3, firstPauseMs: 1_000, maxPauseMs: 8_000 };
beforeEach(() => {
  nowMs = 1_000_000;
  breaker = new CircuitBreaker({ host: 'ghcr.io', clock: () => nowMs, settings });
});

const failOnce = (): void => {
  nowMs += 1;
  breaker.enter().fail();
};
const open = (): void => {
  for (let failures = 0; failures < settings.maxFailures; failures += 1) failOnce();
};
const pauseMs = (): number => (breaker.brokenUntil?.getTime() ?? nowMs) - nowMs;

describe('a circuit breaker', () => {
  it('stays closed while failures are few or interrupted by a success', () => {
    failOnce();
    failOnce();
    breaker.enter().succeed();
    failOnce();
    failOnce();
    expect(breaker.brokenUntil).toBeNull();
    breaker.enter().withdraw();
  });

  it('opens after repeated failures and says when to retry', () => {
    open();
    expect(pauseMs()).toBeGreaterThanOrEqual(750);
    expect(pauseMs()).toBeLessThanOrEqual(1_250);
    expect(() => breaker.enter()).toThrow(/^ghcr.io failed repeatedly/);
    expect(errorOf()).toMatchObject({ code: 'upstream_unavailable', retryAfterSeconds: Math.ceil(pauseMs() / 1000) });
  });

  it('counts concurrent failures once', () => {
    const permits = Array.from({ length: 10 }, () => breaker.enter());
    nowMs += 100;
    for (const permit of permits) permit.fail();
    expect(breaker.brokenUntil).toBeNull();
  });

  it('lets one probe through after the pause and closes when it succeeds', () => {
    open();
    nowMs += 2_000;
    const probe = breaker.enter();
    expect(() => breaker.enter()).toThrow();
    probe.succeed();
    breaker.enter().succeed();
    breaker.enter().succeed();
  });

  it('lets the next request probe when the first probe was abandoned', () => {
    open();
    nowMs += 2_000;
    breaker.enter().withdraw();
    breaker.enter().succeed();
    expect(breaker.brokenUntil).toBeNull();
  });

  it('doubles its pause up to a limit', () => {
    open();
    const pauses: number[] = [];
    for (let times = 0; times < 8; times += 1) {
      nowMs += pauseMs() + 1;
      failOnce();
      pauses.push(pauseMs());
    }
    expect(pauses[0]).toBeGreaterThanOrEqual(1_500);
    expect(pauses[1]).toBeGreaterThanOrEqual(3_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(10_000);
  });

  it('opens immediately when rate-limited, for as long as Retry-After says', () => {
    breaker.enter().limit(120);
    expect(pauseMs()).toBe(120_000);
    expect(errorOf()).toMatchObject({ code: 'upstream_rate_limited', retryAfterSeconds: 120 });
  });

  it('is not closed by the success of a request that began earlier', () => {
    const early = breaker.enter();
    breaker.enter().limit(120);
    early.succeed();
    expect(pauseMs()).toBe(120_000);
  });
});

function errorOf(): unknown {
  try {
    return breaker.enter();
  } catch (error) {
    return error;
  }
}
