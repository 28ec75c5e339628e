import { z } from 'zod';
import type { UserCaller } from '#lib/access/schema.ts';
import { listOf } from '#lib/oci/json-limits.ts';
import { isTag } from '#lib/oci/reference.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { requestUpstream } from '#lib/upstream/pull-through/request-upstream.ts';
import { resolveTagDigest } from '#lib/upstream/pull-through/fetch-manifest.ts';
import { findOwnMirror } from './find-own-mirror.ts';
import { loadUpstream } from './load-upstream.ts';
import { readJson } from '#lib/upstream/client/bodies/read-json.ts';
import type { UpstreamRuntime, UpstreamSettings } from '#lib/upstream/pull-through/upstream-runtime.ts';

const FEW_TAGS = 100;
const MAX_LIST_BYTES = 1024 * 1024;
const USUAL_TAG = 'latest';

const listSchema = z.object({ tags: listOf(z.string()).nullish() });

type App = { db: Db; secrets: StoredSecrets; upstream: UpstreamRuntime };

/** `problem` is null when the upstream answered. `tag` can be pulled, or is null when none is known. */
export type MirrorCheck = { problem: string | null; tag: string | null };

/**
 * Checks the upstream now and describes the outcome.
 * @throws AppError `repository_not_found`, `forbidden`
 */
export async function checkMirror(
  app: App,
  { caller, fullName }: { caller: UserCaller; fullName: string },
): Promise<MirrorCheck> {
  const repository = await findOwnMirror(app, { caller, fullName });
  const { upstreamId, name } = repository.upstream;
  app.upstream.settings.delete(upstreamId);
  const settings = await loadUpstream(app, upstreamId);
  try {
    return await ask(app, settings, name);
  } catch (error) {
    if (isAppError(error)) return { problem: error.message, tag: null };
    throw error;
  } finally {
    await app.upstream.stats.flush();
  }
}

async function ask(app: App, settings: UpstreamSettings, name: string): Promise<MirrorCheck> {
  const path = `tags/list?n=${FEW_TAGS}`;
  const response = await requestUpstream(app, settings, { method: 'GET', repository: name, path, kind: 'metadata' });
  if (response.status === 404) {
    response.body.destroy();
    return { problem: `${settings.host} has no repository ${name}.`, tag: null };
  }
  const list = { host: settings.host, maxBytes: MAX_LIST_BYTES, schema: listSchema };
  const tags = ((await readJson(response, list)).tags ?? []).filter(isTag);
  const last = tags.at(-1);
  if (last === undefined) return { problem: `${name} has no tags on ${settings.host}.`, tag: null };
  // Lists are in ASCII order, so the usual tag may be on a later page.
  const isUsual = tags.includes(USUAL_TAG) || (tags.length >= FEW_TAGS && (await hasUsualTag(app, settings, name)));
  return { problem: null, tag: isUsual ? USUAL_TAG : last };
}

async function hasUsualTag(app: App, settings: UpstreamSettings, name: string): Promise<boolean> {
  const digest = await resolveTagDigest(app, { settings, name, reference: { kind: 'tag', tag: USUAL_TAG } });
  return digest !== 'gone' && digest !== 'unknown';
}
