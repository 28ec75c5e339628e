// Sizes as people write them. Units are powers of 1024: 10GB is 10 × 1024³ bytes.
import { z } from 'zod';

const UNITS: Record<string, number> = { '': 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };

/** `500GB` → bytes. */
export const byteSize = z
  .string()
  .regex(/^\d{1,15}(\.\d+)? ?([KMGT]B)?$/i, 'must be a size such as 500GB')
  .transform((value) => {
    const [, number = '0', unit = ''] = /^([\d.]+) ?(\w*)$/.exec(value.toUpperCase()) ?? [];
    return Math.floor(Number(number) * (UNITS[unit] ?? 1));
  });

/** The same units back, with at most one decimal: `9.8 GB`. */
export function formatByteSize(bytes: number): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, size]) => bytes >= size) ?? ['', 1];
  const value = bytes / size;
  return `${Number(value.toFixed(value < 100 ? 1 : 0))} ${unit || 'bytes'}`;
}
