import { matchesWildcards } from '#lib/access/text-pattern.ts';
import type { TagMutabilityRule } from './schema.ts';

/** Whether the tag, once it exists, can't be overwritten. */
export function isTagImmutable({ tagMutability, tagExclusions }: TagMutabilityRule, tag: string): boolean {
  if (tagMutability === 'mutable') return false;
  if (tagMutability === 'immutable') return true;
  const isExcluded = tagExclusions.some((pattern) => matchesWildcards(pattern, tag));
  return isExcluded === (tagMutability === 'mutable_with_exclusion');
}
