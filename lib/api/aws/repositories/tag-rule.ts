import {
  tagMutabilityRuleSchema,
  type TagMutability,
  type TagMutabilityRule,
} from '#lib/repositories/tag-mutability/schema.ts';
import { invalidParameter } from '../aws-error.ts';

type Mutability = Uppercase<TagMutability>;

type TagRuleMembers = {
  imageTagMutability?: Mutability | undefined;
  imageTagMutabilityExclusionFilters?: { filter: string; filterType: 'WILDCARD' }[] | undefined;
};

export function presentTagRule({ tagMutability, tagExclusions }: TagMutabilityRule) {
  const filters = tagExclusions.map((filter) => ({ filter, filterType: 'WILDCARD' as const }));
  return {
    imageTagMutability: tagMutability.toUpperCase() as Mutability,
    ...(filters.length > 0 && { imageTagMutabilityExclusionFilters: filters }),
  };
}

/** @throws AppError `InvalidParameterException` for filters without a rule that has some, and the reverse */
export function parseTagRule({
  imageTagMutability = 'MUTABLE',
  imageTagMutabilityExclusionFilters: filters = [],
}: TagRuleMembers): TagMutabilityRule {
  const result = tagMutabilityRuleSchema.safeParse({
    tagMutability: imageTagMutability.toLowerCase(),
    tagExclusions: filters.map(({ filter }) => filter),
  });
  const member = 'imageTagMutabilityExclusionFilters';
  if (!result.success) throw invalidParameter(member, result.error.issues[0]?.message ?? 'must be valid');
  if (result.data.tagExclusions.length < filters.length) throw invalidParameter(member, 'must not repeat a filter');
  return result.data;
}
