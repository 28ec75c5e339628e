// Caches which private repositories a credential may pull from, and whose password a client sends. An entry counts only
// while this process knows of every change, like those of pull-cache.ts. It holds as long as the repository's cached row
// and the user's stamp. Only permissions are cached, so that what a user gains needs no notification. A policy may test the
// request, so the decision by one is cached for equal requests of the same second only.
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { NamedImage } from '#lib/access/access-question.ts';
import type { Action } from '#lib/access/actions.ts';
import { isAllowed } from '#lib/access/authorize.ts';
import type { Membership, RequestContext, UserPrincipal } from '#lib/access/schema.ts';
import { userIdOf, type Credentials } from '#lib/distribution/authorization/credentials.ts';
import type { RegistryToken } from '#lib/identity/credentials/registry-token.ts';
import { CacheCount } from '#lib/platform/metrics/cache-count.ts';
import { accessFacts, isUnderPolicy, type FoundRepository } from '#lib/repositories/find-repository.ts';

const MAX_RIGHTS = 50_000;
const MAX_PASSWORDS = 5_000;
const MAX_USERS = 100_000;
/** Milliseconds. Checking a password also records its last use, at most once a minute. */
const PASSWORD_TTL = 30_000;

type Stamped = { stamp: number; expiresAt: number };
type Right = Stamped & { repository: FoundRepository; by: PullStanding; judged: Judged | null };
/** A decision by a policy, and all of the request that it can depend on. */
type Judged = {
  second: number;
  step: Action;
  address: string | null;
  userAgent: string | null;
  /** Differs between listeners. */
  site: RequestContext['site'];
  image: NamedImage | undefined;
  isAllowed: boolean;
};
type KnownPassword = Stamped & { credentials: Credentials };

type Question = { credentials: Credentials; repository: FoundRepository | null };

export type PullStanding = { principal: UserPrincipal; membership: Membership | null };

/** `expiresAt` is when the credential expires, or null if it doesn't. */
export type AllowedPull = { repository: FoundRepository; expiresAt: Date | null; by: PullStanding };

/** What a request is about to do, for policies. */
export type AskedStep = {
  step: Action;
  /** Called only when policies decide, because a public pull needs no context. */
  readContext: () => RequestContext;
  /** Called likewise. Missing or null if the request names no image. */
  readImage?: () => NamedImage | null;
};

export type PullRights = {
  /** Whether the credentials are known to allow a pull. False: unknown, so read the rows. */
  mayPull: (credentials: Credentials, repository: FoundRepository, asked: AskedStep) => boolean;
  /** @param decide throws unless the pull is allowed */
  learn: (question: Question, decide: () => Promise<AllowedPull>) => Promise<FoundRepository>;
  /** Finds what a password was authenticated as, only for pulls. Null: unknown. */
  findPassword: (header: string) => Credentials | null;
  learnPassword: (header: string, authenticate: () => Promise<Credentials>) => Promise<Credentials>;
  /** @param change the payload of a notification, a user's id */
  forget: (change: string | null) => void;
  counts: CacheCount;
};

/** @param isCurrent asked at every read; while it is false, every read misses */
export function createPullRights(isCurrent: () => boolean): PullRights {
  const rights = new LRUCache<string, Right>({ max: MAX_RIGHTS });
  const passwords = new LRUCache<string, KnownPassword>({ max: MAX_PASSWORDS });
  /** By user id. An entry is current while its user still has the entry's stamp. */
  const stamps = new Map<string, number>();
  /** Numbers of verified tokens, which are the same object for each request. */
  const numbers = new WeakMap<RegistryToken, number>();
  const counts = new CacheCount();
  let lastStamp = 0;
  let lastNumber = 0;
  let changes = 0;

  const stampOf = (userId: string) => {
    const known = stamps.get(userId);
    if (known !== undefined) return known;
    if (stamps.size >= MAX_USERS) stamps.clear();
    stamps.set(userId, (lastStamp += 1));
    return lastStamp;
  };
  const isLive = ({ stamp, expiresAt }: Stamped, credentials: Credentials) =>
    stamps.get(userIdOf(credentials) ?? '') === stamp && expiresAt > Date.now() && isCurrent();
  const numberOf = (token: RegistryToken) => {
    const known = numbers.get(token);
    if (known !== undefined) return known;
    numbers.set(token, (lastNumber += 1));
    return lastNumber;
  };
  /** Identifies what limits the right. Two tokens of one user differ in their grants. Null: nothing is cached. */
  const keyOf = (credentials: Credentials, { fullName }: FoundRepository) => {
    if (credentials.kind === 'bearer') return `${numberOf(credentials.token)} ${fullName}`;
    if (credentials.kind !== 'password') return null;
    const { accessTokenId, accessKey, issuedAt } = credentials.principal;
    const id = accessTokenId ?? accessKey?.id;
    // Logins of one access key differ in when they were issued.
    return id === undefined ? null : `${id} ${issuedAt?.getTime() ?? ''} ${fullName}`;
  };

  /** Doesn't cache what was read before a change that arrived during the read. */
  const read = async <Value>(load: () => Promise<Value>, keep: (value: Value) => void): Promise<Value> => {
    const before = changes;
    const value = await load();
    if (changes === before) keep(value);
    return value;
  };

  return {
    mayPull: (credentials, repository, asked) => {
      const key = keyOf(credentials, repository);
      const known = key === null ? undefined : rights.get(key);
      const right = counts.note(known?.repository === repository && isLive(known, credentials) ? known : null);
      if (!right) return false;
      return !isUnderPolicy(repository, right.by.membership) || isStillAllowed(right, asked);
    },
    learn: async ({ credentials, repository }, decide) => {
      const allowed = await read(decide, ({ expiresAt, by }) => {
        const key = repository && keyOf(credentials, repository);
        const userId = userIdOf(credentials);
        // The policy of a session may test the request, and is rare.
        if (!repository || key === null || userId === null || by.principal.roleSession?.policy) return;
        const stamped = { stamp: stampOf(userId), expiresAt: expiresAt?.getTime() ?? Infinity };
        rights.set(key, { repository, by: withoutScopes(by), judged: null, ...stamped });
      });
      return allowed.repository;
    },
    findPassword: (header) => {
      const known = passwords.get(digestOf(header));
      return known && isLive(known, known.credentials) ? known.credentials : null;
    },
    learnPassword: (header, authenticate) =>
      read(authenticate, (credentials) => {
        if (credentials.kind !== 'password') return;
        const { userId, credentialExpiresAt } = credentials.principal;
        const expiresAt = Math.min(Date.now() + PASSWORD_TTL, credentialExpiresAt?.getTime() ?? Infinity);
        passwords.set(digestOf(header), { credentials, stamp: stampOf(userId), expiresAt });
      }),
    forget: (userId) => {
      changes += 1;
      if (userId === null) stamps.clear();
      else stamps.delete(userId);
    },
    counts,
  };
}

/** Every step of a pull needs the same scope, which was decided when the right was learned. */
function withoutScopes({ principal, membership }: PullStanding): PullStanding {
  return { principal: { ...principal, scopes: null, apiAccess: 'write' }, membership };
}

/** The time in policies has whole seconds, so equal requests within one are decided once. */
function isStillAllowed(right: Right, { step, readContext, readImage }: AskedStep): boolean {
  const { repository, by, judged } = right;
  const context = readContext();
  const image = readImage?.() ?? undefined;
  const { address, userAgent, site } = context;
  const at = context.at ?? new Date();
  const second = Math.floor(at.getTime() / 1000);
  if (judged?.second === second && judged.step === step && isFrom(judged, context) && isOf(judged, image))
    return judged.isAllowed;
  const facts = { ...accessFacts(repository), image };
  const asked = { ...by, context: { ...context, at }, action: step, facts };
  right.judged = { second, step, address, userAgent, site, image, isAllowed: isAllowed(asked) };
  return right.judged.isAllowed;
}

function isFrom({ address, userAgent, site }: Judged, context: RequestContext): boolean {
  return address === context.address && userAgent === context.userAgent && site === context.site;
}

function isOf({ image }: Judged, asked: NamedImage | undefined): boolean {
  return image?.tag === asked?.tag && image?.digest === asked?.digest;
}

/** Memory holds no passwords. */
function digestOf(header: string): string {
  return hash('sha256', header, 'base64');
}
