// Audit rows, written in the transaction of the change they record.
import type { Anonymous, RequestContext, SystemPrincipal, UserPrincipal } from '#lib/access/schema.ts';
import { normaliseAddress } from '#lib/platform/http/client-network.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import type { SqlStatement } from '#lib/platform/pg/run-statement.ts';
import { cleanUserAgent } from './clean-text.ts';
import { insertAudit, insertAuditIf, type AuditColumns } from './audit-row.sql.ts';

/** The recorded caller. Any `Caller` fits; users who are signing in or up have fewer fields. */
export type AuditCaller = {
  principal:
    Anonymous | SystemPrincipal | Pick<UserPrincipal, 'kind' | 'userId' | 'email' | 'accessTokenId' | 'accessKey'>;
  context: Pick<RequestContext, 'address' | 'requestId'> & { userAgent?: string | null };
};

export type AuditEntry = {
  caller: AuditCaller;
  /** The id under which webhooks and the feed of events list it. */
  eventId?: string | null;
  /** The registry that the change belongs to. Its members may read the row. */
  registryKey?: bigint | null;
  /** `noun.verb`, such as `repository.create` or `tag.move`. */
  action: string;
  target: string;
  before?: Prisma.InputJsonObject;
  after?: Prisma.InputJsonObject;
};

/** Inserts the entries in order and returns their ids in the same order. */
export function auditStatement(entries: AuditEntry[]): SqlStatement {
  return insertAudit(entries.map(toColumns));
}

/** Builds an insert for use inside another statement. It writes the row only if `condition` holds. */
export function auditInsert(entry: AuditEntry, condition: Prisma.Sql): Prisma.Sql {
  return insertAuditIf(toColumns(entry), condition);
}

function toColumns({ caller, eventId, registryKey, action, target, before, after }: AuditEntry): AuditColumns {
  const { address, requestId, userAgent } = caller.context;
  const user = caller.principal.kind === 'user' ? caller.principal : null;
  return {
    event_id: eventId,
    actor_id: user?.userId,
    actor_label: user?.email ?? caller.principal.kind,
    address: address && (normaliseAddress(address) ?? address),
    user_agent: userAgent && cleanUserAgent(userAgent),
    request_id: requestId,
    registry_id: registryKey?.toString(),
    action,
    target,
    before,
    after,
    credential: user && describeCredential(user),
    access_token_id: user?.accessTokenId,
    access_key_id: user?.accessKey?.id,
  };
}

function describeCredential({ accessTokenId, accessKey }: Pick<UserPrincipal, 'accessTokenId' | 'accessKey'>) {
  if (accessKey) return 'access_key';
  return accessTokenId && 'access_token';
}
