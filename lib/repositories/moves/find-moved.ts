import { ADDRESS_COLUMNS, registryAddress } from '#lib/publishers/registry-address.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { FOUND, toFound, type FoundRepository, type RowApp } from '#lib/repositories/find-repository.ts';

/** Finds the repository that had this name before. Call it after findRepository found none. Doesn't authorize. */
export async function findMoved(app: RowApp, fullName: string): Promise<FoundRepository | null> {
  const parts = splitFullName(fullName);
  const owner = parts && (await app.db.alias.findUnique({ where: { name: parts.alias } }));
  if (!parts || owner?.status !== 'active') return null;
  const former = await app.db.formerName.findUnique({
    where: { registryKey_name: { registryKey: owner.registryKey, name: parts.name } },
    select: { repository: { select: { ...FOUND, name: true, registry: { select: ADDRESS_COLUMNS } } } },
  });
  if (!former) return null;
  const { name, registry, ...row } = former.repository;
  return toFound(app, row, { alias: parts.alias, name, fullName, movedTo: `${registryAddress(registry)}/${name}` });
}
