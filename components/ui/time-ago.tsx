const STEPS: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
// Creating a formatter costs a hundred times as much as using it.
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

export function timeAgo(date: Date, now = new Date()): string {
  const seconds = (date.getTime() - now.getTime()) / 1_000;
  for (const [unit, unitSeconds] of STEPS) {
    if (Math.abs(seconds) >= unitSeconds) return relative.format(Math.round(seconds / unitSeconds), unit);
  }
  return seconds > 0 ? 'in a moment' : 'just now';
}

/** `23 Nov 2026, 14:05 UTC` */
export function absoluteTime(date: Date): string {
  return `${absolute.format(date)} UTC`;
}

export function TimeAgo({ date }: { date: Date }) {
  return (
    <time className="whitespace-nowrap" dateTime={date.toISOString()} title={absoluteTime(date)}>
      {timeAgo(date)}
    </time>
  );
}
