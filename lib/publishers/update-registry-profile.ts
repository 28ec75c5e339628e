import { authorize, isAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { oneLine } from '#lib/platform/one-line.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { approval, evaluateName, UNFLAGGED } from '#lib/publishers/names/name-check.ts';
import { isDecided } from '#lib/publishers/verification/verification.ts';

const profileSchema = z.object({
  displayName: oneLine(100, 'Use at most 100 characters.').min(1, 'Enter a name.'),
});

export type UpdateRegistryProfileInput = { caller: UserCaller; registryKey: bigint; displayName: string };

/**
 * Changes a registry's display name. It is shown once it passes the checks or a reviewer approves it.
 * Only admins can change the name of a publisher verified by an admin. Their names need no check.
 * @throws AppError `invalid_input`, `forbidden`
 */
export async function updateRegistryProfile(app: { db: Db }, input: UpdateRegistryProfileInput): Promise<void> {
  const { caller, registryKey } = input;
  const { displayName } = parseInput(profileSchema, input);
  await app.db.$transaction(async (tx) => {
    await authorize({ db: tx }, { ...caller, action: 'ecr-public:PutRegistryCatalogData', registryKey });
    const isAdmin = isAllowed({ ...caller, action: 'vitrine:VerifyPublisher' });
    const before = await tx.registry.findUniqueOrThrow({
      where: { id: registryKey },
      select: {
        displayName: true,
        verifiedAt: true,
        verifiedBy: true,
        registryId: true,
        declinedName: true,
      },
    });
    if (before.displayName === displayName) return;
    if (isDecided(before) && !isAdmin) {
      throw new AppError('forbidden', 'Only an admin can change the name of a verified publisher.');
    }
    const isDeclined = before.declinedName === displayName;
    const judged = isAdmin
      ? approval(displayName)
      : isDeclined
        ? UNFLAGGED
        : await evaluateName(tx, { name: displayName, registryKey });
    await tx.registry.update({ where: { id: registryKey }, data: { displayName, ...judged } });
    await recordChange(tx, {
      type: 'registry.update-profile',
      caller,
      registryKey,
      resource: { name: before.registryId },
      before: { displayName: before.displayName },
      after: { displayName },
    });
  });
}
