/** Columns that the first part of a registry's addresses is made of. */
export const ADDRESS_COLUMNS = { registryId: true, primaryAlias: { select: { name: true } } } as const;

/** Returns the alias in a registry's addresses: the primary one, or the 12 digits of a registry without any. */
export function registryAddress(registry: { registryId: string; primaryAlias: { name: string } | null }): string {
  return registry.primaryAlias?.name ?? registry.registryId;
}
