import { findRegistryPolicy } from '#lib/access/attached/attached-policy.ts';
import { NO_ROW } from '#lib/repositories/find-repository.ts';
import { registryAddress, ADDRESS_COLUMNS } from '#lib/publishers/registry-address.ts';
import type { AwsApp } from './aws-app.ts';
import type { AddressedRegistry, Call } from './define-operations.ts';

type Asker = Pick<Call, 'holder'>;

/**
 * Finds the registry that a call names by its digits or an alias. An unknown one looks like one without repositories.
 * @param named the key's own registry if it is missing
 */
export async function findAwsRegistry(
  app: AwsApp,
  { holder }: Asker,
  named: string | undefined,
): Promise<AddressedRegistry> {
  const { registryKey, membership, alias } = holder;
  const own = { named, registryKey, membership, alias };
  if (named === undefined || named === membership.registryId || named === alias) return own;
  const home = membership.role && { registryId: membership.registryId, role: membership.role };
  const row = await app.db.registry.findFirst({
    where: { OR: [{ registryId: named }, { aliases: { some: { name: named, status: 'active' } } }] },
    select: { id: true, policy: true, policyScope: true, ...ADDRESS_COLUMNS },
  });
  if (row?.id === registryKey) return own;
  return {
    named,
    registryKey: row?.id ?? NO_ROW,
    membership: {
      registryId: row?.registryId ?? named,
      role: null,
      home,
      registryPolicy: row && findRegistryPolicy(app, row),
    },
    alias: row ? registryAddress(row) : named,
  };
}
