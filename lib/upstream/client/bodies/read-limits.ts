// Reads Retry-After and rate-limit headers.
import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamRateLimit } from '#lib/upstream/client/upstream-client.ts';

const MAX_RETRY_AFTER_SECONDS = 3_600;
const HTTP_DATE = /^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/;
const QUOTA = /^([0-9]{1,9})(?:;w=([0-9]{1,9}))?$/;

/** RFC 9110 §10.2.3: seconds or an HTTP date, clamped to 1 s … 1 h. Null when absent or malformed. */
export function readRetryAfter(headers: IncomingHttpHeaders, nowMs: number): number | null {
  const text = headers['retry-after']?.trim() ?? '';
  const seconds = /^[0-9]+$/.test(text)
    ? Number(text)
    : HTTP_DATE.test(text)
      ? Math.ceil((Date.parse(text) - nowMs) / 1000)
      : Number.NaN;
  return Number.isNaN(seconds) ? null : Math.min(Math.max(1, seconds), MAX_RETRY_AFTER_SECONDS);
}

/** Reads Docker Hub's `RateLimit-Limit: 100;w=21600` and `RateLimit-Remaining: 76;w=21600`. */
export function readRateLimit(headers: IncomingHttpHeaders, nowMs: number): UpstreamRateLimit | null {
  const limit = readQuota(headers['ratelimit-limit']);
  const remaining = readQuota(headers['ratelimit-remaining']);
  if (!limit || !remaining) return null;
  return {
    limit: limit.count,
    remaining: remaining.count,
    windowSeconds: limit.windowSeconds ?? remaining.windowSeconds ?? 0,
    seenAt: new Date(nowMs),
  };
}

function readQuota(header: string | string[] | undefined): { count: number; windowSeconds: number | null } | null {
  const match = typeof header === 'string' ? QUOTA.exec(header.trim()) : null;
  if (!match) return null;
  const [, count, window] = match;
  return { count: Number(count), windowSeconds: window === undefined ? null : Number(window) };
}
