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

type Counted = Moved & Pick<Traffic, 'repositoryId' | 'registryKey'> & { network: NetworkClass };

export function createTrafficMeter({
  pool,
  log,
  classify,
}: {
  pool: pg.Pool;
  log: Log;
  classify: ClassifyNetwork;
}): TrafficMeter {
  /** By day, and then by repository and network. */
  let days = new Map<number, Map<string, Counted>>();
  const totals = Object.fromEntries(NETWORKS.map((network) => [network, { sentBytes: 0, receivedBytes: 0 }])) as Record<
    NetworkClass,
    Moved
  >;

  const add = (day: number, counted: Counted) => {
    let ofDay = days.get(day);
    if (!ofDay) days.set(day, (ofDay = new Map<string, Counted>()));
    const key = `${counted.repositoryId} ${counted.network}`;
    const known = ofDay.get(key);
    if (!known) return void ofDay.set(key, counted);
    known.sentBytes += counted.sentBytes;
    known.receivedBytes += counted.receivedBytes;
  };
  const count = ({ repositoryId, registryKey, address, isPrivate }: Traffic, moved: Moved) => {
    const network = isPrivate ? 'private' : classify(address);
    totals[network].sentBytes += moved.sentBytes;
    totals[network].receivedBytes += moved.receivedBytes;
    add(Math.floor(Date.now() / DAY_MS), { repositoryId, registryKey, network, ...moved });
  };

  const writeAll = async (): Promise<void> => {
    if (days.size === 0) return;
    const batch = days;
    days = new Map();
    try {
      await addTraffic(pool, toRows(batch));
    } catch (error) {
      // Keep them for the next flush, so that a database outage loses none.
      for (const [day, ofDay] of batch) for (const counted of ofDay.values()) add(day, counted);
      log.warn({ err: error }, 'writing usage failed, retrying');
    }
  };

  return {
    ...startFlushLoop(FLUSH_INTERVAL_MS, writeAll),
    sent: (traffic, bytes) => {
      if (bytes > 0) count(traffic, { sentBytes: bytes, receivedBytes: 0 });
    },
    received: (traffic, bytes) => {
      if (bytes > 0) count(traffic, { sentBytes: 0, receivedBytes: bytes });
    },
    totals,
  };
}

function toRows(days: Map<number, Map<string, Counted>>): TrafficRow[] {
  return [...days].flatMap(([day, ofDay]) => {
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    return [...ofDay.values()].map(({ repositoryId, registryKey, ...counted }) => ({
      repositoryId: String(repositoryId),
      registryKey: String(registryKey),
      day: date,
      ...counted,
    }));
  });
}
