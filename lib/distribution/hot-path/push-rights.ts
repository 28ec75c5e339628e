// Caches which repositories a bearer token may send blobs to. An entry counts only while this process knows of every change of
// rights, like those of pull-rights.ts. Pushes themselves are writes, but change no rights. Manifests don't ask here.
import type { Credentials } from '#lib/distribution/authorization/credentials.ts';
import type { RegistryToken } from '#lib/identity/credentials/registry-token.ts';
import type { UserPrincipal } from '#lib/access/schema.ts';
import type { RegistryQuota } from '#lib/publishers/registry-quota.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';

const MAX_REPOSITORIES = 100_000;

/** Names of the statements of pushes that write. They change content, and nothing that a right depends on. */
export const CONTENT_STATEMENTS: ReadonlySet<string> = new Set([
  ...['insert-upload', 'lease-upload', 'find-standing-and-lease', 'renew-upload-lease', 'keep-upload'],
  ...['remove-upload', 'remove-empty-upload', 'link-blob', 'link-uploaded-blob', 'lease-blob'],
  ...['insert-staged-object', 'claim-staged-object', 'save-staged-part', 'save-staged-object', 'remove-staged-object'],
  ...[
    'insert-blob-object',
    'mark-pushed',
    'sum-linked-blobs',
    'save-manifest',
    'set-tags',
    'save-workflow',
    'record-audit',
  ],
]);

/** Those of them that only add, so that no cache of pulls becomes stale: it never holds that something is missing. */
export const ADDING_STATEMENTS: ReadonlySet<string> = new Set([
  ...[...CONTENT_STATEMENTS].filter((name) => name !== 'set-tags'),
  'keep-translation',
]);

/**
 * Names of the statements that count pulls and traffic every few seconds, and requests to upstreams. No cache holds what they
 * write: counts and times of pulls, rows of the audit log, and jobs.
 */
export const COUNTING_STATEMENTS: ReadonlySet<string> = new Set([
  ...['add-pulls', 'mark-pulled', 'record-pulls', 'add-traffic', 'reserve-turns', 'claim-probe'],
]);

/** Only roles decided, so that no request can be decided differently. */
export type AllowedPush = { repository: FoundRepository; principal: UserPrincipal; quota: RegistryQuota };

type Entry = { allowed: AllowedPush; stamp: number; generation: number };

export type PushRights = {
  /** Null: unknown, so read the rows. */
  find: (credentials: Credentials, fullName: string) => AllowedPush | null;
  /** Returns a function that caches a decision, unless rights have changed since the call. Call it before reading the rows. */
  begin: (credentials: Credentials, fullName: string) => (allowed: AllowedPush) => void;
  /** @param change the payload of a notification about a user */
  forgetUser: (change: string | null) => void;
  /** @param change the payload of a notification, a repository's id or `*` */
  forgetRepository: (change: string | null) => void;
};

/** @param isCurrent asked at every read; while it is false, every read misses */
export function createPushRights(isCurrent: () => boolean): PushRights {
  /** Tokens are cached, so that each is the same object for all requests. Their grants limit the names. */
  const tokens = new WeakMap<RegistryToken, Map<string, Entry>>();
  const stamps = new Map<bigint, number>();
  let lastStamp = 0;
  let generation = 0;
  let changes = 0;

  const stampOf = (repositoryId: bigint) => {
    const known = stamps.get(repositoryId);
    if (known !== undefined) return known;
    if (stamps.size >= MAX_REPOSITORIES) stamps.clear();
    stamps.set(repositoryId, (lastStamp += 1));
    return lastStamp;
  };

  return {
    find: (credentials, fullName) => {
      const entry = credentials.kind === 'bearer' ? tokens.get(credentials.token)?.get(fullName) : undefined;
      if (!entry) return null;
      const { allowed, stamp } = entry;
      if (entry.generation !== generation || stamps.get(allowed.repository.id) !== stamp) return null;
      const { credentialExpiresAt } = allowed.principal;
      const isLive = !credentialExpiresAt || credentialExpiresAt.getTime() > Date.now();
      return isLive && isCurrent() ? allowed : null;
    },
    begin: (credentials, fullName) => {
      const before = changes;
      return (allowed) => {
        if (credentials.kind !== 'bearer' || changes !== before) return;
        const ofToken = tokens.get(credentials.token) ?? new Map<string, Entry>();
        tokens.set(credentials.token, ofToken);
        ofToken.set(fullName, { allowed, stamp: stampOf(allowed.repository.id), generation });
      };
    },
    forgetUser: () => {
      changes += 1;
      generation += 1;
    },
    forgetRepository: (change) => {
      changes += 1;
      if (change === null || change === '*') generation += 1;
      else stamps.delete(BigInt(change));
    },
  };
}
