// What every decision about a repository that is not its publisher's has in common.
import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import type { UserCaller } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findRepository, type FoundRepository } from '#lib/repositories/find-repository.ts';

/** Anybody who pulls may read it. */
export const moderationReasonSchema = z.object({
  reason: z
    .string()
    .trim()
    .min(1, 'Give the reason: whoever pulls will read it.')
    .max(500, 'A reason has at most 500 characters.')
    .refine((text) => !/\p{Cc}/u.test(text), 'A reason is one line.'),
});

/** @throws AppError `forbidden`, `repository_not_found` */
export async function findModerated(
  app: { db: DbOrTx },
  caller: UserCaller,
  fullName: string,
): Promise<FoundRepository> {
  requireAllowed({ ...caller, action: 'vitrine:ModerateRepository' });
  const repository = await findRepository(app, fullName);
  if (!repository) throw new AppError('repository_not_found', `There is no repository ${fullName}.`);
  return repository;
}
