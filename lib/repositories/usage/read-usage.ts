// What a registry stores and what its repositories moved. Callers have checked that it may be seen.
import type pg from 'pg';
import { AppError } from '#lib/platform/errors.ts';
import { readRegistryUsage, type RegistryUsage } from '#lib/publishers/registry-quota.sql.ts';
import {
  readRepositoryUsage,
  readStorageDays,
  readTraffic,
  type MeasuredDay,
  type StoredRepository,
  type TrafficDay,
} from './read-usage.sql.ts';
import { sumRegistryLinks } from './record-storage.sql.ts';
import { NETWORKS, type Moved, type NetworkClass, type StoredDay } from './schema.ts';

const DAY_MS = 86_400_000;
export const MAX_USAGE_DAYS = 400;

/** UTC dates such as `2026-11-24`, both inclusive. */
export type UsagePeriod = { from: string; to: string };

export type UsageReport = RegistryUsage & {
  /** The sum over the repositories that count towards `storedBytes`, in which a shared blob counts several times. */
  linkedBytes: number;
  networks: Record<NetworkClass, Moved>;
  /** Each day of the period, oldest first. */
  days: (Moved & StoredDay)[];
  /** The largest first, at most `limit`. */
  repositories: StoredRepository[];
};

/** @throws AppError `invalid_input` for a period that is reversed or too long */
export async function readUsage(
  app: { pool: pg.Pool },
  { registryKey, period, limit }: { registryKey: bigint; period: UsagePeriod; limit: number },
): Promise<UsageReport> {
  const days = listDays(period);
  const [usage, linkedBytes, repositories, traffic, measured] = await Promise.all([
    readRegistryUsage(app, registryKey),
    sumRegistryLinks(app.pool, registryKey),
    readRepositoryUsage(app.pool, { registryKey, ...period, limit }),
    readTraffic(app.pool, { registryKey, ...period, isByRepository: false }),
    readStorageDays(app.pool, { registryKey, ...period }),
  ]);
  return {
    ...usage,
    linkedBytes,
    repositories,
    networks: sumByNetwork(traffic),
    days: sumByDay(traffic, fillDays(days, [...measured, { day: toDay(Date.now()), ...usage, linkedBytes }])),
  };
}

/** Reads what each repository moved, by day and network. @throws AppError `invalid_input` */
export async function listTraffic(
  app: { pool: pg.Pool },
  { registryKey, period }: { registryKey: bigint; period: UsagePeriod },
): Promise<TrafficDay[]> {
  listDays(period);
  return readTraffic(app.pool, { registryKey, ...period, isByRepository: true });
}

/** Reads what was stored on each day of the period, oldest first. @throws AppError `invalid_input` */
export async function listStorage(
  app: { pool: pg.Pool },
  { registryKey, period }: { registryKey: bigint; period: UsagePeriod },
): Promise<StoredDay[]> {
  const days = listDays(period);
  const [measured, now] = await Promise.all([
    readStorageDays(app.pool, { registryKey, ...period }),
    days.includes(toDay(Date.now())) ? measureNow(app, registryKey) : null,
  ]);
  return fillDays(days, now ? [...measured, now] : measured);
}

async function measureNow(app: { pool: pg.Pool }, registryKey: bigint): Promise<MeasuredDay> {
  const [{ storedBytes }, linkedBytes] = await Promise.all([
    readRegistryUsage(app, registryKey),
    sumRegistryLinks(app.pool, registryKey),
  ]);
  return { day: toDay(Date.now()), storedBytes, linkedBytes };
}

/** Of several rows of a day, the last counts: today's as it is now. */
function fillDays(days: string[], measured: MeasuredDay[]): StoredDay[] {
  const known = new Map(measured.map((row) => [row.day, row]));
  return days.map((day) => {
    const { storedBytes = null, linkedBytes = null } = known.get(day) ?? {};
    return { day, storedBytes, linkedBytes };
  });
}

/** The last days up to today, by UTC. */
export function lastDays(count: number, now = Date.now()): UsagePeriod {
  return { from: toDay(now - (count - 1) * DAY_MS), to: toDay(now) };
}

function toDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function listDays({ from, to }: UsagePeriod): string[] {
  const count = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (count < 1) throw new AppError('invalid_input', 'from must not be after to.');
  if (count > MAX_USAGE_DAYS) throw new AppError('invalid_input', `Ask for at most ${MAX_USAGE_DAYS} days.`);
  return Array.from({ length: count }, (_, i) => toDay(Date.parse(from) + i * DAY_MS));
}

function sumByNetwork(traffic: TrafficDay[]): Record<NetworkClass, Moved> {
  const sums = Object.fromEntries(NETWORKS.map((network) => [network, { sentBytes: 0, receivedBytes: 0 }]));
  for (const { network, ...moved } of traffic) add(sums[network], moved);
  return sums as Record<NetworkClass, Moved>;
}

function sumByDay(traffic: TrafficDay[], days: StoredDay[]): UsageReport['days'] {
  const sums = new Map(days.map((stored) => [stored.day, { ...stored, sentBytes: 0, receivedBytes: 0 }]));
  for (const { day, ...moved } of traffic) add(sums.get(day), moved);
  return [...sums.values()];
}

function add(sum: Moved | undefined, { sentBytes, receivedBytes }: Moved): void {
  if (!sum) return;
  sum.sentBytes += sentBytes;
  sum.receivedBytes += receivedBytes;
}
