// The demo's images are the same on every site, so they have fixed dates. Their rows move with the day of the seed,
// so that the newest release is always a day old.

const LAST_DAY = Date.parse('2026-11-27T00:00:00Z');
const DAY_MS = 86_400_000;

/** Whole days to add to dates of the calendar. */
export function calendarShiftDays(now: Date): number {
  return Math.floor((now.getTime() - LAST_DAY) / DAY_MS);
}

export function shiftDate(date: string, days: number): Date {
  return new Date(Date.parse(date) + days * DAY_MS);
}

/** The demo's releases come out in the morning, none at the same minute as another. */
export function morningOf(day: string, name: string): string {
  const minute = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 540, 7);
  return new Date(Date.parse(`${day}T07:00:00Z`) + minute * 60_000).toISOString();
}
