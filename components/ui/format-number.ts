const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** Formats bytes in decimal units, as registries and clients do: `1.5 kB`, `742 MB`. */
export function formatBytes(bytes: bigint | number): string {
  let value = Number(bytes);
  if (value < 1_000) return `${value} B`;
  let unit: (typeof UNITS)[number] = 'kB';
  for (unit of UNITS) {
    value /= 1_000;
    if (value < 999.5) break;
  }
  return `${value.toFixed(value < 9.95 ? 1 : 0)} ${unit}`;
}

const counts = new Intl.NumberFormat('en');

export function formatCount(count: bigint | number): string {
  return counts.format(count);
}

/** `1 tag`, `1,204 tags` */
export function countOf(count: bigint | number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${Number(count) === 1 ? noun : plural}`;
}
