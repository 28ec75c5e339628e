import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';
import { encodeLogo } from '#lib/publishers/logos/encode-logo.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { replaceLogo } from './replace-logo.ts';

export type SetRepositoryLogoInput = {
  caller: UserCaller;
  fullName: string;
  /** The uploaded file. Null removes the logo. */
  image: Buffer | null;
};

/**
 * Returns the logo's new id. @throws AppError `repository_not_found`, `forbidden`, `quarantined`, `invalid_input`,
 * `too_large`, `rate_limited`
 */
export async function setRepositoryLogo(
  app: { db: Db; logoLimiter: FairLimiter },
  input: SetRepositoryLogoInput,
): Promise<string | null> {
  const { caller, fullName, image } = input;
  const repository = await authorizeRepository(app, {
    caller,
    fullName,
    action: 'ecr-public:PutRepositoryCatalogData',
  });
  const logo = image && (await encodeLogo(app, image, caller.principal.userId));
  return app.db.$transaction((tx) => replaceLogo(tx, { caller, repository, logo }));
}
