import type { PolicyRevisionView } from '#lib/repositories/policies/read-repository-policy.ts';
import type { RawSearchParams } from '../search-params.ts';

type Offered<Sample extends string> = {
  samples: readonly Sample[];
  write: (sample: Sample) => string;
  revisions: readonly PolicyRevisionView[];
};

/** Finds the sample or the earlier policy that a link asks for. */
export function findStart<Sample extends string>(
  { start }: RawSearchParams,
  { samples, write, revisions }: Offered<Sample>,
): { key: string; text: string } | null {
  if (typeof start !== 'string') return null;
  const sample = samples.find((offered) => offered === start);
  if (sample !== undefined) return { key: start, text: write(sample) };
  const policy = revisions.find(({ revision }) => String(revision) === start)?.policy ?? null;
  return policy === null ? null : { key: start, text: policy };
}
