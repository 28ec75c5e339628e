import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { addIdentityProvider } from '#lib/publishers/identity-providers/add-identity-provider.ts';
import { listIdentityProviders } from '#lib/publishers/identity-providers/list-identity-providers.ts';
import { removeIdentityProvider } from '#lib/publishers/identity-providers/remove-identity-provider.ts';
import { print, readInputFile, required, withApp, type Command } from '../command.ts';
import { findRegistryKey } from '../robot.ts';

const caller = SYSTEM_CALLER;
const REGISTRY_OPTION = { value: 'ID', doc: '12 digits', isRequired: true };
const ISSUER_OPTION = { value: 'URL', doc: 'As in the claim iss of its tokens', isRequired: true };

export const addIdentityProviderCommand: Command = {
  summary: 'Add an issuer whose tokens roles may trust, or change its audiences and keys',
  options: {
    registry: REGISTRY_OPTION,
    issuer: ISSUER_OPTION,
    audience: { value: 'TEXT', doc: 'A token must be for one of them (repeatable, required)', multiple: true },
    keys: { value: 'FILE', doc: 'Its JSON Web Key Set, if the site can’t reach it (- for standard input)' },
  },
  run: async (values) => {
    const [registryId, issuer] = [required(values, 'registry'), required(values, 'issuer')];
    const { audience: audiences, keys } = values;
    if (!Array.isArray(audiences)) {
      throw new AppError('invalid_input', '--audience is required. --help lists the options.');
    }
    const keySet = typeof keys === 'string' ? readInputFile(keys) : null;
    await withApp(async (app) =>
      addIdentityProvider(app, {
        caller,
        registryKey: await findRegistryKey(app, registryId),
        issuer,
        audiences,
        keySet,
      }),
    );
    const hasKeys = keySet !== null;
    const line = `Added the identity provider ${issuer} to registry ${registryId}.`;
    print(values, { registryId, issuer, audiences, hasKeys }, [line]);
  },
};

export const listIdentityProvidersCommand: Command = {
  summary: "List a registry's identity providers",
  options: { registry: REGISTRY_OPTION },
  run: async (values) => {
    const registryId = required(values, 'registry');
    const providers = await withApp(async (app) =>
      listIdentityProviders(app, { caller, registryKey: await findRegistryKey(app, registryId) }),
    );
    const rows = providers.map((provider) => ({ ...provider, createdAt: provider.createdAt.toISOString() }));
    const lines = rows.map(({ issuer, audiences, hasKeys }) => {
      return `${issuer} for ${audiences.join(', ')}${hasKeys ? ', with stored keys' : ''}`;
    });
    print(values, { identityProviders: rows }, lines.length === 0 ? ['No identity providers yet.'] : lines);
  },
};

export const removeIdentityProviderCommand: Command = {
  summary: 'Remove an identity provider. Its tokens can no longer assume a role',
  options: { registry: REGISTRY_OPTION, issuer: ISSUER_OPTION },
  run: async (values) => {
    const [registryId, issuer] = [required(values, 'registry'), required(values, 'issuer')];
    await withApp(async (app) =>
      removeIdentityProvider(app, { caller, registryKey: await findRegistryKey(app, registryId), issuer }),
    );
    const line = `Removed the identity provider ${issuer} of registry ${registryId}.`;
    print(values, { registryId, issuer }, [line]);
  },
};
