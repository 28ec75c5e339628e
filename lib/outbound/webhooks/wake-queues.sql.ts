import { runStatement, type AnyTx } from '#lib/platform/pg/run-statement.ts';

/** Makes deliveries that wait after a failure due now, because the receiver may work again. */
export async function wakeQueues(tx: AnyTx, webhookId: bigint): Promise<void> {
  const text = `
    WITH waiting AS (
      SELECT repository FROM webhook_queues WHERE webhook_id = $1::bigint AND attempts > 0 AND due_at > clock_timestamp()
       ORDER BY repository FOR NO KEY UPDATE)
    UPDATE webhook_queues q SET due_at = clock_timestamp() FROM waiting w
     WHERE q.webhook_id = $1::bigint AND q.repository = w.repository
    RETURNING 1 AS woken`;
  await runStatement(tx, { name: 'wake-webhook-queues', text, values: [String(webhookId)] });
}
