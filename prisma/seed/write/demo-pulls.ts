// Ninety days of pulls with the rhythm of real ones: working days, releases, trends.
import type { DemoTrend } from '../demo-types.ts';
import type { DemoPulls } from './backdate-demo.sql.ts';
import { chance } from './chance.ts';

const DAYS = 90;
const DAY_MS = 86_400_000;
/** From Sunday. Pipelines rest at weekends. */
const WEEKDAYS = [0.52, 1.02, 1.1, 1.12, 1.06, 0.92, 0.5];
const RELEASE_DAYS = 6;

export type PulledRepository = {
  repositoryId: bigint;
  fullName: string;
  pullsPerDay: number;
  trend: DemoTrend;
  /** Newest first. */
  releases: { tag: string; minorTag: string | null; at: Date }[];
  hasLatest: boolean;
};

/** What was pulled before the ninety days: as much again for every year. */
export function totalPulls({ pullsPerDay, releases }: PulledRepository, now: Date): number {
  const first = releases.at(-1)?.at ?? now;
  const days = Math.max(DAYS, Math.round((now.getTime() - first.getTime()) / DAY_MS));
  return Math.round(pullsPerDay * (DAYS * 1.6 + (days - DAYS) * 0.45));
}

export function demoPulls(repository: PulledRepository, now: Date): DemoPulls[] {
  const { repositoryId, fullName, pullsPerDay, trend, releases } = repository;
  const rows: DemoPulls[] = [];
  for (let back = DAYS - 1; back >= 0; back -= 1) {
    const date = new Date(now.getTime() - back * DAY_MS);
    const day = date.toISOString().slice(0, 10);
    const known = releases.filter(({ at }) => at <= date);
    const newest = known[0];
    if (!newest) continue;
    const age = (date.getTime() - newest.at.getTime()) / DAY_MS;
    const release = age < RELEASE_DAYS ? 1 + 0.7 * (1 - age / RELEASE_DAYS) : 1;
    const noise = 0.86 + 0.28 * chance(`${fullName} ${back}`);
    const partOfDay = back === 0 ? Math.max(0.1, now.getUTCHours() / 24) : 1;
    const weekday = WEEKDAYS[date.getUTCDay()] ?? 1;
    const total = Math.round(pullsPerDay * weekday * release * noise * partOfDay * trendFactor(trend, back));
    rows.push(...share(repository, known, total).map(({ tag, count }) => ({ repositoryId, day, tag, count })));
  }
  return rows;
}

/** @param back days before today */
function trendFactor(trend: DemoTrend, back: number): number {
  if (trend === 'rising') return 1.35 - (0.7 * back) / DAYS;
  if (trend === 'fading') return 0.7 + (0.6 * back) / DAYS;
  if (trend === 'surging') return back < 9 ? 1.5 + (9 - back) * 0.35 : 0.55 + 0.3 * (1 - back / DAYS);
  return 1;
}

/** Most pull `latest`, some a version, clusters a digest. */
function share({ hasLatest }: PulledRepository, known: PulledRepository['releases'], total: number) {
  const [newest, previous] = known;
  const parts: [string | null | undefined, number][] = [
    ['latest', hasLatest ? 0.46 : 0],
    [newest?.tag, hasLatest ? 0.17 : 0.6],
    [newest?.minorTag, 0.11],
    [previous?.tag, 0.12],
  ];
  const named = parts.flatMap(([tag, part]) => (tag && part > 0 ? [{ tag, count: Math.round(total * part) }] : []));
  const rest = total - named.reduce((sum, { count }) => sum + count, 0);
  return [...named, { tag: '', count: rest }].filter(({ count }) => count > 0);
}
