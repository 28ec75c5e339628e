import type { DigestChoice } from '#lib/following/schema.ts';

const DAY_MS = 86_400_000;

export type DigestPeriod = Exclude<DigestChoice, 'off'>;

export const PERIOD_MS: Record<DigestPeriod, number> = { daily: DAY_MS, weekly: 7 * DAY_MS };
