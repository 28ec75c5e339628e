// Queries the audit log: events and pulls as one list, newest first. read-audit.ts authorizes.
import { parseRobotAddress, parseRoleAddress } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { escapeLike } from '#lib/platform/pg/escape-like.ts';
import { networkOf, normaliseAddress } from '#lib/platform/http/client-network.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';

export const PULL_ACTION = 'image.pull';

/** A missing or empty field matches everything. */
export type AuditFilter = {
  /** Substring of the actor's email address. */
  actor?: string;
  /** A full email address, a user id, `anonymous` or `system`. */
  principal?: string;
  /** Prefix of the action, such as `tag.` or `alias-request`. */
  action?: string;
  /** Substring of the target. */
  target?: string;
  repository?: AuditedRepository;
  /** The digest of a pull, or before or after a change to a tag or manifest. */
  digest?: string;
  tag?: string;
  accessKeyId?: string;
  address?: string;
  /** Substring of the user agent. */
  userAgent?: string;
  from?: Date;
  /** Exclusive. */
  to?: Date;
};

/**
 * Identifies a repository by names without an alias, so that it is found under every alias and after deletion. It has
 * several if it was renamed.
 */
export type AuditedRepository = { registryKey: bigint; names: string[] };

export type AuditQuery = {
  filter: AuditFilter;
  /** Null for the whole site. */
  registryKey: bigint | null;
  /** The last id of the previous page. */
  before: bigint | null;
  limit: number;
  /** Set for members of a registry. Filters by actor or address must not reveal identities that the results mask. */
  hidesOutsiders: boolean;
};

export type AuditRow = {
  id: bigint;
  at: Date;
  lastAt: Date | null;
  count: number;
  actorId: string | null;
  actorLabel: string;
  registryKey: bigint | null;
  action: string;
  target: string;
  before: unknown;
  after: unknown;
  address: string | null;
  userAgent: string | null;
  credential: string | null;
  accessTokenId: string | null;
  accessKeyId: string | null;
  /** Null for a row that counts several requests. */
  requestId: string | null;
  /** 12 digits. Null for an event of the site, and for a deleted registry. */
  registryId: string | null;
  /** The actor is site staff and not a member of the registry. */
  isStaff: boolean;
  /** A pull by a user who wasn't a member of the registry. */
  isOutsider: boolean;
};

const REGISTRY_ID = Prisma.sql`
  (SELECT g.registry_id FROM registries g WHERE g.id = e.registry_id) AS "registryId"`;

// Both tables share one id sequence, so that ids order their union.
const EVENT = Prisma.sql`
  SELECT e.id, e.at, e.last_at AS "lastAt", e.count, e.actor_id AS "actorId", e.actor_label AS "actorLabel",
         e.registry_id AS "registryKey", e.action, e.target, e.before, e.after, e.address, e.user_agent AS "userAgent",
         e.credential, e.access_token_id AS "accessTokenId",
         e.access_key_id AS "accessKeyId", e.request_id AS "requestId", ${REGISTRY_ID}, staff.is_staff AS "isStaff",
         false AS "isOutsider"
    FROM audit_events e`;

const PULL = Prisma.sql`
  SELECT e.id, e.at, e.last_at AS "lastAt", e.count, e.actor_id AS "actorId", e.actor_label AS "actorLabel",
         e.registry_id AS "registryKey", ${PULL_ACTION} AS action,
         e.full_name || coalesce(':' || e.tag, '@' || e.digest, '') AS target, NULL::jsonb AS before,
         CASE WHEN e.digest IS NOT NULL THEN jsonb_build_object('digest', e.digest) END AS after, e.address,
         e.user_agent AS "userAgent", e.credential, e.access_token_id AS "accessTokenId",
         e.access_key_id AS "accessKeyId", NULL::text AS "requestId", ${REGISTRY_ID}, staff.is_staff AS "isStaff",
         e.actor_id IS NOT NULL AND NOT e.is_member AS "isOutsider"
    FROM audit_pulls e`;

const STAFF = Prisma.sql`
  CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM users u WHERE u.id = e.actor_id AND u.role IN ('reviewer', 'admin')
       AND NOT EXISTS (SELECT FROM members m WHERE m.user_id = u.id AND m.registry_id = e.registry_id)) AS is_staff) staff`;

export async function listAuditEvents(app: { db: Db }, query: AuditQuery): Promise<AuditRow[]> {
  const { filter, limit } = query;
  const page = Prisma.sql`ORDER BY e.id DESC LIMIT ${limit}`;
  const events = Prisma.sql`(${EVENT} ${STAFF} WHERE ${Prisma.join(eventConditions(query), ' AND ')} ${page})`;
  const { action = '' } = filter;
  if (!PULL_ACTION.startsWith(action)) return app.db.$queryRaw<AuditRow[]>(events);
  // One part per name, because the index has the order of one name's rows.
  const parts = filter.repository?.names ?? [null];
  const pulls = parts.map(
    (name) => Prisma.sql`(${PULL} ${STAFF} WHERE ${Prisma.join(pullConditions(query, name), ' AND ')} ${page})`,
  );
  const all = action === PULL_ACTION ? pulls : [events, ...pulls];
  return app.db.$queryRaw<AuditRow[]>`
    SELECT * FROM (${Prisma.join(all, ' UNION ALL ')}) AS found ORDER BY id DESC LIMIT ${limit}`;
}

function eventConditions(query: AuditQuery): Prisma.Sql[] {
  const { action, target, repository, digest, tag } = query.filter;
  const conditions = sharedConditions(query, Prisma.sql`NOT staff.is_staff`);
  if (action) conditions.push(Prisma.sql`e.action LIKE ${`${escapeLike(action)}%`}`);
  if (target) conditions.push(Prisma.sql`e.target ILIKE ${`%${escapeLike(target)}%`}`);
  if (repository) {
    const { registryKey, names } = repository;
    conditions.push(
      Prisma.sql`e.registry_id = ${registryKey} AND substring(e.target from '^[^/]+/([^:@]+)') = ANY (${names})`,
    );
  }
  if (tag) conditions.push(Prisma.sql`substring(e.target from ':([^:@]+)$') = ${tag}`);
  if (digest) {
    // These expressions must match the two expression indexes.
    conditions.push(Prisma.sql`(coalesce(e.after ->> 'digest', substring(e.target from '@(sha\\d+:[0-9a-f]+)$')) = ${digest}
      OR e.before ->> 'digest' = ${digest})`);
  }
  return conditions;
}

/** `name`: one of the repository's names. */
function pullConditions(query: AuditQuery, name: string | null): Prisma.Sql[] {
  const { target, repository, digest, tag } = query.filter;
  const conditions = sharedConditions(query, Prisma.sql`NOT staff.is_staff AND (e.actor_id IS NULL OR e.is_member)`);
  if (target) {
    const pattern = `%${escapeLike(target)}%`;
    conditions.push(Prisma.sql`e.full_name || coalesce(':' || e.tag, '@' || e.digest, '') ILIKE ${pattern}`);
  }
  if (repository) {
    conditions.push(Prisma.sql`e.registry_id = ${repository.registryKey} AND e.repository_name = ${name}`);
  }
  if (tag) conditions.push(Prisma.sql`e.tag = ${tag}`);
  if (digest) conditions.push(Prisma.sql`e.digest = ${digest}`);
  return conditions;
}

function sharedConditions(
  { filter, registryKey, before, hidesOutsiders }: AuditQuery,
  isVisible: Prisma.Sql,
): Prisma.Sql[] {
  const { actor, principal, accessKeyId, address, userAgent, from, to } = filter;
  const conditions = [Prisma.sql`true`];
  if (registryKey !== null) conditions.push(Prisma.sql`e.registry_id = ${registryKey}`);
  if (before !== null) conditions.push(Prisma.sql`e.id < ${before}`);
  if (actor) conditions.push(Prisma.sql`e.actor_label ILIKE ${`%${escapeLike(actor)}%`}`);
  if (principal) conditions.push(isPrincipal(principal));
  if (address) conditions.push(Prisma.sql`e.address IN (${Prisma.join(addressVariants(address))})`);
  if (accessKeyId) conditions.push(Prisma.sql`e.access_key_id = ${accessKeyId}`);
  if (userAgent) conditions.push(Prisma.sql`e.user_agent ILIKE ${`%${escapeLike(userAgent)}%`}`);
  if (from) conditions.push(Prisma.sql`e.at >= ${from}`);
  if (to) conditions.push(Prisma.sql`e.at < ${to}`);
  if (hidesOutsiders && (actor || principal || accessKeyId || address || userAgent)) conditions.push(isVisible);
  return conditions;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Matches by user id where possible: it is indexed, and survives a change of email address. */
function isPrincipal(text: string): Prisma.Sql {
  if (UUID.test(text)) return Prisma.sql`e.actor_id = ${text}::uuid`;
  const label = text.toLowerCase();
  const isUser = label.includes('@') || (parseRobotAddress(label) ?? parseRoleAddress(label)) !== null;
  if (!isUser) return Prisma.sql`e.actor_id IS NULL AND e.actor_label = ${label}`;
  return Prisma.sql`(e.actor_id = (SELECT id FROM users WHERE email = ${label}) OR e.actor_label = ${label})`;
}

/** Includes the address's network, because aggregated rows record the network only. */
function addressVariants(text: string): string[] {
  const address = normaliseAddress(text) ?? text;
  return [...new Set([address, networkOf(address)])];
}
