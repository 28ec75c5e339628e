// The Meilisearch server of a site: one index, which meilisearch-feed.ts keeps up with the database.
import { Meilisearch, type EnqueuedTaskPromise } from 'meilisearch';

export type MeilisearchServer = {
  /** For searches, which are answered soon or by the database; and for everything that writes. */
  reader: Meilisearch;
  writer: Meilisearch;
  /** Uids of indexes: what is searched, what is being built to take its place, and how far each has followed. */
  uids: { live: string; next: string; state: string };
};

const SEARCH_TIMEOUT_MS = 2_000;
const WRITE_TIMEOUT_MS = 60_000;
/** Of a batch of documents. */
const TASK_TIMEOUT_MS = 600_000;
const TASK_INTERVAL_MS = 50;

/** Connects lazily. `prefix`: of the names of its indexes; several sites may share a server. */
export function openMeilisearch(
  { url, key }: { url: string; key: string | undefined },
  prefix = 'vitrine',
): MeilisearchServer {
  const connect = (timeout: number) => new Meilisearch({ host: url, ...(key && { apiKey: key }), timeout });
  const live = `${prefix}_repositories`;
  const [reader, writer] = [connect(SEARCH_TIMEOUT_MS), connect(WRITE_TIMEOUT_MS)];
  return { reader, writer, uids: { live, next: `${live}_next`, state: `${prefix}_state` } };
}

/** @throws Error when the server could not do it */
export async function finished(task: EnqueuedTaskPromise): Promise<void> {
  const { status, error } = await task.waitTask({ timeout: TASK_TIMEOUT_MS, interval: TASK_INTERVAL_MS });
  if (status !== 'succeeded') throw new Error(`Meilisearch could not do its task: ${error?.message ?? status}`);
}
