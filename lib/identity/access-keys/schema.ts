// Access keys as pages and the API show them. Browser-safe.

/** For each member and registry, so that a key can be replaced without an interruption. */
export const MAX_ACCESS_KEYS = 2;
