import { z } from 'zod';
import { recordAudit } from '#lib/audit/record-audit.ts';
import { canAdminister, canManageRegistry } from '#lib/identity/policy.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { Db } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { findRole } from './find-repository.ts';
import { touchRepository } from './touch-repository.ts';

const profileSchema = z.object({
  displayName: z
    .string()
    .trim()
    .min(1, 'A publisher has a name.')
    .max(100, 'A name has at most 100 characters.')
    // Control, invisible and direction-changing characters make a name read as another.
    .refine((text) => !/\p{C}/u.test(text), 'A name has visible characters only.'),
});

export type UpdateRegistryProfileInput = { caller: Caller; registryId: bigint; displayName: string };

/** The name of a verified publisher is part of what was verified: admins change it. @throws AppError `invalid_input`, `forbidden` */
export async function updateRegistryProfile(app: { db: Db }, input: UpdateRegistryProfileInput): Promise<void> {
  const { caller, registryId } = input;
  const { displayName } = parseInput(profileSchema, input);
  const { actor } = caller;
  await app.db.$transaction(async (tx) => {
    const role = await findRole({ db: tx }, { userId: actor.userId, registryId });
    const isAdmin = canAdminister(actor);
    if (!isAdmin && !canManageRegistry({ actor, role })) {
      throw new AppError('forbidden', "You may not change this registry's profile.");
    }
    const before = await tx.registry.findUniqueOrThrow({
      where: { id: registryId },
      select: { displayName: true, verifiedAt: true, registryId: true, repositories: { select: { id: true } } },
    });
    if (before.displayName === displayName) return;
    if (before.verifiedAt && !isAdmin) {
      throw new AppError('forbidden', 'The name of a verified publisher is changed by an admin of the site.');
    }
    await tx.registry.update({ where: { id: registryId }, data: { displayName } });
    for (const { id } of before.repositories) await touchRepository(tx, id);
    const change = { before: { displayName: before.displayName }, after: { displayName } };
    const entry = { caller, registryId, action: 'registry.update-profile', target: before.registryId };
    await recordAudit(tx, { ...entry, ...change });
  });
}
