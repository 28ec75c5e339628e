import { composePolicy } from '#lib/repositories/lifecycle/compose-policy.ts';
import { textParam, type RawSearchParams } from '../search-params.ts';

/** Composes the lifecycle policy that a form's query asks for. Null: none. */
export function findComposedPolicy(query: RawSearchParams): string | null {
  if (query['start'] !== 'composed') return null;
  return composePolicy({
    untaggedDays: countIn(query, 'untagged'),
    keptTags: textParam(query, 'tags'),
    keptCount: countIn(query, 'keep'),
    unpulledDays: countIn(query, 'unpulled'),
    isArchiving: textParam(query, 'archive') === '1',
  });
}

function countIn(query: RawSearchParams, name: string): number | null {
  const count = Number(textParam(query, name));
  return Number.isInteger(count) && count > 0 ? count : null;
}
