import { z } from 'zod';
import { buildSearchDocument } from '#lib/gallery/build-search-document.ts';
import { describeRepository } from '#lib/gallery/describe-repository.ts';
import type { AnnotationsApp } from '#lib/gallery/repository/read-image-annotations.ts';
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { SearchConfig } from '#lib/search/search-config.ts';
import { lockForIndexing } from '#lib/gallery/lock-for-indexing.sql.ts';
import { removeSearchDocuments, saveSearchDocuments } from '#lib/search/postgres/document-store.ts';
import { enqueueFeed } from './feed-search.ts';
import { enqueueHome } from './refresh-home.ts';

const payloadSchema = z.object({ repositoryId: z.string().regex(/^\d+$/) });

/** Allows for a very large repository on a busy database. */
const TRANSACTION = { timeout: 60_000 };

type App = AnnotationsApp & { config: PublisherConfig & SearchConfig };

/** Reindexes one repository, then updates its texts, which enqueues another run if they change. */
export async function indexRepository(app: App, payload: unknown): Promise<void> {
  const repositoryId = BigInt(payloadSchema.parse(payload).repositoryId);
  await app.db.$transaction(async (tx) => {
    await lockForIndexing(tx, [repositoryId]);
    const document = await buildSearchDocument({ db: tx, config: app.config }, repositoryId);
    if (document) await saveSearchDocuments({ db: tx }, [document]);
    else await removeSearchDocuments({ db: tx }, [repositoryId]);
  }, TRANSACTION);
  await enqueueFeed(app);
  await enqueueHome(app);
  await describeRepository(app, repositoryId);
}
