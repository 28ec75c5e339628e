// The internal registry that holds deleted content (repositories/deletions/holding-repository.ts).

/** Inserted by the migration garbage_collection. */
export const DELETED_REGISTRY_ID = -1n;

/** Filters out registries and repositories with deleted content. */
export const NOT_DELETED = { not: DELETED_REGISTRY_ID };
