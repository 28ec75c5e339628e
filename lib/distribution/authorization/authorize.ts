// Authorizes requests at /v2. A repository that the caller may not see looks exactly like one that doesn't exist.
import type { NamedImage } from '#lib/access/access-question.ts';
import { denialMessage, type Action } from '#lib/access/actions.ts';
import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import { isAnonymousPullAllowed, requireAllowed } from '#lib/access/authorize.ts';
import { accessFacts, NO_ROW, type FoundRepository } from '#lib/repositories/find-repository.ts';
import type { RegistryQuota } from '#lib/publishers/registry-quota.ts';
import { refuseQuarantined } from '#lib/repositories/refuse-quarantined.ts';
import type pg from 'pg';
import type { RequestContext, UserPrincipal } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { insufficientScope, isGranted, notAuthenticated, type Credentials } from './credentials.ts';
import { findPullable, repeatLookup } from '#lib/distribution/pull/find-pullable.ts';
import type { AskedUpload } from './find-standing.sql.ts';
import { ACTION_OF, findCallerStanding, type Standing } from './find-standing.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import type { AllowedPull, AskedStep, PullRights } from '#lib/distribution/hot-path/pull-rights.ts';
import type { PushRights } from '#lib/distribution/hot-path/push-rights.ts';
import { notYet } from '#lib/distribution/push/ensure-repository.ts';
import type { FoundTarget, UploadLease } from '#lib/distribution/push/upload-rows.sql.ts';

const PHRASES = { push: 'push to', delete: 'delete from' } as const;

/**
 * `empty`: treat it as an empty repository. `create`: the request may create it. Both apply only to callers who may
 * create it.
 */
export type IfMissing = 'fail' | 'empty' | 'create';

export type Request = { credentials: Credentials; fullName: string; ifMissing: IfMissing };
type PullApp = { db: Db; pool: pg.Pool; policies?: PolicyCache; pullCache: PullCache; pullRights: PullRights };

export type PullAuthorization = Request & AskedStep & { namespace?: string | null };

/**
 * Finds the repository if the caller may pull from it.
 * @throws AppError `unauthenticated` for anonymous clients and tokens that don't cover it, `quarantined` for callers
 *   who may see it, `repository_not_found` for all others
 */
export async function authorizePull(app: PullApp, request: PullAuthorization): Promise<FoundRepository> {
  const { credentials, fullName, namespace = null } = request;
  const found = await findPullable(app, { fullName, namespace });
  if (found && mayPullNow(app, credentials, found, request)) return found;
  if (found && isAnonymousPullAllowed(found)) {
    refuseQuarantined(found);
    return found;
  }
  const asked = { credentials, repository: found };
  const decide = () => allowHidden(app, request, { fullName: found?.fullName ?? fullName, found });
  return app.pullRights.learn(asked, decide).catch(async (error: unknown) => {
    if (found && found.id !== NO_ROW) await repeatLookup(app, fullName);
    throw error;
  });
}

/** Whether the pull is allowed without reading rows. The hot path answers nothing else (ADR 29). */
export function mayPullNow(
  { pullRights }: Pick<PullApp, 'pullRights'>,
  credentials: Credentials,
  repository: FoundRepository,
  asked: AskedStep,
): boolean {
  return isOpenToAll(repository) || pullRights.mayPull(credentials, repository, asked);
}

/** Whether anyone may pull. */
export function isOpenToAll(repository: FoundRepository): boolean {
  return isAnonymousPullAllowed(repository) && repository.quarantineReason === null;
}

/** Reads the caller's current rights and ignores those in a token, so that a revocation takes effect at once. */
async function allowHidden(
  app: PullApp,
  request: PullAuthorization,
  { fullName, found }: { fullName: string; found: FoundRepository | null },
): Promise<AllowedPull> {
  const { credentials, ifMissing, step } = request;
  const image = request.readImage?.() ?? null;
  const asked = { credentials, context: request.readContext(), fullName, ...(image && { images: [image] }) };
  const standing = await findCallerStanding(app, asked);
  const { principal, repository, membership } = standing;
  if (principal.kind !== 'user')
    throw anonymousRefused(credentials, `${fullName} is private, or isn't there: sign in.`);
  if (!standing.actions.includes('pull')) throw notFound(fullName);
  const expiresAt = principal.credentialExpiresAt ?? null;
  if (repository) {
    if (!isPullCovered(credentials, repository)) throw insufficientScope(fullName, 'pull');
    refuseQuarantined(repository);
    if (!isStepAllowed(standing, step)) throw new AppError('forbidden', denialMessage(step, fullName));
    return { repository, expiresAt, by: { principal, membership } };
  }
  // The first pull below a pull-through rule creates the repository, so it takes the right to create one, which
  // `actions` includes.
  if (found?.upstream && found.id === NO_ROW) {
    const facts = { ...accessFacts(found), fullName };
    requireAllowed({ principal, context: asked.context, action: 'ecr:BatchImportUpstreamImage', membership, facts });
    if (!isGranted(credentials, fullName, 'pull')) throw insufficientScope(fullName, 'pull');
    return { repository: found, expiresAt, by: { principal, membership } };
  }
  if (ifMissing === 'fail') throw notFound(fullName);
  return { repository: notYet(fullName), expiresAt, by: { principal, membership } };
}

/** Only a policy allows some steps of a pull or push and not others. */
function isStepAllowed({ isByPolicy, may }: Standing, step: Action): boolean {
  return !isByPolicy || may(step);
}

export type WriteAuthorization = Request & {
  context: RequestContext;
  action: 'push' | 'delete';
  step: Action;
  upload?: AskedUpload | null;
  /** Whether a cached decision will do (hot-path/push-rights.ts). No upload is looked up then. */
  mayBeCached?: boolean;
  /** Called as soon as an upload is leased. The caller releases it when the request fails. */
  onLease?: (lease: UploadLease) => void;
  /** That the request names. */
  images?: readonly NamedImage[];
};

export type AuthorizedWrite = {
  repository: FoundRepository;
  principal: UserPrincipal;
  quota: RegistryQuota;
  /** For requireUpload (find-upload.ts). Missing if it wasn't looked up. */
  uploadTarget?: FoundTarget;
};

/**
 * Finds the repository if the caller may write to it. Ignores the rights in a token, so that a revocation takes effect at once.
 * @throws AppError `unauthenticated`, `forbidden`, `repository_not_found`, `quarantined`
 */
export async function authorizeWrite(
  app: { pool: pg.Pool; policies?: PolicyCache; pushRights: PushRights },
  request: WriteAuthorization,
): Promise<AuthorizedWrite> {
  const { credentials, fullName, action, mayBeCached = false } = request;
  const known = mayBeCached ? app.pushRights.find(credentials, fullName) : null;
  if (known) return known;
  const keep = app.pushRights.begin(credentials, fullName);
  const { isByRole, ...authorized } = await readWriteRights(app, request);
  if (action === 'push' && isByRole) {
    const { repository, principal, quota } = authorized;
    keep({ repository, principal, quota });
  }
  return authorized;
}

async function readWriteRights(
  app: { pool: pg.Pool; policies?: PolicyCache },
  { credentials, context, fullName, ifMissing, action, step, upload, onLease, images = [] }: WriteAuthorization,
): Promise<AuthorizedWrite & { isByRole: boolean }> {
  const standing = await findCallerStanding(app, { credentials, context, fullName, upload, onLease, images });
  const { principal, repository, quota, actions, uploadTarget } = standing;
  if (principal.kind !== 'user') throw anonymousRefused(credentials, `Sign in to ${PHRASES[action]} ${fullName}.`);
  // A delete needs an existing target. A push doesn't, so its answer never reveals whether a hidden repository exists.
  const isHidden = action === 'delete' && (!repository || !actions.includes('pull'));
  if (!quota || isHidden) throw notFound(fullName);
  if (repository?.movedTo !== undefined && actions.includes('pull'))
    throw movedAway(action, repository, repository.movedTo);
  if (!actions.includes(action) || !isStepAllowed(standing, step))
    throw new AppError('forbidden', denialMessage(ACTION_OF[action], fullName));
  if (!isGranted(credentials, fullName, action)) throw insufficientScope(fullName, action);
  if (!repository && ifMissing !== 'create') throw notFound(fullName);
  if (repository) refuseQuarantined(repository);
  if (repository?.upstream) {
    const message = `${fullName} is mirrored from ${repository.upstream.name}. Push to a repository that isn't a mirror.`;
    throw new AppError('forbidden', message);
  }
  const isByRole = repository !== null && repository.movedTo === undefined && !standing.isByPolicy;
  return { repository: repository ?? notYet(fullName), principal, quota, uploadTarget, isByRole };
}

/**
 * A token for a deleted repository doesn't cover a new one of the same name. A mirror's first pull creates it after its
 * token.
 */
function isPullCovered(credentials: Credentials, repository: FoundRepository): boolean {
  if (credentials.kind !== 'bearer') return true;
  const isOlder = credentials.token.issuedAt >= repository.createdAt || repository.upstream !== null;
  return isOlder && isGranted(credentials, repository.fullName, 'pull');
}

/** A write by a former name would surprise: it changes the other repository, or takes the name over unnoticed. */
function movedAway(action: 'push' | 'delete', { fullName }: FoundRepository, movedTo: string): AppError {
  const next =
    action === 'push'
      ? `Push there, or create ${fullName} in the console to use the name again.`
      : 'Delete there instead.';
  return new AppError('forbidden', `${fullName} is now ${movedTo}. ${next}`);
}

function anonymousRefused(credentials: Credentials, message: string): AppError {
  return notAuthenticated(message, credentials.kind === 'none' ? null : 'insufficient_scope');
}

function notFound(fullName: string): AppError {
  return new AppError('repository_not_found', `Repository ${fullName} doesn't exist.`);
}
