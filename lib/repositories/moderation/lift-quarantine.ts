import { recordAudit } from '#lib/events/record-audit.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findModerated, notifyManagers } from './moderation-store.ts';
import { touchRepository } from '#lib/events/touch-repository.ts';

/** @throws AppError `forbidden`, `repository_not_found`, `conflict` when it is in none */
export async function liftQuarantine(
  app: { db: Db },
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<void> {
  const { id, registryKey, quarantineReason } = await findModerated(app, caller, fullName);
  await app.db.$transaction(async (tx) => {
    const { count } = await tx.repository.updateMany({
      where: { id, quarantinedAt: { not: null } },
      data: { quarantinedAt: null, quarantineReason: null },
    });
    if (count === 0) throw new AppError('conflict', `${fullName} is in no quarantine.`);
    await touchRepository(tx, id);
    const entry = { caller, registryKey, target: fullName, before: { reason: quarantineReason } };
    await recordAudit(tx, { ...entry, action: 'repository.lift-quarantine' });
    const body = 'It is in the gallery again, and can be pulled.';
    await notifyManagers(tx, registryKey, { title: `${fullName} is out of quarantine`, body, href: `/${fullName}` });
  });
}
