/** The scope of a key of one's own, apart from the site's. */
export type OwnScope = `key-${string}`;

/**
 * The owner of the key that protects a blob. Blobs are deduplicated only within a scope. `sealed` addresses the sealed bytes of a blob of
 * the site, and is only used below SealedStore.
 */
export type KeyScope = 'site' | 'sealed' | OwnScope;

const OWN_SCOPE = /^key-[0-9a-f]{32}$/;

export function isOwnScope(scope: string): scope is OwnScope {
  return OWN_SCOPE.test(scope);
}
