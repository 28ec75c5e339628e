import { requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { UNKNOWN_ALIASES } from './find-mirror.ts';
import { parseUpstreamHost } from '#lib/upstream/client/parse-upstream-host.ts';

type Input = {
  caller: Caller;
  /** `docker.io`, or `*` for aliases that are unknown on this site. */
  host: string;
};

/**
 * Makes a mirrored registry answer for a host's names or for unknown aliases. Each host has one registry.
 * @throws AppError `forbidden`, `invalid_input`, `repository_not_found`, `conflict` unless the registry mirrors another
 * one
 */
export async function setMirrorRoute(
  app: { db: Db },
  { caller, alias, ...input }: Input & { alias: string },
): Promise<void> {
  requireAdmin(caller);
  const host = requireHost(input.host);
  const registry = await findRegistryByAlias(app, alias);
  if (!registry) throw new AppError('repository_not_found', `Publisher ${alias} doesn't exist.`);
  await app.db.$transaction(async (tx) => {
    const row = await tx.registry.findUniqueOrThrow({
      where: { id: registry.id },
      select: { mirrorUpstreamId: true },
    });
    if (row.mirrorUpstreamId === null)
      throw new AppError('conflict', `${alias} doesn't mirror another registry as a whole.`);
    const data = { registryKey: registry.id };
    await tx.mirrorRoute.upsert({ where: { host }, create: { host, ...data }, update: data });
    await recordChange(tx, {
      caller,
      registryKey: registry.id,
      type: 'mirror-route.set',
      resource: { name: host },
      after: { alias },
    });
  });
}

/** @throws AppError `forbidden`, `not_found` */
export async function removeMirrorRoute(app: { db: Db }, { caller, host }: Input): Promise<void> {
  requireAdmin(caller);
  await app.db.$transaction(async (tx) => {
    const route = await tx.mirrorRoute.findUnique({ where: { host } });
    if (!route) throw new AppError('not_found', `No mirror route exists for ${host}.`);
    await tx.mirrorRoute.delete({ where: { host } });
    await recordChange(tx, {
      caller,
      registryKey: route.registryKey,
      type: 'mirror-route.remove',
      resource: { name: host },
    });
  });
}

function requireAdmin(caller: Caller): void {
  requireAllowed({ ...caller, action: 'vitrine:ManageMirrorRoutes' });
}

function requireHost(text: string): string {
  const host = text === UNKNOWN_ALIASES ? text : parseUpstreamHost(text);
  if (host !== null) return host;
  const message = `Enter a host name, such as docker.io, or ${UNKNOWN_ALIASES}.`;
  throw new AppError('invalid_input', message, { detail: { fieldErrors: { host: message } } });
}
