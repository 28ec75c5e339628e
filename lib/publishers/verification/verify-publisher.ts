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
  .min(1, 'Enter a reason. The badge shows it.')
  .max(300, 'Use at most 300 characters.');

export type VerifyPublisherInput = {
  caller: UserCaller;
  /** 12 digits. */
  registryId: string;
  /** Shown with the badge; null revokes it. */
  reason: string | null;
  /** The display name shown to the admin, which verifying approves. Omit it to leave the name's review unchanged. */
  displayName?: string;
};

/**
 * Verifies a publisher or revokes its badge. An admin's decision overrides domain proofs.
 * @throws AppError `forbidden`, `not_found`, `invalid_input`, `conflict` if the display name changed in the meantime
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
    if (!before) throw new AppError('not_found', 'Registry not found.');
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
    if (count === 0)
      throw new AppError(
        'conflict',
        'The display name was changed in the meantime. Reload the page and check it again.',
      );
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
