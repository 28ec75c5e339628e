// The signing keys of identity providers, found by OpenID Connect discovery and kept in memory.
// https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
import { createLocalJWKSet, type FlattenedJWSInput, type JWSHeaderParameters, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { AppError, isAppError } from '#lib/platform/errors.ts';

const MAX_ISSUERS = 1_000;
const MAX_BYTES = 256 * 1024;
const MAX_KEYS = 100;
const TIMEOUT_MS = 5_000;
/** Keys are fetched again after this time. */
const FRESH_MS = 3_600_000;
/** Neither an unknown key nor a failure makes the site ask an issuer more often than this. */
const COOLDOWN_MS = 60_000;

/** Downloads a small public file. Null if it is missing or too long. */
export type FetchFile = (request: { url: URL; maxBytes: number; signal: AbortSignal }) => Promise<Buffer | null>;

export type IssuerKeys = {
  /**
   * Returns jose's resolver for an issuer's keys.
   * @throws AppError `unavailable` if they can't be fetched
   */
  keysOf: (issuer: string) => JWTVerifyGetKey;
};

type Known = { set: ReturnType<typeof createLocalJWKSet>; keyIds: Set<string | undefined>; fetchedAt: number };
type Entry = { known: Known | null; failure: AppError | null; askedAt: number; pending: Promise<void> | null };

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url() });
const keySetSchema = z.object({
  keys: z
    .array(z.looseObject({ kty: z.string(), kid: z.string().optional() }))
    .min(1)
    .max(MAX_KEYS),
});

export function createIssuerKeys({
  fetchFile,
  clock = Date.now,
}: {
  fetchFile: FetchFile;
  clock?: () => number;
}): IssuerKeys {
  const entries = new LRUCache<string, Entry>({ max: MAX_ISSUERS });
  const entryOf = (issuer: string): Entry => {
    const found = entries.get(issuer);
    if (found) return found;
    const entry = { known: null, failure: null, askedAt: -Infinity, pending: null };
    entries.set(issuer, entry);
    return entry;
  };

  const refresh = async (issuer: string, entry: Entry): Promise<void> => {
    entry.askedAt = clock();
    try {
      entry.known = { ...(await fetchKeys(fetchFile, issuer)), fetchedAt: clock() };
      entry.failure = null;
    } catch (cause) {
      entry.failure = toFailure(issuer, cause);
    }
  };

  /** One request at a time for each issuer. */
  const refreshOnce = (issuer: string, entry: Entry): Promise<void> =>
    (entry.pending ??= refresh(issuer, entry).finally(() => {
      entry.pending = null;
    }));

  return {
    keysOf: (issuer) => async (header: JWSHeaderParameters, token: FlattenedJWSInput) => {
      const entry = entryOf(issuer);
      const isStale =
        !entry.known || entry.known.fetchedAt + FRESH_MS <= clock() || !entry.known.keyIds.has(header.kid);
      if (entry.pending !== null || (isStale && entry.askedAt + COOLDOWN_MS <= clock())) {
        await refreshOnce(issuer, entry);
      }
      if (entry.known) return entry.known.set(header, token);
      throw entry.failure ?? toFailure(issuer, null);
    },
  };
}

export type KeySet = Omit<Known, 'fetchedAt'>;

/** Parses a JSON Web Key Set (RFC 7517 §5). Private and symmetric keys are refused. @throws AppError `invalid_input` */
export function parseKeySet(text: string): KeySet {
  const { keys } = readKeySet(text);
  if (keys.some((key) => key.kty === 'oct' || 'd' in key)) {
    throw new AppError('invalid_input', 'The key set contains private or symmetric keys. Paste the public keys only.');
  }
  return {
    set: createLocalJWKSet({ keys }),
    keyIds: new Set(keys.map(({ kid }) => kid)),
  };
}

function readKeySet(text: string): z.output<typeof keySetSchema> {
  try {
    return keySetSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('invalid_input', 'This is not a JSON Web Key Set: {"keys": [ … ]}.', { cause });
  }
}

async function fetchKeys(fetchFile: FetchFile, issuer: string): Promise<KeySet> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const read = async (url: URL): Promise<string> => {
    const bytes = await fetchFile({ url, maxBytes: MAX_BYTES, signal });
    if (!bytes) throw new AppError('unavailable', `${url.host} doesn't serve ${url.pathname}.`);
    return bytes.toString('utf8');
  };
  const discovered = discoverySchema.parse(JSON.parse(await read(discoveryUrl(issuer))));
  // §4.3: it MUST be identical to the issuer that was asked.
  if (discovered.issuer !== issuer) {
    throw new AppError('unavailable', `${issuer} names ${discovered.issuer.slice(0, 200)} as its issuer.`);
  }
  const keysUrl = new URL(discovered.jwks_uri);
  if (issuer.startsWith('https:') && keysUrl.protocol !== 'https:') {
    throw new AppError('unavailable', `${issuer} serves its keys without TLS.`);
  }
  return parseKeySet(await read(keysUrl));
}

function discoveryUrl(issuer: string): URL {
  return new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
}

function toFailure(issuer: string, cause: unknown): AppError {
  const reason = isAppError(cause) ? ` ${cause.message}` : '';
  return new AppError('unavailable', `The keys of the identity provider ${issuer} can't be fetched.${reason}`, {
    cause,
  });
}
