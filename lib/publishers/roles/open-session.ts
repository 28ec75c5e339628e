// Sessions of roles: access keys that end by themselves. A row for each, so that they end at once on every replica.
import { createAccessKeyId } from '#lib/identity/access-keys/access-key-secret.ts';
import type { MasterKeys } from '#lib/identity/access-keys/master-keys.ts';
import { issueTemporaryCredentials, type TemporaryCredentials } from '#lib/identity/access-keys/session-token.ts';
import type { AuditCaller } from '#lib/events/audit-row.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { RoleRow } from './role-store.ts';

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
};

/** @throws AppError `rate_limited` */
export async function openSession(
  app: { db: Db; masterKeys: MasterKeys },
  { caller, role, sessionName, expiresAt, principal, issuer, policy, claims }: NewSession,
): Promise<TemporaryCredentials> {
  const { userId, registryKey, name } = role;
  const id = createAccessKeyId('ASIA');
  const issued = await issueTemporaryCredentials(app.masterKeys, { sourceKeyId: id, accessKeyId: id, expiresAt });
  await app.db.$transaction(async (tx) => {
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
