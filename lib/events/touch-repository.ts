import { enqueueJob } from '#lib/platform/jobs/enqueue-job.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { AnyTx } from '#lib/platform/pg/run-statement.ts';

export const INDEX_REPOSITORY = 'index-repository';

/** Says, in the transaction of a change, that what pages and search show of a repository is no longer true. */
export async function touchRepository(tx: DbOrTx, repositoryId: bigint): Promise<void> {
  await tx.repository.update({
    where: { id: repositoryId },
    data: { version: { increment: 1 } },
    select: { id: true },
  });
  await enqueueIndexing(tx, repositoryId);
}

/** The same of all that a registry has: its name, logo, aliases or badge has changed. */
export async function touchRegistry(tx: DbOrTx, registryKey: bigint): Promise<void> {
  const repositories = await tx.repository.findMany({ where: { registryKey }, select: { id: true } });
  for (const { id } of repositories) await touchRepository(tx, id);
}

/** Many changes in a row are one run: the job reads the rows as they are when it starts. */
export async function enqueueIndexing(tx: AnyTx, repositoryId: bigint, delaySeconds = 0): Promise<void> {
  const id = String(repositoryId);
  const key = `${INDEX_REPOSITORY}:${id}`;
  await enqueueJob(tx, INDEX_REPOSITORY, { repositoryId: id }, { key, delaySeconds });
}
