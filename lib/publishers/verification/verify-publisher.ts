import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import { approval } from '#lib/publishers/names/name-check.ts';
import { DENIED, LIVE_PROOFS } from './verification.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseField } from '#lib/platform/parse-input.ts';

const reasonSchema = z
  .string()
  .trim()
  .min(1, 'Say what the decision rests on: the badge shows it.')
  .max(300, 'At most 300 characters.');

export type VerifyPublisherInput = {
  caller: UserCaller;
  /** 12 digits. */
  registryId: string;
  /** Shown with the badge; null takes the badge away. */
  reason: string | null;
  /** The display name as the admin saw it, which verifying approves. Without it the name stands as it did. */
  displayName?: string;
};

/**
 * An admin's decision stands whatever becomes of domain proofs, also the one to take the badge away.
 * @throws AppError `forbidden`, `not_found`, `invalid_input`, `conflict` when the display name was changed meanwhile
 */
export async function verifyPublisher(app: { db: Db }, input: VerifyPublisherInput): Promise<void> {
  const { caller, registryId, displayName } = input;
  requireAllowed({ ...caller, action: 'vitrine:VerifyPublisher' });
  const note = input.reason === null ? null : parseField('reason', reasonSchema, input.reason);
  await app.db.$transaction(async (tx) => {
    const before = await tx.registry.findUnique({
      where: { registryId },
      include: { domainProofs: LIVE_PROOFS },
    });
    if (!before) throw new AppError('not_found', 'There is no such registry.');
    const verification =
      note === null
        ? { verifiedAt: null, verifiedBy: before.domainProofs.length > 0 ? DENIED : null, verifiedNote: null }
        : {
            verifiedAt: new Date(),
            verifiedBy: 'decision',
            verifiedNote: note,
            ...(displayName !== undefined && approval(displayName)),
          };
    const seen = { registryId, ...(displayName !== undefined && { displayName }) };
    const { count } = await tx.registry.updateMany({ where: seen, data: verification });
    if (count === 0) throw new AppError('conflict', 'The display name has changed meanwhile. Reload the page.');
    await recordChange(tx, {
      type: input.reason === null ? 'registry.unverify' : 'registry.verify',
      caller,
      registryKey: before.id,
      resource: { name: registryId },
      before: { verifiedBy: before.verifiedBy, verifiedNote: before.verifiedNote },
      after: { verifiedBy: verification.verifiedBy, verifiedNote: verification.verifiedNote },
    });
  });
}
