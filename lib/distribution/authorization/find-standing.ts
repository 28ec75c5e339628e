import type { Action } from '#lib/access/actions.ts';
import { filterAllowed } from '#lib/access/authorize.ts';
import type pg from 'pg';
import { findRepositoryFor, type FoundRepository, type NamedFor } from '#lib/repositories/find-repository.ts';
import type { RegistryQuota } from '#lib/publishers/registry-quota.ts';
import {
  findUserId,
  REPOSITORY_ACTIONS,
  type Caller,
  type Principal,
  type RepositoryAction,
  type RequestContext,
} from '#lib/access/schema.ts';
import { inOneFlight } from '#lib/platform/pg/transaction.ts';
import { resolvePrincipal, userIdOf, type Credentials } from './credentials.ts';
import {
  findUploadTarget,
  leaseUpload,
  type UploadLease,
  type UploadTarget,
} from '#lib/distribution/push/upload-rows.sql.ts';

/** A caller's relation to a repository name, from the current rows. */
export type Standing = {
  repository: FoundRepository | null;
  isAliasKnown: boolean;
  /** For a missing repository, what the principal could do after creating it. */
  actions: RepositoryAction[];
};

export async function findStanding(
  app: Asked,
  { caller, fullName }: { caller: Caller; fullName: string },
): Promise<Standing> {
  const userId = findUserId(caller.principal);
  return toStanding(caller, fullName, await findRepositoryFor(app, { fullName, userId }));
}

/** The upload that a request continues. */
export type AskedUpload = {
  id: string;
  /** Lease the upload during the lookup, if it is free. */
  isWritten: boolean;
  /** Set as soon as it is taken. The caller releases it when the request fails. */
  lease: UploadLease | null;
};

export type CallerStanding = Standing & {
  principal: Principal;
  /** The quota of the alias's registry. Null: no such alias. */
  quota: RegistryQuota | null;
  /** Null: the caller has no such upload. */
  uploadTarget: UploadTarget | null;
};

type CallerQuestion = {
  credentials: Credentials;
  context: RequestContext;
  fullName: string;
  upload?: AskedUpload | null;
};

/**
 * Like findStanding, but for credentials. Sends all queries at once.
 * @throws AppError `unauthenticated` when a token is no longer valid
 */
export async function findCallerStanding(
  app: { pool: pg.Pool },
  { credentials, context, fullName, upload }: CallerQuestion,
): Promise<CallerStanding> {
  const userId = userIdOf(credentials);
  const ask = (pool: Asked['pool']) =>
    // Send the lease query first, so that the lease is known and can be released when another query fails.
    Promise.all([
      upload ? findUpload({ pool }, upload, userId) : null,
      resolvePrincipal({ pool }, credentials),
      findRepositoryFor({ pool }, { fullName, userId }),
    ]);
  const isOne = credentials.kind !== 'bearer' && !upload;
  const [uploadTarget, principal, found] = isOne ? await ask(app.pool) : await inOneFlight(app.pool, ask);
  return {
    ...toStanding({ principal, context }, fullName, found),
    principal,
    quota: found?.quota ?? null,
    uploadTarget,
  };
}

async function findUpload(app: Asked, upload: AskedUpload, userId: string | null): Promise<UploadTarget | null> {
  const { id, isWritten } = upload;
  const leased = isWritten ? await leaseUpload(app, { id, userId }) : null;
  if (!leased) return findUploadTarget(app, { id, userId });
  upload.lease = leased.lease;
  return leased;
}

/** The policy action for each right at /v2. */
export const ACTION_OF = {
  pull: 'ecr:BatchGetImage',
  push: 'ecr:PutImage',
  delete: 'ecr:BatchDeleteImage',
} as const satisfies Record<RepositoryAction, Action>;

type Asked = { pool: Pick<pg.Pool, 'query'> };

function toStanding(caller: Caller, fullName: string, found: NamedFor | null): Standing {
  const { repository, membership } = found ?? { repository: null, membership: null };
  const isAliasKnown = found !== null;
  const facts = { fullName, visibility: repository?.visibility ?? ('public' as const) };
  const asked = [...Object.values(ACTION_OF), 'ecr:CreateRepository'] as const;
  const allowed = filterAllowed({ ...caller, membership, facts }, asked);
  const isUseless = !repository && !allowed.includes('ecr:CreateRepository');
  const actions = isUseless ? [] : REPOSITORY_ACTIONS.filter((action) => allowed.includes(ACTION_OF[action]));
  return { repository, isAliasKnown, actions };
}
