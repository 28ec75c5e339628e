import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { findModerated, moderationReasonSchema } from './moderation-store.ts';

export type QuarantineRepositoryInput = { caller: UserCaller; fullName: string; reason: string };

/**
 * Hides a repository from search and gallery and refuses pulls and pushes from the next request on. No data is lost.
 * @throws AppError `invalid_input`, `forbidden`, `repository_not_found`, `conflict` when it is already quarantined
 */
export async function quarantineRepository(app: { db: Db }, input: QuarantineRepositoryInput): Promise<void> {
  const { caller, fullName } = input;
  const repository = await findModerated(app, caller, fullName);
  const { id, registryKey } = repository;
  const { reason } = parseInput(moderationReasonSchema, input);
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const { count } = await tx.repository.updateMany({
      where: { id, quarantinedAt: null },
      data: { quarantinedAt: new Date(), quarantineReason: reason },
    });
    if (count === 0)
      throw new AppError('conflict', `${fullName} is already quarantined. Reload the page to see the reason.`);
    await recordChange(tx, {
      type: 'repository.quarantine',
      caller,
      registryKey,
      resource: { repositoryId: id, name: fullName },
      after: { reason },
    });
  });
}
