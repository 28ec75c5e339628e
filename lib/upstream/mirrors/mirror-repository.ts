import { authorize } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import { findRegistryByAlias, findRepository } from '#lib/repositories/find-repository.ts';
import { refuseQuarantined } from '#lib/repositories/refuse-quarantined.ts';
import { repositoryNameSchema } from '#lib/repositories/schema.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { upstreamRepository } from '#lib/upstream/client/docker-hub.ts';
import { saveUpstream } from './save-upstream.ts';
import { upstreamNameSchema, upstreamSettingsSchema, type UpstreamSettingsInput } from '#lib/upstream/schema.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';

export type MirrorRepositoryInput = {
  caller: Caller;
  alias: string;
  /** Without the alias. */
  name: string;
  upstream: UpstreamSettingsInput;
  /** The repository's name at the upstream. */
  upstreamName: string;
};

const inputSchema = z.object({
  name: repositoryNameSchema,
  upstream: upstreamSettingsSchema,
  upstreamName: upstreamNameSchema,
});

type App = { db: Db; secrets: StoredSecrets; upstream: UpstreamRuntime };

/**
 * Makes `ALIAS/NAME` a mirror of one upstream repository, changes an existing mirror's settings, or converts an empty
 * repository.
 * @throws AppError `invalid_input`, `repository_not_found` for an unknown alias, `forbidden`, `conflict` for a
 * repository with images of its own
 */
export async function mirrorRepository(app: App, input: MirrorRepositoryInput): Promise<void> {
  const { caller, alias } = input;
  const { name, upstream: settings, upstreamName } = parseInput(inputSchema, input);
  const registry = await findRegistryByAlias(app, alias);
  if (!registry) throw new AppError('repository_not_found', `Publisher ${alias} doesn't exist.`);
  const { id: registryKey } = registry;
  await authorize(app, { ...caller, action: 'vitrine:ManageMirrors', registryKey });
  const upstreamId = await app.db.$transaction(async (tx) => {
    const upstream = await saveUpstream(app, tx, { caller, registryKey, settings });
    const source = { upstreamId: upstream.id, upstreamName: upstreamRepository(upstream.host, upstreamName) };
    await refuseOwnImages(tx, `${alias}/${name}`, source);
    const where = { registryKey_name: { registryKey, name } };
    const { id } = await tx.repository.upsert({ where, create: { registryKey, name, ...source }, update: source });
    const after = { upstream: `${upstream.host}/${source.upstreamName}` };
    await recordChange(tx, {
      caller,
      registryKey,
      type: 'repository.mirror',
      resource: { repositoryId: id, name: `${alias}/${name}` },
      after,
    });
    return upstream.id;
  });
  app.upstream.settings.delete(upstreamId);
}

/** Refuses to mix images of two origins under one name. */
async function refuseOwnImages(
  tx: DbOrTx,
  fullName: string,
  source: { upstreamId: bigint; upstreamName: string },
): Promise<void> {
  const existing = await findRepository({ db: tx }, fullName);
  if (!existing) return;
  refuseQuarantined(existing);
  const { upstream, keyScope } = existing;
  if (keyScope !== 'site') {
    throw new AppError('conflict', `${fullName} has a key of its own, which mirrors can't have. Choose another name.`);
  }
  if (upstream?.upstreamId === source.upstreamId && upstream.name === source.upstreamName) return;
  const manifest = await tx.manifest.findFirst({ where: { repositoryId: existing.id }, select: { id: true } });
  if (!manifest) return;
  const what = upstream ? `already mirrors ${upstream.name}` : 'has images of its own';
  throw new AppError('conflict', `${fullName} ${what}. Choose another name or remove it first.`);
}
