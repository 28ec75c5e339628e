// Counts the bytes of blobs and manifests in memory and writes them in batches, so that no request waits for the database.
import type pg from 'pg';
import { startFlushLoop, type FlushLoop } from '#lib/platform/concurrency/flush-loop.ts';
import type { Log } from '#lib/platform/log.ts';
import type { ClassifyNetwork } from './classify-network.ts';
import { NETWORKS, type Moved, type NetworkClass } from './schema.ts';
import { addTraffic, type TrafficRow } from './traffic-meter.sql.ts';

const FLUSH_INTERVAL_MS = 5_000;
const DAY_MS = 86_400_000;

export type Traffic = {
  repositoryId: bigint;
  registryKey: bigint;
  /** Of the client. */
  address: string | null;
  /** Through the site's internal address. */
  isPrivate: boolean;
};

export type TrafficMeter = FlushLoop & {
  /** These never throw or block. */
  sent: (traffic: Traffic, bytes: number) => void;
  received: (traffic: Traffic, bytes: number) => void;
  /** Since the process started, for metrics. */
  totals: Record<NetworkClass, Moved>;
};

type OfRepository = { registryKey: bigint; networks: Partial<Record<NetworkClass, Moved>> };
type Day = Map<bigint, OfRepository>;

export function createTrafficMeter({
  pool,
  log,
  classify,
}: {
  pool: pg.Pool;
  log: Log;
  classify: ClassifyNetwork;
}): TrafficMeter {
  /** By day since 1970, and repository. */
  let days = new Map<number, Day>();
  const totals = Object.fromEntries(NETWORKS.map((network) => [network, { sentBytes: 0, receivedBytes: 0 }])) as Record<
    NetworkClass,
    Moved
  >;

  const movedOf = (day: number, repositoryId: bigint, registryKey: bigint, network: NetworkClass): Moved => {
    let ofDay = days.get(day);
    if (!ofDay) days.set(day, (ofDay = new Map<bigint, OfRepository>()));
    let repository = ofDay.get(repositoryId);
    if (!repository) ofDay.set(repositoryId, (repository = { registryKey, networks: {} }));
    return (repository.networks[network] ??= { sentBytes: 0, receivedBytes: 0 });
  };
  // A pull takes only microseconds, so this allocates nothing for a repository that it knows.
  const count = ({ repositoryId, registryKey, address, isPrivate }: Traffic, sent: number, received: number) => {
    const network = isPrivate ? 'private' : classify(address);
    const moved = movedOf(Math.floor(Date.now() / DAY_MS), repositoryId, registryKey, network);
    moved.sentBytes += sent;
    moved.receivedBytes += received;
    totals[network].sentBytes += sent;
    totals[network].receivedBytes += received;
  };

  const writeAll = async (): Promise<void> => {
    if (days.size === 0) return;
    const batch = days;
    days = new Map();
    try {
      await addTraffic(pool, toRows(batch));
    } catch (error) {
      // Keep them for the next flush, so that a database outage loses none.
      for (const { day, repositoryId, registryKey, network, sentBytes, receivedBytes } of listCounts(batch)) {
        const moved = movedOf(day, repositoryId, registryKey, network);
        moved.sentBytes += sentBytes;
        moved.receivedBytes += receivedBytes;
      }
      log.warn({ err: error }, 'writing usage failed, retrying');
    }
  };

  return {
    ...startFlushLoop(FLUSH_INTERVAL_MS, writeAll),
    sent: (traffic, bytes) => {
      if (bytes > 0) count(traffic, bytes, 0);
    },
    received: (traffic, bytes) => {
      if (bytes > 0) count(traffic, 0, bytes);
    },
    totals,
  };
}

type Counted = Moved & { day: number; repositoryId: bigint; registryKey: bigint; network: NetworkClass };

function listCounts(days: Map<number, Day>): Counted[] {
  return [...days].flatMap(([day, ofDay]) =>
    [...ofDay].flatMap(([repositoryId, { registryKey, networks }]) =>
      NETWORKS.flatMap((network) => {
        const moved = networks[network];
        return moved ? [{ day, repositoryId, registryKey, network, ...moved }] : [];
      }),
    ),
  );
}

function toRows(days: Map<number, Day>): TrafficRow[] {
  return listCounts(days).map(({ day, repositoryId, registryKey, ...counted }) => ({
    ...counted,
    repositoryId: String(repositoryId),
    registryKey: String(registryKey),
    day: new Date(day * DAY_MS).toISOString().slice(0, 10),
  }));
}
