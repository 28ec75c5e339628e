import { runStatement, type AnyTx } from '#lib/platform/pg/run-statement.ts';

type Queued = { webhookId: bigint; eventKey: bigint; /** The queue. */ repository: string };

/** Queues one more delivery of an event, and returns its id. */
export async function queueDelivery(tx: AnyTx, { webhookId, eventKey, repository }: Queued): Promise<string> {
  const text = `
    WITH queued AS (
      INSERT INTO webhook_queues AS q (webhook_id, repository, pending) VALUES ($1::bigint, $3, 1)
      ON CONFLICT (webhook_id, repository) DO UPDATE SET pending = q.pending + 1
      RETURNING webhook_id, repository)
    INSERT INTO webhook_deliveries (webhook_id, event_id, repository)
    SELECT webhook_id, $2::bigint, repository FROM queued
    RETURNING id::text`;
  const values = [String(webhookId), String(eventKey), repository];
  const [row] = await runStatement<{ id: string }>(tx, { name: 'queue-webhook-delivery', text, values });
  return row?.id ?? '';
}
