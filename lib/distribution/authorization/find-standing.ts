import type { Action } from '#lib/access/actions.ts';
import type { NamedImage } from '#lib/access/access-question.ts';
import { allowedBy, isAllowed } from '#lib/access/authorize.ts';
import { toTokenHolder } from '#lib/identity/credentials/find-token-holder.ts';
import {
  accessFacts,
  findRepositoryFor,
  toNamedFor,
  type FoundRepository,
  type NamedFor,
  type PooledApp,
} from '#lib/repositories/find-repository.ts';
import type { RegistryQuota } from '#lib/publishers/registry-quota.ts';
import {
  findUserId,
  hasPolicies,
  REPOSITORY_ACTIONS,
  type Caller,
  type Membership,
  type Principal,
  type RepositoryAction,
  type RequestContext,
} from '#lib/access/schema.ts';
import { toPrincipal, userIdOf, type Credentials } from './credentials.ts';
import { findStandingRows, type AskedUpload } from './find-standing.sql.ts';
import { toUploadTarget, type FoundTarget, type UploadLease } from '#lib/distribution/push/upload-rows.sql.ts';

/** A caller's relation to a repository name, from the current rows. */
export type Standing = {
  repository: FoundRepository | null;
  isAliasKnown: boolean;
  /** For a missing repository, what the principal could do after creating it by a push. */
  actions: RepositoryAction[];
  /** Whether the principal may take a step of a pull or push. */
  may: (step: Action) => boolean;
  /** Whether a policy decides, which may allow some steps only. */
  isByPolicy: boolean;
  membership: Membership | null;
};

export async function findStanding(
  app: PooledApp,
  { caller, fullName }: { caller: Caller; fullName: string },
): Promise<Standing> {
  const userId = findUserId(caller.principal);
  return toStanding(caller, fullName, await findRepositoryFor(app, { fullName, userId }));
}

export type CallerStanding = Standing & {
  principal: Principal;
  /** The quota of the alias's registry. Null: no such alias. */
  quota: RegistryQuota | null;
  /** For requireUpload (find-upload.ts). */
  uploadTarget: FoundTarget;
};

type CallerQuestion = {
  credentials: Credentials;
  context: RequestContext;
  fullName: string;
  upload?: AskedUpload | null;
  /** Called as soon as an upload is leased. The caller releases it when the request fails. */
  onLease?: ((lease: UploadLease) => void) | undefined;
  images?: readonly NamedImage[];
};

/**
 * Like findStanding, but for credentials, and in one prepared statement, because a push asks five times.
 * @throws AppError `unauthenticated` when a token is no longer valid
 */
export async function findCallerStanding(
  app: PooledApp,
  { credentials, context, fullName, upload = null, onLease, images = [] }: CallerQuestion,
): Promise<CallerStanding> {
  const userId = userIdOf(credentials);
  const token = credentials.kind === 'bearer' ? credentials.token : null;
  const { userId: holderId = null, accessTokenId = null, accessKeyId = null } = token ?? {};
  const asked = { fullName, userId, holderId, accessTokenId, accessKeyId };
  const { holder, named, target } = await findStandingRows(app.pool, { ...asked, upload });
  const uploadTarget = upload && userId !== null && target ? toUploadTarget(upload.id, target) : null;
  if (uploadTarget && uploadTarget !== 'closed' && uploadTarget.lease) onLease?.(uploadTarget.lease);
  const principal = toPrincipal(credentials, holder && token && toTokenHolder(app, holder, token));
  const found = named && (await toNamedFor(app, asked, named));
  return {
    ...toStanding({ principal, context }, fullName, found, images),
    principal,
    quota: found?.quota ?? null,
    uploadTarget,
  };
}

/** The policy action for each right at /v2. */
export const ACTION_OF = {
  pull: 'ecr:BatchGetImage',
  push: 'ecr:PutImage',
  delete: 'ecr:BatchDeleteImage',
} as const satisfies Record<RepositoryAction, Action>;

/** The steps of each right, any of which may be all that a policy allows. Roles grant all or none. */
const STEPS_OF = {
  pull: [
    ...(['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'] as const),
    ...(['ecr:ListImages', 'ecr:ListImageReferrers'] as const),
  ],
  push: ['ecr:PutImage', 'ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload'],
  delete: ['ecr:BatchDeleteImage'],
} as const satisfies Record<RepositoryAction, Action[]>;

/**
 * Each image must be allowed by itself. The rights aren't narrowed to them, because a token has them before its requests
 * name any.
 */
function toStanding(
  caller: Caller,
  fullName: string,
  found: NamedFor | null,
  images: readonly NamedImage[] = [],
): Standing {
  const { repository, membership } = found ?? { repository: null, membership: null };
  const isAliasKnown = found !== null;
  const facts = repository
    ? { ...accessFacts(repository), fullName }
    : { fullName, visibility: found?.pushVisibility ?? 'public' };
  const mayAny = allowedBy({ ...caller, membership, facts });
  const isByPolicy = Boolean(repository?.policy) || hasPolicies(membership) || hasSessionPolicy(caller.principal);
  const ofEach = isByPolicy
    ? images.map((image) => allowedBy({ ...caller, membership, facts: { ...facts, image } }))
    : [];
  const may = ofEach.length === 0 ? mayAny : (step: Action) => ofEach.every((mayOne) => mayOne(step));
  const hasRight = isByPolicy
    ? (right: RepositoryAction) => STEPS_OF[right].some((step) => mayAny(step) || may(step))
    : (right: RepositoryAction) => may(ACTION_OF[right]);
  const isUseless = !repository && !mayCreate(caller, { membership, fullName });
  const actions = isUseless ? [] : REPOSITORY_ACTIONS.filter(hasRight);
  return { repository, isAliasKnown, actions, may, isByPolicy, membership };
}

/** As createRepository decides, which also asks whether the caller may create a public one. */
function mayCreate(caller: Caller, { membership, fullName }: { membership: Membership | null; fullName: string }) {
  return isAllowed({ ...caller, action: 'ecr:CreateRepository', membership, facts: { fullName } });
}

function hasSessionPolicy(principal: Principal): boolean {
  return principal.kind === 'user' && principal.roleSession?.policy !== undefined;
}
