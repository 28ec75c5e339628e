import type { PullDay } from '#lib/gallery/insight-queries.ts';

/** A bar of a chart: a day or a week. */
export type PullPeriod = { first: string; last: string; count: number };

export type PeriodUnit = 'day' | 'week';

const DAYS = { day: 1, week: 7 } satisfies Record<PeriodUnit, number>;
const WEEKLY_FROM_DAYS = 180;

/** Chooses weeks for a long time span. */
export function chooseUnit(days: PullDay[]): PeriodUnit {
  return days.length >= WEEKLY_FROM_DAYS ? 'week' : 'day';
}

/** Weeks end today, so the first may be shorter. */
export function toPeriods(days: PullDay[], unit: PeriodUnit): PullPeriod[] {
  const size = DAYS[unit];
  const periods: PullPeriod[] = [];
  for (let end = days.length; end > 0; end -= size) {
    const part = days.slice(Math.max(0, end - size), end);
    const [first, last] = [part[0], part.at(-1)];
    if (!first || !last) continue;
    periods.unshift({ first: first.day, last: last.day, count: part.reduce((sum, { count }) => sum + count, 0) });
  }
  return periods;
}

/** `24 Nov 2026`, or `18 Nov 2026 to 24 Nov 2026` */
export function periodText({ first, last }: Pick<PullPeriod, 'first' | 'last'>): string {
  return first === last ? dayText(first) : `${dayText(first)} to ${dayText(last)}`;
}

const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

export function dayText(day: string): string {
  return dates.format(new Date(day));
}

/** Returns the top of a scale: the next 2, 4 or 10 times a power of ten, so that its half is round too. */
export function scaleTop(max: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(max, 2)));
  return [2, 4, 10].map((step) => step * power).find((top) => top >= max) ?? max;
}
