import { findTagProblem, MAX_KEYED_TAGS, type TagValues } from '#lib/access/tags/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { Prisma } from '#lib/platform/prisma/client.ts';
import { lockRoles } from '#lib/publishers/roles/role-store.ts';
import { findPolicyHolder, type HolderQuestion } from './policy-holder.ts';

/**
 * Replaces the tags of a member, robot or role, which policies test as `aws:PrincipalTag/KEY`. Takes effect at once.
 * @throws AppError `invalid_input`, `forbidden`, `not_found`
 */
export async function tagPrincipal(
  app: { db: Db },
  { tags, ...question }: HolderQuestion & { tags: TagValues },
): Promise<void> {
  const { caller, registryKey } = question;
  const listed = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const problem =
    listed.length > MAX_KEYED_TAGS ? `At most ${MAX_KEYED_TAGS} tags are possible.` : findTagProblem(listed);
  if (problem !== null) throw invalidField('tags', problem);
  await app.db.$transaction(async (tx) => {
    await lockRoles(tx, { caller, registryKey });
    const { id, name, tags: before } = await findPolicyHolder({ db: tx }, question);
    if ('teamId' in id) throw new AppError('invalid_input', 'Teams have no tags. Tag their members.');
    const where = { registryKey_userId: { registryKey, userId: id.userId } };
    await tx.member.update({
      where,
      data: { tags: listed.length > 0 ? tags : Prisma.DbNull },
      select: { userId: true },
    });
    await recordChange(tx, {
      type: 'member.set-tags',
      caller,
      registryKey,
      resource: { name },
      before: { tags: before },
      after: { tags },
    });
  });
}

/** @throws AppError `forbidden`, `not_found` */
export async function findPrincipalTags(app: { db: Db }, question: HolderQuestion): Promise<TagValues> {
  const { tags } = await findPolicyHolder(app, question);
  return tags;
}
