// The columns `sha256` and `sha512` of a blob hold its address: the digest, followed by `@` and the scope of its key unless that is `site`.
import { isOwnScope, type KeyScope } from '#lib/platform/key-scope.ts';
import { isDigest, type Digest } from '#lib/oci/digest.ts';
import type { BlobKey } from './blob-store.ts';

export function toAddress(digest: Digest, scope: KeyScope): string {
  return scope === 'site' ? digest : `${digest}@${scope}`;
}

/** Returns null for what no process of this version has written. */
export function parseAddress(address: string): BlobKey | null {
  const [digest = '', scope = 'site', ...rest] = address.split('@');
  if (!isDigest(digest) || rest.length > 0) return null;
  return scope === 'site' || isOwnScope(scope) ? { sha256: digest, scope } : null;
}
