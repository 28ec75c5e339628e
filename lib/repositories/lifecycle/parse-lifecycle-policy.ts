import { invalidField } from '#lib/platform/parse-input.ts';
import { readLifecyclePolicy, type LifecyclePolicy } from './schema.ts';

/** @throws AppError `invalid_input` with a sentence that names the rule */
export function parseLifecyclePolicy(text: string): LifecyclePolicy {
  const read = readLifecyclePolicy(text);
  if ('problem' in read) throw invalidField('policy', read.problem);
  return read.policy;
}
