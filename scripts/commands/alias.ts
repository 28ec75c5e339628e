import { grantAlias } from '#lib/aliases/grant-alias.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { AppError } from '#lib/platform/errors.ts';
import { print, required, withApp, type Command } from './command.ts';

export const grantAliasCommand: Command = {
  summary: 'Give a registry a custom alias and make it primary',
  options: {
    registry: { value: 'ALIAS', doc: 'Any current alias of the registry', isRequired: true },
    name: { value: 'NAME', doc: 'The new alias', isRequired: true },
  },
  run: async (values) => {
    const name = required(values, 'name');
    const current = required(values, 'registry');
    await withApp(async (app) => {
      const registry = await findRegistryByAlias(app, current);
      if (!registry) throw new AppError('not_found', `No registry has the alias ${current}.`);
      await grantAlias(app, { caller: SYSTEM_CALLER, registryKey: registry.id, name, makePrimary: true });
    });
    print(values, { alias: name }, [`${name} is now the primary alias. ${current} still works.`]);
  },
};
