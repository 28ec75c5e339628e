/** The order of a user's memberships: the default registry, then the one they joined first. */
export const DEFAULT_FIRST = [{ isDefault: 'desc' }, { createdAt: 'asc' }, { registryKey: 'asc' }] as const;
