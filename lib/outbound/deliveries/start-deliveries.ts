import type { UpstreamConfig } from '#lib/upstream/upstream-config.ts';
import { deliverQueue, type DeliveryApp } from './deliver-queue.ts';
import { claimQueues, type LeasedQueue } from './queues.sql.ts';
import { createRequestSender } from './send-request.ts';

/** Requests at once in each worker. Apart from jobs, because a receiver may take as long as it is allowed to. */
const MAX_QUEUES = 32;
const POLL_MS = 1_000;

type App = DeliveryApp & { config: Pick<UpstreamConfig, 'mirrors'> };

/** Delivers queued events until the returned function is called, which waits for the results of sent requests to be saved. */
export function startDeliveries(app: App, options: { timeoutMs?: number } = {}): () => Promise<void> {
  const sender = createRequestSender({ allowedNetworks: app.config.mirrors.allowedNetworks, ...options });
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = new Set<Promise<void>>();
  let polling = Promise.resolve();
  let isPolling = false;
  let timer: NodeJS.Timeout;

  const deliver = async (queue: LeasedQueue): Promise<void> => {
    try {
      await deliverQueue(app, sender, { queue, signal });
    } catch (error) {
      app.log.warn({ err: error, webhook: queue.webhookId }, 'failed to deliver events, will retry within a minute');
    }
  };
  const poll = async (): Promise<void> => {
    try {
      for (const queue of await claimQueues(app.pool, MAX_QUEUES - running.size)) {
        const delivery = deliver(queue).finally(() => {
          running.delete(delivery);
          pollNow();
        });
        running.add(delivery);
      }
    } catch (error) {
      app.log.warn({ err: error }, 'failed to look for events to deliver');
    }
    isPolling = false;
    if (!signal.aborted) timer = setTimeout(pollNow, POLL_MS);
  };
  const pollNow = (): void => {
    if (isPolling || signal.aborted || running.size >= MAX_QUEUES) return;
    isPolling = true;
    clearTimeout(timer);
    polling = poll();
  };
  pollNow();
  return async () => {
    stopping.abort();
    clearTimeout(timer);
    await polling;
    await Promise.all(running);
    sender.close();
  };
}
