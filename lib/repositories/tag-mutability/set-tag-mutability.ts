import { recordChange } from '#lib/events/record-change.ts';
import type { Action } from '#lib/access/actions.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { tagMutabilityRuleSchema, type TagMutabilityRule } from './schema.ts';

export type SetTagMutabilityInput = {
  caller: UserCaller;
  fullName: string;
  /** Omitted values stay. Exceptions end with the rule that has them. */
  tagMutability?: string | undefined;
  tagExclusions?: string[] | undefined;
};

const ACTION: Action = 'ecr:PutImageTagMutability';

/**
 * Decides which tags pushes can overwrite. Existing tags keep what they point to.
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`
 */
export async function setTagMutability(app: { db: Db }, input: SetTagMutabilityInput): Promise<TagMutabilityRule> {
  const { caller, fullName } = input;
  const repository = await authorizeRepository(app, { caller, fullName, action: ACTION });
  const { id, registryKey } = repository;
  return app.db.$transaction(async (tx) => {
    // Waits for a push in progress, which holds the row.
    await lockRepository(tx, repository);
    const select = { tagMutability: true, tagExclusions: true } as const;
    const before = await tx.repository.findUniqueOrThrow({ where: { id }, select });
    const rule = parseInput(tagMutabilityRuleSchema, mergeRules(before, input));
    if (JSON.stringify(before) === JSON.stringify(rule)) return rule;
    await tx.repository.update({ where: { id }, data: rule, select: { id: true } });
    await recordChange(tx, {
      type: 'repository.set-tag-mutability',
      caller,
      registryKey,
      resource: { repositoryId: id, name: fullName },
      before,
      after: rule,
    });
    return rule;
  });
}

function mergeRules(before: TagMutabilityRule, input: SetTagMutabilityInput) {
  const tagMutability = input.tagMutability ?? before.tagMutability;
  const stay = tagMutability === before.tagMutability ? before.tagExclusions : [];
  return { tagMutability, tagExclusions: input.tagExclusions ?? stay };
}
