import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Mailer } from '#lib/platform/net/mailer.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { digestChoiceSchema } from '#lib/following/schema.ts';
import { PERIOD_MS } from './digest-periods.ts';

/**
 * Chooses how often the caller gets the feed by email.
 * @throws AppError `invalid_input`, `unsupported` without mail, `forbidden` for an unproven address
 */
export async function setDigest(
  app: { db: Db; mailer: Mailer | null },
  input: { caller: UserCaller; period: string },
): Promise<void> {
  const { caller } = input;
  const { userId, email } = caller.principal;
  requireAllowed({ ...caller, action: 'vitrine:ManageAccount' });
  const period = parseField('period', digestChoiceSchema, input.period);
  if (period !== 'off') await requireMail(app, userId);
  await app.db.$transaction(async (tx) => {
    const before = await tx.digest.findUnique({ where: { userId } });
    if (period === (before?.period ?? 'off')) return;
    if (period === 'off') await tx.digest.deleteMany({ where: { userId } });
    else {
      const since = before?.since ?? new Date();
      const dueAt = new Date(since.getTime() + PERIOD_MS[period]);
      await tx.digest.upsert({
        where: { userId },
        create: { userId, period, since, dueAt },
        update: { period, dueAt },
      });
    }
    await recordChange(tx, {
      caller,
      type: 'user.set-digest',
      resource: { name: email },
      before: { period: before?.period ?? 'off' },
      after: { period },
    });
  });
}

async function requireMail(app: { db: Db; mailer: Mailer | null }, userId: string): Promise<void> {
  if (!app.mailer) throw new AppError('unsupported', "This site doesn't send email.");
  const { emailProvenAt } = await app.db.user.findUniqueOrThrow({
    where: { id: userId },
    select: { emailProvenAt: true },
  });
  if (!emailProvenAt) {
    throw new AppError('forbidden', 'Confirm your email address first. Your account page shows how.');
  }
}
