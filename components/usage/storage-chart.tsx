import type { StoredDay } from '#lib/repositories/usage/schema.ts';
import { formatBytes } from '../ui/format-number.ts';
import { DayBars } from './day-bars.tsx';

/** Bars of what was stored on each day. Days that weren't measured have none. */
export function StorageChart({ days }: { days: StoredDay[] }) {
  const measured = days.filter(({ storedBytes }) => storedBytes !== null);
  const top = Math.max(...measured.map(({ storedBytes }) => storedBytes ?? 0), 0);
  if (top === 0) return <p className="text-sm text-muted">This registry has stored nothing in {days.length} days.</p>;
  const bars = days.map(({ day, storedBytes, linkedBytes }) => ({
    day,
    bytes: storedBytes ?? 0,
    title:
      storedBytes === null || linkedBytes === null
        ? `${day}: not measured`
        : `${day}: ${formatBytes(storedBytes)} stored, ${formatBytes(linkedBytes)} without deduplication`,
  }));
  const [first, last] = [measured[0], measured.at(-1)];
  const change = `${formatBytes(first?.storedBytes ?? 0)} on ${first?.day}, ${formatBytes(last?.storedBytes ?? 0)} on ${last?.day}`;
  return <DayBars bars={bars} caption={`at most ${formatBytes(top)}`} label={`Stored per day: ${change}.`} top={top} />;
}
