import type { AnyTx } from '#lib/platform/pg/run-statement.ts';
import { recountParents } from './recount-indexes.sql.ts';

/** Nested indexes are rare, and deeper nesting doesn't occur in practice. */
const MAX_LEVELS = 4;

/**
 * Updates the sizes of all indexes above `digest`. The content of an index changes after its push when a child arrives (a sparse
 * index, a mirrored image) or is deleted. The caller holds the repository's lock.
 */
export async function recountIndexes(
  tx: AnyTx,
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<void> {
  let digests = [digest];
  for (let level = 0; level < MAX_LEVELS && digests.length > 0; level += 1) {
    digests = await recountParents(tx, { repositoryId, digests });
  }
}
