import { authorize } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { readOutboundEvents } from '#lib/events/outbound/build-outbound-events.ts';
import { readChangeFeed } from '#lib/events/outbound/read-change-feed.sql.ts';
import type { Db } from '#lib/platform/pg/db.ts';

export type EventView = {
  /** `webhook-id` of its deliveries. */
  eventId: string;
  at: Date;
  type: string;
  repository: string | null;
  tag: string | null;
  digest: string | null;
  actor: string;
  detail: unknown;
};

type Asked = { caller: Caller; registryKey: bigint; after: bigint; limit: number };

/**
 * Lists the events of a registry's changes after a change, oldest first. `limit` counts changes, of which a few have several events or
 * none. `next`: the last change. For members who push. @throws AppError `forbidden`
 */
export async function listEvents(
  app: { db: Db },
  { caller, registryKey, after, limit }: Asked,
): Promise<{ events: EventView[]; next: bigint }> {
  await authorize(app, { ...caller, action: 'vitrine:ReadAudit', registryKey });
  const rows = await readChangeFeed(app.db, { registryKey, after, limit });
  const events = rows.flatMap((row) =>
    readOutboundEvents(row).map((event) => ({ ...event, at: row.at, actor: row.actor })),
  );
  return { events, next: rows.at(-1)?.id ?? after };
}
