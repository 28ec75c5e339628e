import { requireAllowed } from '#lib/access/authorize.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { mailProof } from './change-email.ts';
import type { EmailApp } from './account-emails.ts';
import type { UserCaller } from '#lib/access/schema.ts';

/** Mails a link that proves the user's current address. @throws AppError `unsupported` without mail, `rate_limited`, `unavailable` */
export async function askEmailProof(app: EmailApp & { db: Db }, { caller }: { caller: UserCaller }): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:ManageAccount' });
  if (!app.mailer)
    throw new AppError('unsupported', "This site doesn't send email. Ask an admin to confirm your address.");
  const { id, email, emailProvenAt } = await app.db.user.findUniqueOrThrow({ where: { id: caller.principal.userId } });
  if (!emailProvenAt) await mailProof({ ...app, mailer: app.mailer }, { userId: id, email });
}
