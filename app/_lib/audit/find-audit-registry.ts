import { getApp } from '#lib/app.ts';
import { findRegistry, findRegistryByAlias } from '#lib/repositories/find-repository.ts';

/** Finds a registry's key by its ID or any alias. Returns null if there is none. */
export async function findAuditRegistry(text: string): Promise<bigint | null> {
  const app = getApp();
  const registry = /^\d{12}$/.test(text) ? await findRegistry(app, text) : await findRegistryByAlias(app, text);
  return registry?.id ?? null;
}
