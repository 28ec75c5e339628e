import { z } from 'zod';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { countChanges, FEED_START } from './follow-documents.sql.ts';
import type { MeilisearchServer } from './meilisearch-server.ts';

const positionSchema = z.object({ xid: z.string(), repositoryId: z.string() });

/** How far Meilisearch is behind the database, as far as this process has looked. */
export class FeedLag {
  #behindSinceMs: number | null = null;

  /** @throws Error while Meilisearch is unavailable */
  async read(db: DbOrTx, { reader, uids }: MeilisearchServer): Promise<{ pending: number; seconds: number }> {
    const { results } = await reader.index(uids.state).getDocuments({ ids: [uids.live] });
    const position = positionSchema.safeParse(results[0]).data ?? FEED_START;
    const pending = await countChanges(db, position);
    const nowMs = performance.now();
    if (pending === 0) this.#behindSinceMs = null;
    else this.#behindSinceMs ??= nowMs;
    return { pending, seconds: this.#behindSinceMs === null ? 0 : (nowMs - this.#behindSinceMs) / 1_000 };
  }
}
