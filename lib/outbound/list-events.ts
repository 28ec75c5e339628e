import { authorize } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { TEST_TYPE } from '#lib/events/outbound/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { readSettledTime } from './read-settled-time.sql.ts';

export type EventView = {
  id: string;
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

/** Lists a registry's events that came after an id, oldest first. For members who push. @throws AppError `forbidden` */
export async function listEvents(app: { db: Db }, { caller, registryKey, after, limit }: Asked): Promise<EventView[]> {
  await authorize(app, { ...caller, action: 'vitrine:ReadAudit', registryKey });
  const rows = await app.db.outboundEvent.findMany({
    where: { registryKey, id: { gt: after }, type: { not: TEST_TYPE }, at: { lt: await readSettledTime(app.db) } },
    orderBy: { id: 'asc' },
    take: limit,
  });
  return rows.map((row) => ({ ...row, id: String(row.id) }));
}
