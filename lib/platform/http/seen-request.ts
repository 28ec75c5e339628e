// Tells the operator how a request arrives here through the proxies, so that `vitrine doctor` can check PUBLIC_URL and PROXIES.
// Only a caller who knows the site's secret gets this answer.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { readClientAddress } from './requests.ts';

export const DOCTOR_HEADER = 'x-vitrine-doctor';
const MAX_AGE_MS = 300_000;

export const seenRequestSchema = z.object({
  clientAddress: z.string().nullable(),
  host: z.string().nullable(),
  forwardedFor: z.string().nullable(),
  forwardedProto: z.string().nullable(),
  nowMs: z.number(),
});
export type SeenRequest = z.infer<typeof seenRequestSchema>;

/** Signs a request that may see how it arrived. */
export function signDoctor(key: Uint8Array, nowMs = Date.now()): string {
  return `${nowMs}.${createHmac('sha256', key).update(String(nowMs)).digest('hex')}`;
}

/** Returns null unless the request carries a valid signature. */
export function describeSeenRequest(req: IncomingMessage, key: Uint8Array, nowMs = Date.now()): SeenRequest | null {
  const given = String(req.headers[DOCTOR_HEADER] ?? '');
  const signedMs = Number(given.split('.', 1)[0]);
  if (!Number.isSafeInteger(signedMs) || Math.abs(nowMs - signedMs) > MAX_AGE_MS) return null;
  const expected = Buffer.from(signDoctor(key, signedMs));
  const actual = Buffer.from(given);
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return null;
  const header = (name: string) => {
    const value = req.headers[name];
    return value === undefined ? null : String(value);
  };
  return {
    clientAddress: readClientAddress(req),
    host: header('host'),
    forwardedFor: header('x-forwarded-for'),
    forwardedProto: header('x-forwarded-proto'),
    nowMs,
  };
}
