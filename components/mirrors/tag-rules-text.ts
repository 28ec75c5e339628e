// Rules for tags as people write them: a line each, `PATTERN MINUTES`.
import type { TagRule } from '#lib/upstream/schema.ts';

const MINUTE_SECONDS = 60;

export function writeTagRules(rules: TagRule[]): string {
  return rules.map(({ pattern, ttlSeconds }) => `${pattern} ${ttlSeconds / MINUTE_SECONDS}`).join('\n');
}

/** What is no number becomes NaN, which no schema takes. */
export function readTagRules(text: string): TagRule[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [pattern = '', minutes = '', ...rest] = line.split(/\s+/);
      return { pattern, ttlSeconds: rest.length > 0 ? NaN : readAmount(minutes, MINUTE_SECONDS) };
    });
}

/** `1.5` minutes are 90 seconds. */
export function readAmount(text: string, unitSeconds: number): number {
  return text.trim() === '' ? NaN : Math.round(Number(text) * unitSeconds);
}
