import type { NamedImage } from '#lib/access/access-question.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';

/** @throws AppError `repository_not_found`, `forbidden`, `quarantined`, `conflict` for a mirror */
export async function requireTagDeletion(
  app: { db: Db },
  { caller, fullName, images = [] }: { caller: UserCaller; fullName: string; images?: readonly NamedImage[] },
): Promise<FoundRepository> {
  const repository = await authorizeRepository(app, { caller, fullName, action: 'ecr:BatchDeleteImage', images });
  if (!repository.upstream) return repository;
  const message = `${fullName} is a mirror, whose content follows ${repository.upstream.name}. It can't be deleted here.`;
  throw new AppError('conflict', message);
}
