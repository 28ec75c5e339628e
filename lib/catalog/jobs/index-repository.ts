import { z } from 'zod';
import { buildSearchDocument } from '#lib/catalog/build-search-document.ts';
import type { Config } from '#lib/platform/config.ts';
import type { Db } from '#lib/platform/db.ts';
import { removeSearchDocuments, saveSearchDocuments } from '#lib/search/document-store.ts';
import { enqueueFeed } from './feed-search.ts';

const payloadSchema = z.object({ repositoryId: z.string().regex(/^\d+$/) });

/** Brings search up to date with one repository, whatever happened to it. */
export async function indexRepository(app: { db: Db; config: Config }, payload: unknown): Promise<void> {
  const repositoryId = BigInt(payloadSchema.parse(payload).repositoryId);
  const document = await buildSearchDocument(app, repositoryId);
  if (document) await saveSearchDocuments(app, [document]);
  else await removeSearchDocuments(app, [repositoryId]);
  await enqueueFeed(app);
}
