import { findRegistryByAlias } from '#lib/catalog/find-repository.ts';
import { describeRegistry } from '#lib/catalog/queries.ts';
import { AppError } from '#lib/platform/errors.ts';
import { print, required, withApp, type Command } from './command.ts';

export const showRegistryCommand: Command = {
  summary: 'Shows a registry and its aliases',
  options: { alias: { value: 'ALIAS', doc: 'Any of its aliases', isRequired: true } },
  run: async (values) => {
    const alias = required(values, 'alias');
    const registry = await withApp(async (app) => {
      const found = await findRegistryByAlias(app, alias);
      if (!found) throw new AppError('not_found', `There is no publisher called ${alias}.`);
      return describeRegistry(app, { registryId: found.id });
    });
    const aliases = registry.aliases.map(({ name, primary }) => (primary ? `${name} (primary)` : name)).join(', ');
    print(values, registry, [`${registry.registryId} ${registry.displayName}`, `Aliases: ${aliases}`]);
  },
};
