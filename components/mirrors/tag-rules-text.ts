// Reads and writes tag rules as text, one `PATTERN MINUTES` per line.
import type { TagRule } from '#lib/upstream/schema.ts';

const MINUTE_SECONDS = 60;

export function writeTagRules(rules: TagRule[]): string {
  return rules.map(({ pattern, ttlSeconds }) => `${pattern} ${ttlSeconds / MINUTE_SECONDS}`).join('\n');
}

/** Invalid numbers become NaN, which the schema rejects. */
export function readTagRules(text: string): TagRule[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [pattern = '', minutes = '', ...rest] = line.split(/\s+/);
      return { pattern, ttlSeconds: rest.length > 0 ? NaN : readAmount(minutes, MINUTE_SECONDS) };
    });
}

/** Converts `1.5` minutes to 90 seconds. */
export function readAmount(text: string, unitSeconds: number): number {
  return text.trim() === '' ? NaN : Math.round(Number(text) * unitSeconds);
}
