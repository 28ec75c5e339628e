import { findRegistryByAlias, type FoundRegistry } from '#lib/repositories/find-repository.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { describeRegistry } from '#lib/repositories/queries.ts';
import { AppError } from '#lib/platform/errors.ts';
import { setRegistryQuota } from '#lib/publishers/set-registry-quota.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { deleteRegistryPolicy } from '#lib/repositories/registry-policy/delete-registry-policy.ts';
import { print, required, withApp, type Command } from './command.ts';

export const showRegistryCommand: Command = {
  summary: 'Show a registry and its aliases',
  options: { alias: { value: 'ALIAS', doc: 'Any alias of the registry', isRequired: true } },
  run: async (values) => {
    const alias = required(values, 'alias');
    const registry = await withApp(async (app) => {
      const { id: registryKey } = await requireRegistry(app, alias);
      return describeRegistry(app, { registryKey });
    });
    const aliases = registry.aliases.map(({ name, primary }) => (primary ? `${name} (primary)` : name)).join(', ');
    print(values, registry, [`${registry.registryId} ${registry.displayName}`, `Aliases: ${aliases}`]);
  },
};

export const setQuotaCommand: Command = {
  summary: "Set a registry's storage quota",
  options: {
    alias: { value: 'ALIAS', doc: 'Any alias of the registry', isRequired: true },
    size: { value: 'SIZE', doc: 'A size such as 10GB, unlimited, or default (REGISTRY_QUOTA)', isRequired: true },
  },
  run: async (values) => {
    const alias = required(values, 'alias');
    const quota = required(values, 'size');
    await withApp(async (app) => {
      const { registryId } = await requireRegistry(app, alias);
      await setRegistryQuota(app, { caller: SYSTEM_CALLER, registryId, quota });
    });
    print(values, { alias, quota }, [`The quota of ${alias} is now ${quota}.`]);
  },
};

export const removeRegistryPolicyCommand: Command = {
  summary: "Remove a registry's policy, for example one that locks its owners out",
  options: { alias: { value: 'ALIAS', doc: 'Any alias of the registry', isRequired: true } },
  run: async (values) => {
    const alias = required(values, 'alias');
    const policy = await withApp(async (app) => {
      const { id: registryKey } = await requireRegistry(app, alias);
      return deleteRegistryPolicy(app, { caller: SYSTEM_CALLER, registryKey });
    });
    print(values, { alias, policy }, [`Removed the policy of the registry ${alias}:`, policy]);
  },
};

async function requireRegistry(app: { db: Db }, alias: string): Promise<FoundRegistry> {
  const registry = await findRegistryByAlias(app, alias);
  if (!registry) throw new AppError('not_found', `No registry has the alias ${alias}.`);
  return registry;
}
