import type { Moved } from '#lib/repositories/usage/schema.ts';
import { formatBytes } from '../ui/format-number.ts';
import { DayBars } from './day-bars.tsx';

type TrafficDay = Moved & { day: string };

/** Bars of the bytes that clients pulled each day. */
export function TrafficChart({ days }: { days: TrafficDay[] }) {
  const top = Math.max(...days.map(({ sentBytes }) => sentBytes), 0);
  if (top === 0) return <p className="text-sm text-muted">Clients pulled nothing in {days.length} days.</p>;
  const total = formatBytes(days.reduce((sum, { sentBytes }) => sum + sentBytes, 0));
  const bars = days.map(({ day, sentBytes, receivedBytes }) => ({
    day,
    bytes: sentBytes,
    title: `${day}: ${formatBytes(sentBytes)} pulled, ${formatBytes(receivedBytes)} pushed`,
  }));
  const most = `at most ${formatBytes(top)} a day`;
  const label = `Pulled per day from ${days[0]?.day} to ${days.at(-1)?.day}: ${total} in all, ${most}.`;
  return <DayBars bars={bars} caption={most} label={label} top={top} />;
}
