import { describe, expect, test } from 'vitest';
import { chooseUnit, periodText, scaleTop, toPeriods } from './pull-periods.ts';

const daysOf = (length: number) =>
  Array.from({ length }, (_, i) => ({
    day: new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10),
    count: 1,
  }));

describe('periods of a chart', () => {
  test('are days or weeks, and weeks for a long time unless told', () => {
    expect(chooseUnit(daysOf(90))).toBe('day');
    expect(chooseUnit(daysOf(365))).toBe('week');
    expect(toPeriods(daysOf(30), 'day')).toHaveLength(30);
    expect(toPeriods(daysOf(91), 'week')).toHaveLength(13);
    const weeks = toPeriods(daysOf(365), 'week');
    expect(weeks).toHaveLength(53);
    expect(weeks[0]).toEqual({ first: '2026-01-01', last: '2026-01-01', count: 1 });
    expect(weeks.at(-1)).toEqual({ first: '2026-12-25', last: '2026-12-31', count: 7 });
    expect(toPeriods([], 'day')).toEqual([]);
  });

  test('in words', () => {
    expect(periodText({ first: '2026-11-24', last: '2026-11-24' })).toBe('24 Nov 2026');
    expect(periodText({ first: '2026-11-18', last: '2026-11-24' })).toBe('18 Nov 2026 to 24 Nov 2026');
  });

  test.each([
    [0, 2],
    [1, 2],
    [3, 4],
    [5, 10],
    [99, 100],
    [101, 200],
    [9_999_999, 10_000_000],
  ])('a scale for %i ends at %i', (max, top) => {
    expect(scaleTop(max)).toBe(top);
  });
});
