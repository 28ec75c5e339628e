import type { RequestContext } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { AuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { readSignedId } from '#lib/following/signed-id.ts';

/**
 * Ends the digests of the user whom the link was mailed to. Needs no sign-in. Doing it again changes nothing.
 * @throws AppError `not_found` for a link that this site didn't issue
 */
export async function unsubscribe(
  app: { db: Db; authKeys: Pick<AuthKeys, 'unsubscribe'> },
  { token, context }: { token: string; context: RequestContext },
): Promise<void> {
  const userId = readSignedId(app.authKeys.unsubscribe, token);
  if (userId === null) throw new AppError('not_found', "This link isn't valid. Copy the whole link from the email.");
  await app.db.$transaction(async (tx) => {
    const user = await tx.user.findUnique({ where: { id: userId }, select: { email: true, digest: true } });
    if (!user?.digest) return;
    const { count } = await tx.digest.deleteMany({ where: { userId } });
    if (count === 0) return;
    await recordChange(tx, {
      caller: { principal: { kind: 'user', userId, email: user.email }, context },
      type: 'user.set-digest',
      resource: { name: user.email },
      before: { period: user.digest.period },
      after: { period: 'off' },
    });
  });
}
