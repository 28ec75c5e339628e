const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DELAYS = [5, 30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR];
const MAX_RETRY_AFTER_SECONDS = 24 * HOUR;
/** Receivers that failed together aren't asked together again. */
const JITTER = 0.1;

/** Returns after how many seconds a failed delivery is tried again. `failures` counts those before. */
export function retryDelay({
  failures,
  retryAfterSeconds,
}: {
  failures: number;
  retryAfterSeconds: number | null;
}): number {
  const seconds = DELAYS[Math.min(failures, DELAYS.length - 1)] ?? HOUR;
  const asked = Math.min(retryAfterSeconds ?? 0, MAX_RETRY_AFTER_SECONDS);
  return Math.max(seconds * (1 + JITTER * Math.random()), asked);
}
