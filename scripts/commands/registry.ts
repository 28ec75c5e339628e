import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { describeRegistry } from '#lib/repositories/queries.ts';
import { AppError } from '#lib/platform/errors.ts';
import { setRegistryQuota } from '#lib/publishers/set-registry-quota.ts';
import { print, required, withApp, type Command } from './command.ts';

export const showRegistryCommand: Command = {
  summary: 'Shows a registry and its aliases',
  options: { alias: { value: 'ALIAS', doc: 'Any of its aliases', isRequired: true } },
  run: async (values) => {
    const alias = required(values, 'alias');
    const registry = await withApp(async (app) => {
      const found = await findRegistryByAlias(app, alias);
      if (!found) throw new AppError('not_found', `There is no publisher called ${alias}.`);
      return describeRegistry(app, { registryKey: found.id });
    });
    const aliases = registry.aliases.map(({ name, primary }) => (primary ? `${name} (primary)` : name)).join(', ');
    print(values, registry, [`${registry.registryId} ${registry.displayName}`, `Aliases: ${aliases}`]);
  },
};

export const setQuotaCommand: Command = {
  summary: 'Sets how many bytes of blobs a registry may have',
  options: {
    alias: { value: 'ALIAS', doc: 'Any of its aliases', isRequired: true },
    size: { value: 'SIZE', doc: 'Such as 10GB; unlimited; default for REGISTRY_QUOTA', isRequired: true },
  },
  run: async (values) => {
    const alias = required(values, 'alias');
    const quota = required(values, 'size');
    await withApp(async (app) => {
      const registry = await findRegistryByAlias(app, alias);
      if (!registry) throw new AppError('not_found', `There is no publisher called ${alias}.`);
      await setRegistryQuota(app, { caller: SYSTEM_CALLER, registryId: registry.registryId, quota });
    });
    print(values, { alias, quota }, [`The quota of ${alias} is ${quota} now.`]);
  },
};
