import type { Db } from '#lib/platform/pg/db.ts';
import type { MeilisearchServer } from './meilisearch-server.ts';

export type SearchEngineState = {
  engine: 'postgres' | 'meilisearch';
  /** Why the engine is unavailable while the database answers instead. */
  problem: string | null;
  /** Indexed repositories. */
  documentCount: number;
};

export async function readEngineState(db: Db, server: MeilisearchServer | null): Promise<SearchEngineState> {
  if (!server) return { engine: 'postgres', problem: null, documentCount: await db.searchRepository.count() };
  try {
    const { numberOfDocuments } = await server.reader.index(server.uids.live).getStats();
    return { engine: 'meilisearch', problem: null, documentCount: numberOfDocuments };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { engine: 'meilisearch', problem, documentCount: 0 };
  }
}
