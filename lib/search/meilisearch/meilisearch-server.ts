// Connects to a site's Meilisearch server. meilisearch-feed.ts keeps its index current.
import { Meilisearch, type EnqueuedTaskPromise } from 'meilisearch';

export type MeilisearchServer = {
  /** The reader has a short timeout, after which the database answers. The writer waits longer. */
  reader: Meilisearch;
  writer: Meilisearch;
  /** Index uids: the live index, the one being built to replace it, and the feed positions of both. */
  uids: { live: string; next: string; state: string };
};

const SEARCH_TIMEOUT_MS = 2_000;
const WRITE_TIMEOUT_MS = 60_000;
/** For indexing one batch of documents. */
const TASK_TIMEOUT_MS = 600_000;
const TASK_INTERVAL_MS = 50;

/** Connects lazily. `prefix` distinguishes the index names of sites that share a server. */
export function openMeilisearch(
  { url, key }: { url: string; key: string | undefined },
  prefix = 'vitrine',
): MeilisearchServer {
  const connect = (timeout: number) => new Meilisearch({ host: url, ...(key && { apiKey: key }), timeout });
  const live = `${prefix}_repositories`;
  const [reader, writer] = [connect(SEARCH_TIMEOUT_MS), connect(WRITE_TIMEOUT_MS)];
  return { reader, writer, uids: { live, next: `${live}_next`, state: `${prefix}_state` } };
}

/** Waits for a task. @throws Error when the task failed */
export async function finished(task: EnqueuedTaskPromise): Promise<void> {
  const { status, error } = await task.waitTask({ timeout: TASK_TIMEOUT_MS, interval: TASK_INTERVAL_MS });
  if (status !== 'succeeded') throw new Error(`Meilisearch task failed: ${error?.message ?? status}`);
}
