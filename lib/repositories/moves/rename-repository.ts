import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { invalidField, parseField } from '#lib/platform/parse-input.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { repositoryNameSchema } from '#lib/repositories/schema.ts';
import { moveRepository } from './move-repository.ts';

export type RenameRepositoryInput = {
  caller: UserCaller;
  fullName: string;
  /** Without the alias. */
  name: string;
};

/** Every redirect is an address that the registry can't forget. */
const MAX_FORMER_NAMES = 50;

/**
 * Renames a repository. Its former name redirects and can be pulled by until the publisher ends that or reuses it.
 * Returns the new full name.
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`, `name_taken`, `conflict`
 */
export async function renameRepository(app: { db: Db }, input: RenameRepositoryInput): Promise<string> {
  const { caller, fullName } = input;
  const name = parseField('name', repositoryNameSchema, input.name);
  const repository = await authorizeRepository(app, { caller, fullName, action: 'vitrine:RenameRepository' });
  const { id, registryKey, alias } = repository;
  if (repository.upstream) {
    throw new AppError('conflict', `${fullName} is a mirror. Create a mirror with the other name instead.`);
  }
  if (name === repository.name) throw invalidField('name', 'This is its name already. Enter another one.');
  const newName = `${alias}/${name}`;
  await app.db.$transaction(async (tx) => {
    await refuseTooMany(tx, id);
    await moveRepository(tx, { repository, to: { registryKey, alias, name } });
    await recordChange(tx, {
      type: 'repository.rename',
      caller,
      registryKey,
      resource: { repositoryId: id, name: newName },
      before: { repository: fullName },
      after: { repository: newName },
    });
  });
  return newName;
}

async function refuseTooMany(tx: DbOrTx, repositoryId: bigint): Promise<void> {
  if ((await tx.formerName.count({ where: { repositoryId } })) < MAX_FORMER_NAMES) return;
  throw new AppError(
    'conflict',
    `This repository has ${MAX_FORMER_NAMES} former names. End one of their redirects first.`,
  );
}
