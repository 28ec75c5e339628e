import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { AppError } from '#lib/platform/errors.ts';
import { mirrorRegistry } from '#lib/upstream/mirrors/mirror-registry.ts';
import { mirrorRepository } from '#lib/upstream/mirrors/mirror-repository.ts';
import { setMirrorRoute } from '#lib/upstream/mirrors/set-mirror-route.ts';
import { print, required, withApp, type Command, type OptionValues } from './command.ts';

const CREDENTIALS = {
  username: { value: 'USER', doc: 'User name at the upstream' },
  password: { value: 'SECRET', doc: 'Password or access token at the upstream' },
} as const;

export const addMirrorCommand: Command = {
  summary: 'Mirror a repository of another registry',
  options: {
    repository: { value: 'ALIAS/NAME', doc: 'The repository in Vitrine', isRequired: true },
    from: { value: 'HOST/NAME', doc: 'Upstream repository, such as docker.io/library/alpine', isRequired: true },
    ...CREDENTIALS,
  },
  run: async (values) => {
    const repository = required(values, 'repository');
    const names = splitFullName(repository);
    if (!names) throw new AppError('invalid_input', `${repository} is not a repository name. Use ALIAS/NAME.`);
    const { rest: upstreamName, ...address } = parseSource(required(values, 'from'));
    const upstream = { ...address, ...readCredentials(values) };
    await withApp((app) => mirrorRepository(app, { caller: SYSTEM_CALLER, ...names, upstream, upstreamName }));
    print(values, { repository }, [`${repository} now mirrors ${address.host}/${upstreamName}.`]);
  },
};

export const mirrorAllCommand: Command = {
  summary: 'Pull every missing repository of a registry through from another registry',
  options: {
    registry: { value: 'ALIAS', doc: 'Any alias of the registry', isRequired: true },
    from: { value: 'HOST[/PREFIX]', doc: 'Upstream prefix, such as docker.io/library', isRequired: true },
    ...CREDENTIALS,
  },
  run: async (values) => {
    const alias = required(values, 'registry');
    const { rest: prefix, ...address } = parseSource(required(values, 'from'));
    const upstream = { ...address, ...readCredentials(values) };
    await withApp(async (app) => {
      const registry = await findRegistryByAlias(app, alias);
      if (!registry) throw new AppError('not_found', `No registry has the alias ${alias}.`);
      await mirrorRegistry(app, { caller: SYSTEM_CALLER, registryKey: registry.id, upstream, prefix });
    });
    print(values, { alias }, [`${alias} now pulls missing repositories through from ${address.host}.`]);
  },
};

export const routeMirrorCommand: Command = {
  summary: "Let a mirrored registry serve another host's images, or unknown aliases",
  options: {
    host: { value: 'HOST', doc: 'Such as docker.io; * for unknown aliases', isRequired: true },
    registry: { value: 'ALIAS', doc: 'Any alias of the registry', isRequired: true },
  },
  run: async (values) => {
    const host = required(values, 'host');
    const alias = required(values, 'registry');
    await withApp((app) => setMirrorRoute(app, { caller: SYSTEM_CALLER, host, alias }));
    print(values, { host, alias }, [`${alias} now serves ${host === '*' ? 'unknown aliases' : `images of ${host}`}.`]);
  },
};

/** Splits `HOST/REST`. A leading `http://` selects plain HTTP. */
function parseSource(text: string): { host: string; isPlainHttp: boolean; rest: string } {
  const [, scheme, host = '', rest = ''] = /^(https?:\/\/)?([^/]+)(?:\/(.*))?$/.exec(text) ?? [];
  return { host, isPlainHttp: scheme === 'http://', rest };
}

function readCredentials(values: OptionValues): { username?: string; password?: string } {
  const { username, password } = values;
  return {
    ...(typeof username === 'string' && { username }),
    ...(typeof password === 'string' && { password }),
  };
}
