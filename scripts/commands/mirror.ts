import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { AppError } from '#lib/platform/errors.ts';
import { mirrorRegistry } from '#lib/upstream/mirrors/mirror-registry.ts';
import { mirrorRepository } from '#lib/upstream/mirrors/mirror-repository.ts';
import { setMirrorRoute } from '#lib/upstream/mirrors/set-mirror-route.ts';
import { print, required, withApp, type Command, type OptionValues } from './command.ts';

const CREDENTIALS = {
  username: { value: 'USER', doc: 'User name there, if it wants one' },
  password: { value: 'SECRET', doc: 'Password or access token there' },
} as const;

export const addMirrorCommand: Command = {
  summary: 'Makes a repository a mirror of one in another registry',
  options: {
    repository: { value: 'ALIAS/NAME', doc: 'The repository here', isRequired: true },
    from: { value: 'HOST/NAME', doc: 'Where its images are, such as docker.io/library/alpine', isRequired: true },
    ...CREDENTIALS,
  },
  run: async (values) => {
    const repository = required(values, 'repository');
    const names = splitFullName(repository);
    if (!names) throw new AppError('invalid_input', `${repository} is no name, such as ALIAS/NAME.`);
    const { rest: upstreamName, ...address } = parseSource(required(values, 'from'));
    const upstream = { ...address, ...readCredentials(values) };
    await withApp((app) => mirrorRepository(app, { caller: SYSTEM_CALLER, ...names, upstream, upstreamName }));
    print(values, { repository }, [`${repository} is a mirror of ${address.host}/${upstreamName} now.`]);
  },
};

export const mirrorAllCommand: Command = {
  summary: 'Pulls every name below an alias that is not here through from another registry',
  options: {
    registry: { value: 'ALIAS', doc: 'Any alias of the registry', isRequired: true },
    from: { value: 'HOST[/PREFIX]', doc: 'Where its images are, such as docker.io/library', isRequired: true },
    ...CREDENTIALS,
  },
  run: async (values) => {
    const alias = required(values, 'registry');
    const { rest: prefix, ...address } = parseSource(required(values, 'from'));
    const upstream = { ...address, ...readCredentials(values) };
    await withApp(async (app) => {
      const registry = await findRegistryByAlias(app, alias);
      if (!registry) throw new AppError('not_found', `There is no publisher called ${alias}.`);
      await mirrorRegistry(app, { caller: SYSTEM_CALLER, registryKey: registry.id, upstream, prefix });
    });
    print(values, { alias }, [`What ${alias} does not have is pulled through from ${address.host} now.`]);
  },
};

export const routeMirrorCommand: Command = {
  summary: "Has a mirrored registry answer for another host's names, or for aliases unknown here",
  options: {
    host: { value: 'HOST', doc: 'Such as docker.io; * stands for aliases unknown here', isRequired: true },
    registry: { value: 'ALIAS', doc: 'Any alias of the registry', isRequired: true },
  },
  run: async (values) => {
    const host = required(values, 'host');
    const alias = required(values, 'registry');
    await withApp((app) => setMirrorRoute(app, { caller: SYSTEM_CALLER, host, alias }));
    print(values, { host, alias }, [`${alias} answers for ${host === '*' ? 'unknown aliases' : host} now.`]);
  },
};

/** `http://` before it says that the registry speaks plain http. */
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
