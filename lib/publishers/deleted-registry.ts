// The registry that holds what was deleted (repositories/deletions/holding-repository.ts).

/** A row of the migration garbage_collection. */
export const DELETED_REGISTRY_ID = -1n;

/** Of registries and repositories that somebody has. */
export const NOT_DELETED = { not: DELETED_REGISTRY_ID };
