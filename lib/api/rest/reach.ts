// What a route reaches, and which scopes a token needs for it. They equal the scopes that /v2 requires for the same
// action.
// `api:read` and `api:write` alone open nothing that belongs to a repository.
import { z } from 'zod';
import { canReach, reachesAll, type Reached } from '#lib/access/reach.ts';
import type { Caller, RepositoryAction } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';

/**
 * The object that the route's parameters name.
 * - `none`: public data.
 * - `account`: the user's own account, which a robot hasn't. `api:read` or `api:write` suffices.
 * - `body`: what the body names, which the use case authorizes.
 * - `site`: what reviewers and admins manage.
 * - `repository`, `mirror`, `deletion`: one repository.
 * - `repositories`: all repositories of a registry.
 * - `registry`, `alias`, `alias-request`: a registry itself, its members and names.
 */
export type Reach =
  | { to: 'none' }
  | { to: 'account' }
  | { to: 'body' }
  | { to: 'site' }
  | {
      to: 'repository' | 'mirror' | 'deletion' | 'repositories' | 'registry' | 'alias' | 'alias-request';
      actions: readonly RepositoryAction[];
    };

/** Path parameters of each kind. The last ones win where one object has two names. */
export const REACH_PARAMS = {
  repository: ['repository'],
  mirror: ['registryId', 'name'],
  deletion: ['id'],
  repositories: ['registryId', 'alias'],
  registry: ['registryId'],
  alias: ['name'],
  'alias-request': ['id'],
} as const;

type Params = Record<string, string | undefined>;

/** @throws AppError `forbidden` for a token whose scopes don't reach the object, `not_found` when it doesn't exist */
export async function requireReach(app: { db: Db }, caller: Caller, reach: Reach, params: Params): Promise<void> {
  if (reach.to === 'none' || reach.to === 'account' || reach.to === 'body') return;
  if (reach.to === 'site') return check(caller, { kind: 'site', names: ['*'], actions: ['pull', 'push', 'delete'] });
  const kind =
    reach.to === 'registry' || reach.to === 'alias' || reach.to === 'alias-request' ? 'registry' : 'repository';
  const { actions } = reach;
  if (reachesAll(caller.principal, kind)) return;
  check(caller, { kind, names: await RESOLVE[reach.to](app, params), actions });
}

function check({ principal }: Caller, reached: Reached): void {
  if (canReach(principal, reached)) return;
  const [name = ''] = reached.names;
  const scope = `repository:${name}:${reached.actions.join(',')}`;
  const why =
    reached.kind === 'repository' ? 'lacks the scope' : 'is limited to some repositories. This needs the scope';
  throw new AppError('forbidden', `This access token ${why} ${scope}.`);
}

/** Returns every name of the object. A repository may be named by any alias of its registry. */
const RESOLVE: Record<keyof typeof REACH_PARAMS, (app: { db: Db }, params: Params) => Promise<string[]>> = {
  repository: (_app, { repository = '' }) => Promise.resolve([repository]),
  mirror: async (app, { registryId, name = '' }) => named(await aliasesOf(app, { registryId: registryId ?? '' }), name),
  deletion: async (app, { id }) => {
    const select = { registryKey: true, name: true };
    const deletion = isUuid(id) ? await app.db.deletion.findUnique({ where: { id }, select }) : null;
    if (!deletion) throw notFound();
    return named(await aliasesOf(app, { id: deletion.registryKey }), deletion.name);
  },
  repositories: async (app, { registryId, alias = '' }) =>
    all(await aliasesOf(app, registryId ? { registryId } : { alias })),
  registry: async (app, { registryId = '' }) => all(await aliasesOf(app, { registryId })),
  alias: async (app, { name = '' }) => all(await aliasesOf(app, { alias: name })),
  'alias-request': async (app, { id }) => {
    const select = { registryKey: true };
    const request = isUuid(id) ? await app.db.aliasRequest.findUnique({ where: { id }, select }) : null;
    if (!request) throw notFound();
    return all(await aliasesOf(app, { id: request.registryKey }));
  },
};

function isUuid(id: string | undefined): id is string {
  return z.uuid().safeParse(id).success;
}

const named = (aliases: string[], name: string) => aliases.map((alias) => `${alias}/${name}`);
const all = (aliases: string[]) => named(aliases, '*');

type RegistryLookup = { id: bigint } | { registryId: string } | { alias: string };

/** Primary alias first. */
async function aliasesOf(app: { db: Db }, key: RegistryLookup): Promise<string[]> {
  const where = 'alias' in key ? { aliases: { some: { name: key.alias } } } : key;
  const registry = await app.db.registry.findFirst({
    where,
    select: { primaryAliasId: true, aliases: { where: { status: 'active' }, select: { id: true, name: true } } },
  });
  if (!registry) throw notFound();
  const isPrimary = ({ id }: { id: bigint }) => id === registry.primaryAliasId;
  return registry.aliases.toSorted((a, b) => Number(isPrimary(b)) - Number(isPrimary(a))).map(({ name }) => name);
}

function notFound(): AppError {
  return new AppError('not_found', "It doesn't exist, or you don't have access to it.");
}
