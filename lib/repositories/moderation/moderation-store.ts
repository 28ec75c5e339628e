// Shared by moderation decisions.
import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import type { Caller } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findRepository, type FoundRepository } from '#lib/repositories/find-repository.ts';

/** Shown to anybody who pulls. */
export const moderationReasonSchema = z.object({
  reason: z
    .string()
    .trim()
    .min(1, "Enter a reason. It's shown to everyone who pulls.")
    .max(500, 'Enter at most 500 characters.')
    .refine((text) => !/\p{Cc}/u.test(text), 'Enter a single line.'),
});

/** @throws AppError `forbidden`, `repository_not_found` */
export async function findModerated(app: { db: DbOrTx }, caller: Caller, fullName: string): Promise<FoundRepository> {
  requireAllowed({ ...caller, action: 'vitrine:ModerateRepository' });
  const repository = await findRepository(app, fullName);
  if (!repository) throw new AppError('repository_not_found', `Repository ${fullName} doesn't exist.`);
  return repository;
}
