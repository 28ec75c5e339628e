// Sessions of roles: access keys that end by themselves. A row for each, so that they end at once on every replica.
import { createAccessKeyId } from '#lib/identity/access-keys/access-key-secret.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';
import { issueTemporaryCredentials, type TemporaryCredentials } from '#lib/identity/access-keys/session-token.ts';
import type { AuditCaller } from '#lib/events/audit-row.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import { holdEnabled } from '#lib/identity/accounts/lock-account.sql.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import type { RoleRow } from './role-store.ts';
import { useTokenOnce, type TokenUse } from './use-token-once.ts';

/** Live ones of each role. */
const MAX_SESSIONS = 5_000;
const RETRY_SECONDS = 60;

type NewSession = {
  caller: AuditCaller;
  role: RoleRow;
  sessionName: string;
  expiresAt: Date;
  /** Who assumes the role: an ARN, or the subject of a token. */
  principal: string;
  /** Of a token's issuer. */
  issuer: string | null;
  /** Null if nothing narrows what the role may do. */
  policy: string | null;
  /** Of a token, by name. Null without one. */
  claims: Readonly<Record<string, string>> | null;
  /** Of a token that can't be used again. */
  tokenUse: TokenUse | null;
};

/**
 * @throws AppError `rate_limited`; `unauthenticated` or `forbidden` if the caller or the role was disabled or removed
 *   meanwhile; like useTokenOnce
 */
export async function openSession(
  app: { db: Db; masterKeys: MasterKeys },
  { caller, role, sessionName, expiresAt, principal, issuer, policy, claims, tokenUse }: NewSession,
): Promise<TemporaryCredentials> {
  const { userId, registryKey, name } = role;
  const id = createAccessKeyId('ASIA');
  const issued = await issueTemporaryCredentials(app.masterKeys, { sourceKeyId: id, accessKeyId: id, expiresAt });
  await app.db.$transaction(async (tx) => {
    await requireEnabled(tx, { caller, role });
    if (tokenUse) await useTokenOnce(tx, tokenUse);
    const live = await tx.accessKey.count({ where: { userId, registryKey, expiresAt: { gt: new Date() } } });
    if (live >= MAX_SESSIONS) {
      const message = `The role ${name} has ${MAX_SESSIONS} sessions, which is the limit. Use one for several calls.`;
      throw new AppError('rate_limited', message, { retryAfterSeconds: RETRY_SECONDS });
    }
    const { keyVersion, expiresAt: endsAt } = issued;
    await tx.accessKey.create({
      data: {
        id,
        registryKey,
        userId,
        keyVersion,
        expiresAt: endsAt,
        sessionName,
        sessionPolicy: policy,
        ...(claims && { sessionClaims: claims }),
        ...(tokenUse?.loginTokenHash && { loginTokenHash: tokenUse.loginTokenHash }),
      },
    });
    await recordChange(tx, {
      type: 'role.assume',
      caller,
      registryKey,
      resource: { name },
      after: { sessionName, principal, issuer, accessKeyId: id, expiresAt: endsAt.toISOString() },
    });
  });
  return issued;
}

/** A session must not outlive the account or key by which it is opened, not even by a moment. */
async function requireEnabled(tx: DbOrTx, { caller, role }: Pick<NewSession, 'caller' | 'role'>): Promise<void> {
  const user = caller.principal.kind === 'user' ? caller.principal : null;
  const enabled = await holdEnabled(tx, user ? [user.userId, role.userId] : [role.userId]);
  const key = user?.accessKey && { id: user.accessKey.id, disabledAt: null };
  const isKeyGone = key !== undefined && (await tx.accessKey.count({ where: key })) === 0;
  if (user && (!enabled.includes(user.userId) || isKeyGone)) {
    throw new AppError('unauthenticated', 'This account or access key was disabled meanwhile.');
  }
  if (!enabled.includes(role.userId)) throw new AppError('forbidden', `The role ${role.name} was disabled meanwhile.`);
}
