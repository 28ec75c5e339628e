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

/** How somebody stands to a name, by the rows as they are now. */
export type Standing = {
  repository: FoundRepository | null;
  isAliasKnown: boolean;
  /** Of a repository that doesn't exist: what the principal could do as soon as they had made it. */
  actions: RepositoryAction[];
};

export async function findStanding(
  app: Asked,
  { caller, fullName }: { caller: Caller; fullName: string },
): Promise<Standing> {
  const userId = findUserId(caller.principal);
  return toStanding(caller, fullName, await findRepositoryFor(app, { fullName, userId }));
}

/** An upload that a request goes on with. */
export type AskedUpload = {
  id: string;
  /** Then it is leased as it is looked up, if it is free. */
  isWritten: boolean;
  /** Set as soon as it is taken: whoever asks releases it when the request fails. */
  lease: UploadLease | null;
};

export type CallerStanding = Standing & {
  principal: Principal;
  /** Of the registry that the alias belongs to; null: there is no such alias. */
  quota: RegistryQuota | null;
  /** The repository of the upload that was asked for; null when it is not theirs. */
  uploadTarget: UploadTarget | null;
};

type CallerQuestion = {
  credentials: Credentials;
  context: RequestContext;
  fullName: string;
  upload?: AskedUpload | null;
};

/**
 * The same of whoever shows credentials. All is asked for at once.
 * @throws AppError `unauthenticated` when a token is no longer good
 */
export async function findCallerStanding(
  app: { pool: pg.Pool },
  { credentials, context, fullName, upload }: CallerQuestion,
): Promise<CallerStanding> {
  const userId = userIdOf(credentials);
  const ask = (pool: Asked['pool']) =>
    // The lease first: it is known, and can be released, before anything else fails.
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

/** What a right at /v2 is called in policies. */
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
