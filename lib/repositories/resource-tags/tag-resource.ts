import type { Action } from '#lib/access/actions.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { findTagProblem, MAX_KEYED_TAGS, type KeyedTag } from '#lib/access/tags/schema.ts';

export type TagResourceInput = {
  caller: UserCaller;
  fullName: string;
  action: Action;
  tags: readonly KeyedTag[];
  /** Keys to remove. Those that don't exist are ignored. */
  removed?: readonly string[];
};

/**
 * Sets a repository's resource tags and removes others.
 * @throws AppError `invalid_input`, `quota_exceeded`, `repository_not_found`, `forbidden`, `quarantined`
 */
export async function tagResource(app: { db: Db }, input: TagResourceInput): Promise<void> {
  const { caller, fullName, action, tags, removed = [] } = input;
  const problem = findTagProblem(tags);
  if (problem !== null) throw new AppError('invalid_input', problem);
  const tagKeys = [...tags.map(({ key }) => key), ...removed];
  const asked = { caller, fullName, action, tags: { requestTags: tags, tagKeys } };
  const repository = await authorizeRepository(app, asked);
  const { id, registryKey } = repository;
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const rows = await tx.resourceTag.findMany({ where: { repositoryId: id }, select: { key: true, value: true } });
    const before = new Map(rows.map(({ key, value }) => [key, value]));
    const after = new Map(before);
    for (const key of removed) after.delete(key);
    for (const { key, value } of tags) after.set(key, value);
    requireFewTags(after.size);
    if (isSame(before, after)) return;
    await tx.resourceTag.deleteMany({ where: { repositoryId: id } });
    await tx.resourceTag.createMany({ data: [...after].map(([key, value]) => ({ repositoryId: id, key, value })) });
    await recordChange(tx, {
      type: 'repository.tag-resource',
      caller,
      registryKey,
      resource: { repositoryId: id, name: fullName },
      before: { resourceTags: Object.fromEntries(before) },
      after: { resourceTags: Object.fromEntries(after) },
    });
  });
}

/** @throws AppError `quota_exceeded` */
export function requireFewTags(count: number): void {
  if (count <= MAX_KEYED_TAGS) return;
  throw new AppError('quota_exceeded', `A repository can have at most ${MAX_KEYED_TAGS} tags.`);
}

function isSame(before: Map<string, string>, after: Map<string, string>): boolean {
  return before.size === after.size && [...after].every(([key, value]) => before.get(key) === value);
}
